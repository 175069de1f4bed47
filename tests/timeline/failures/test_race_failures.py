"""Races: one failure for each test, and a goroutine of the trace only where one fits."""

from __future__ import annotations

from collections.abc import Sequence

from flakecore.gotest import PackageRun
from flakecore.timeline.failures.failure import Failure, FailureKind
from flakecore.timeline.failures.failure_inputs import FailureInputs
from flakecore.timeline.failures.race_failures import race_failures
from flakecore.timeline.failures.test_lines import TestLines
from flakecore.timeline.lanes.goroutine_tree import GoroutineTree
from flakecore.timeline.output.line_bounds import ALWAYS
from flakecore.timeline.test_spans import place_tests
from gotrace.constructed import starts
from timeline.constructed_runs import output, read, run_of

REPORT = """==================
WARNING: DATA RACE
Read at 0x00c000012345 by goroutine 21:
  example.com/pool.worker()
      /src/pool.go:11 +0x44

Previous write at 0x00c000012345 by goroutine 20:
  example.com/pool.TestA()
      /src/pool.go:30 +0x44

Goroutine 21 (running) created at:
  example.com/pool.TestA()
      /src/pool.go:10 +0x44

Goroutine 20 (running) created at:
  testing.(*T).Run()
      /src/testing.go:99 +0x44
=================="""
STACKS = [["example.com/pool.worker"], ["example.com/pool.TestA"]]
END = 10_000


def _run(report: str = REPORT, *, repeated: int = 1) -> PackageRun:
    printed = [output(line, "TestA") for line in report.splitlines() * repeated]
    run, fail = {"Action": "run", "Test": "TestA"}, {"Action": "fail", "Test": "TestA"}
    return run_of(run, *printed, fail, {"Action": "fail"})


def _failures(run: PackageRun, created: Sequence[int] | None) -> list[Failure]:
    """Return failures; ``created`` are goroutines that goroutine 7 created as the report says."""
    tree = None
    if created is not None:
        events = [f"GoCreate dt=1 new_g={number} new_stack=1 stack=2" for number in created]
        trace = read({1: [*starts(1, 7, 0), *events]}, stacks=STACKS)
        tree = GoroutineTree(trace, {7: 0})
    goroutines = [7 if tree is not None else 0] * len(run.tests)
    inputs = FailureInputs(
        run=run,
        tests=place_tests(run.tests, goroutines, tree, {}, {}, lambda wall: wall, END),
        lines=TestLines(run),
        line_ns=lambda position: 100 + position,
        line_bounds=lambda _: ALWAYS,
        line_index=lambda position: position,
        calls={},
        tree=tree,
        end_ns=END,
        exit_ns=END,
    )
    return list(race_failures(inputs))


def test_a_race_is_the_failure_of_the_test_on_its_stack_at_the_first_access() -> None:
    (failure,) = _failures(_run(), None)
    assert (failure.kind, failure.test, failure.test_name) == (FailureKind.RACE, 0, "TestA")
    assert (failure.file, failure.line, failure.races) == ("/src/pool.go", 11, (0,))
    assert failure.message == (
        "data race: read at example.com/pool.worker (pool.go:11),"
        " write at example.com/pool.TestA (pool.go:30)"
    )


def test_the_races_of_one_test_are_one_failure() -> None:
    (failure,) = _failures(_run(repeated=2), None)
    assert failure.races == (0, 1)


def test_the_detectors_numbers_are_no_goroutines_of_the_trace() -> None:
    (failure,) = _failures(_run(), None)
    assert failure.goroutine == 0
    (failure,) = _failures(_run(), [])
    assert failure.goroutine == 0


def test_the_only_goroutine_created_where_the_report_says_is_the_one() -> None:
    (failure,) = _failures(_run(), [40])
    assert failure.goroutine == 40
    assert "read by goroutine 40 at" in failure.message


def test_of_two_that_fit_alike_none_is_named() -> None:
    (failure,) = _failures(_run(), [40, 41])
    assert failure.goroutine == 0
    assert "goroutine" not in failure.message


def test_a_run_without_a_report_has_no_failure_by_races() -> None:
    assert _failures(_run("nothing raced"), [40]) == []
