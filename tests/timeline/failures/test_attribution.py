"""Lines of dumps and of race reports belong to the tests of the goroutines they are about."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from flakecore.gotest import PackageRun
from flakecore.timeline.dumps.case_dumps import case_dumps
from flakecore.timeline.failures.attribution import attribute
from flakecore.timeline.failures.failure_inputs import FailureInputs
from flakecore.timeline.failures.find_failures import find_failures
from flakecore.timeline.failures.test_lines import TestLines
from flakecore.timeline.lanes.goroutine_tree import GoroutineTree
from flakecore.timeline.output.line_bounds import ALWAYS
from flakecore.timeline.output.output_lines import TIME_SOURCES, LineColumns, TimeSource
from flakecore.timeline.output.output_placement import place_lines
from flakecore.timeline.test_spans import place_tests
from gotrace.constructed import starts
from timeline.constructed_runs import RUNNER, output, read, run_of

PANIC = """panic: send on closed channel

goroutine 7 [running]:
example.com/pool.TestA(0xc000003860)
	/src/pool_test.go:10 +0x1b

goroutine 8 [chan receive]:
example.com/pool.TestB(0xc000003860)
	/src/pool_test.go:20 +0x1b

goroutine 99 [select]:
example.com/pool.serve()
	/src/pool.go:30 +0x1b
exit status 2"""


def _run(printed: str) -> PackageRun:
    """Return a run in which all lines are reported under TestB."""
    begins = [{"Action": "run", "Test": name} for name in ("TestA", "TestB")]
    lines = [output(line, "TestB") for line in printed.splitlines()]
    return run_of(*begins, *lines, {"Action": "fail"})


def _attributed(run: PackageRun, *, traced: bool, exact: bool = False) -> LineColumns:
    """Return the lines with goroutines 7 and 8 as those of TestA and TestB, if traced."""
    tree = None
    if traced:
        creates = [f"GoCreate dt=1 new_g={number} new_stack=1 stack=0" for number in (7, 8)]
        trace = read({1: [*starts(1, 1, 0), *creates]}, stacks=[[RUNNER]])
        tree = GoroutineTree(trace, {7: 0, 8: 1})
    goroutines = [7, 8] if traced else [0, 0]
    names = [test.name for test in run.tests]
    columns, index_of = place_lines(run.lines, None, None, 0, names)
    if exact:
        exactly = np.full(len(columns.texts), TIME_SOURCES.index(TimeSource.EXACT), np.uint8)
        columns = replace(columns, time_source=exactly)
    inputs = FailureInputs(
        run=run,
        tests=place_tests(run.tests, goroutines, tree, {}, {}, lambda wall: wall, 1_000),
        lines=TestLines(run),
        line_ns=lambda position: position,
        line_bounds=lambda _: ALWAYS,
        line_index=lambda position: int(index_of[position]),
        calls={},
        tree=tree,
        end_ns=1_000,
        exit_ns=1_000,
        dumps=case_dumps(run, tree, lambda position: position),
    )
    return attribute(columns, index_of, inputs, find_failures(inputs))


def _of(columns: LineColumns, text: str) -> tuple[int, int]:
    """Return test and goroutine of the only line that contains a text."""
    (at,) = (at for at, each in enumerate(columns.texts) if text in each)
    return int(columns.test[at]), int(columns.goroutine[at])


def test_each_goroutine_of_a_dump_belongs_to_its_own_test() -> None:
    columns = _attributed(_run(PANIC), traced=True)
    assert _of(columns, "pool_test.go:10") == (0, 7)
    assert _of(columns, "pool_test.go:20") == (1, 8)


def test_a_goroutine_of_no_test_belongs_to_none_whoever_died() -> None:
    columns = _attributed(_run(PANIC), traced=True)
    assert _of(columns, "pool.go:30") == (-1, 99)


def test_without_a_trace_a_dump_is_the_tests_that_died() -> None:
    columns = _attributed(_run(PANIC), traced=False)
    assert {_of(columns, text)[0] for text in ("pool_test.go:10", "pool.go:30")} == {0}


def test_a_line_that_is_paired_with_a_write_keeps_its_test() -> None:
    run = _run(PANIC)
    before, _ = place_lines(run.lines, None, None, 0, ["TestA", "TestB"])
    columns = _attributed(run, traced=True, exact=True)
    assert columns.test.tolist() == before.test.tolist()
    assert columns.goroutine.tolist() == before.goroutine.tolist()


def test_lines_outside_of_a_crash_keep_their_test() -> None:
    columns = _attributed(_run(f"an ordinary line\n{PANIC}"), traced=True)
    assert _of(columns, "an ordinary line") == (1, 0)


def test_output_without_a_crash_or_a_race_is_left_as_it_is() -> None:
    run = _run("an ordinary line")
    columns, _ = place_lines(run.lines, None, None, 0, ["TestA", "TestB"])
    assert _attributed(run, traced=True).test.tolist() == columns.test.tolist()
