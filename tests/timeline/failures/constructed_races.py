"""Race reports amid two parallel tests, TestA and TestB, whose goroutines one helper started.

The helper's ``WaitGroup.Go`` is inlined: reports lack the frame that called it, as real ones do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

from flakecore.timeline.failures.failure_inputs import FailureInputs
from flakecore.timeline.failures.test_lines import TestLines
from flakecore.timeline.lanes.goroutine_tree import GoroutineTree
from flakecore.timeline.output.line_bounds import ALWAYS
from flakecore.timeline.test_spans import place_tests
from gotrace.constructed import P_RUNNING, starts
from timeline.constructed_runs import RUNNER, output, read, run_of

OF_A, OF_B = 8, 9
"""The goroutines of the two tests."""
_GO = "sync.(*WaitGroup).Go"
_STACKS = [[f"{_GO}.func1"], [_GO, "example.com/pool.check.func1", RUNNER], [RUNNER]]
_END = 10_000
_ACCESS = """{kind} at 0x00c000016100 by goroutine {number}:
  example.com/pool.check.func1.1()
      /src/pool_test.go:21 +0xc4
"""
_CREATED = f"""Goroutine {{number}} ({{state}}) created at:
  {_GO}()
      /src/sync.go:10 +0x72
  {RUNNER}()
      /src/testing.go:12 +0x286
"""


def report(later: int, earlier: int, *, finished: bool = False) -> str:
    """Return a report by the detector's numbers; the earlier goroutine runs or has finished."""
    parts = (
        _ACCESS.format(kind="Write", number=later),
        _ACCESS.format(kind="Previous write", number=earlier),
        _CREATED.format(number=later, state="running"),
        _CREATED.format(number=earlier, state="finished" if finished else "running"),
    )
    rule = "=" * 18
    return f"{rule}\nWARNING: DATA RACE\n" + "\n".join(parts) + rule


def inputs_of(
    reports: Sequence[str],
    started: Mapping[int, Sequence[int]] | None = None,
    *,
    ended: Sequence[int] = (),
    written_ns: Mapping[int, int] | None = None,
) -> FailureInputs:
    """Return what bears on reports that stand amid the lines of TestA, while TestB runs too.

    Args:
        reports: in their order.
        started: the goroutines that each test's goroutine started; None without a trace.
        ended: those of them that ended, within the first microsecond.
        written_ns: by index of a report, from when on it was written; 0 for all others.
    """
    run = run_of(
        *({"Action": "run", "Test": test} for test in ("TestA", "TestB")),
        *(output(f"=== RUN   {test}", test) for test in ("TestA", "TestB")),
        *(output(f"=== CONT  {test}", test) for test in ("TestB", "TestA")),
        *(output(line, "TestA") for each in reports for line in each.splitlines()),
        *({"Action": "fail", "Test": test} for test in ("TestA", "TestB")),
        {"Action": "fail"},
    )
    tree = None
    if started is not None:
        tests = (f"GoCreate dt=1 new_g={test} new_stack=3 stack=0" for test in (OF_A, OF_B))
        threads = {7: [*starts(7, 1, 7), *tests]}
        for thread, test in enumerate(started, 1):
            threads[thread] = [
                f"ProcStatus dt=10 p={thread} pstatus={P_RUNNING}",
                f"GoStart dt=1 g={test} g_seq=1",
                *(f"GoCreate dt=1 new_g={each} new_stack=1 stack=2" for each in started[test]),
            ]
        gone = ((f"GoStart dt=1 g={each} g_seq=1", "GoDestroy dt=1") for each in ended)
        threads[6] = [f"ProcStatus dt=50 p=6 pstatus={P_RUNNING}", *chain.from_iterable(gone)]
        tree = GoroutineTree(read(threads, stacks=_STACKS), {OF_A: 0, OF_B: 1})
    since = {run.races[at].first_line: ns for at, ns in (written_ns or {}).items()}
    goroutines = [OF_A, OF_B] if tree is not None else [0, 0]
    return FailureInputs(
        run=run,
        tests=place_tests(run.tests, goroutines, tree, {}, {}, lambda wall: wall, _END),
        lines=TestLines(run),
        line_ns=lambda _: _END,
        line_bounds=lambda position: (since.get(position, ALWAYS[0]), ALWAYS[1]),
        line_index=lambda position: position,
        calls={},
        tree=tree,
        end_ns=_END,
        exit_ns=_END,
    )
