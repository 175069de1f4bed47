"""Failing calls: writes of ``t.Error`` and its kin, with their test and their callers."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from flakecore.gotrace import Trace
from flakecore.timeline.failures.failing_calls import failing_calls, goroutines_that_failed
from flakecore.timeline.lanes.goroutine_tree import GoroutineTree
from gotrace.constructed import starts
from timeline.constructed_runs import ERRORS, REPORTS, read, run_of, write_events

PRINTS = ("syscall.write", "os.(*File).Write", "fmt.Println", "example.com/pool.TestA")
RACES = (
    "syscall.write",
    "os.(*File).Write",
    "testing.(*common).Errorf",
    "testing.(*common).checkRaces",
    "testing.tRunner",
)


def _trace(*stacks: Sequence[str]) -> Trace:
    """Return a trace in which goroutine 7 makes one write at each of the stacks."""
    events = [*starts(1, 7, 0), *write_events(*range(1, len(stacks) + 1))]
    return read({1: events}, stacks=stacks)


def test_a_call_has_its_time_its_goroutine_and_the_frames_outside_of_testing() -> None:
    trace = _trace(PRINTS, ERRORS)
    (call,) = failing_calls(trace, GoroutineTree(trace, {7: 3}))[3]
    assert (call.test, call.goroutine) == (3, 7)
    assert call.time_ns == trace.writes.start[1]
    assert [frame.function for frame in call.callers] == [
        "example.com/pool.check",
        "example.com/pool.TestA",
    ]


@pytest.mark.parametrize("stack", [PRINTS, REPORTS, RACES], ids=["print", "result", "race"])
def test_other_writes_are_no_failing_calls(stack: Sequence[str]) -> None:
    trace = _trace(stack)
    assert failing_calls(trace, GoroutineTree(trace, {7: 0})) == {}


def test_calls_of_no_test_are_those_of_minus_1_in_order_of_time() -> None:
    trace = _trace(ERRORS, PRINTS, (*ERRORS[:3], "example.com/pool.other"))
    calls = failing_calls(trace, GoroutineTree(trace, {}))[-1]
    assert [call.time_ns for call in calls] == sorted(call.time_ns for call in calls)
    assert len(calls) == 2


def _runs(*outcomes: tuple[str, str]) -> list[int]:
    events: list[dict[str, object]] = []
    for name, outcome in outcomes:
        events += [{"Action": "run", "Test": name}, {"Action": outcome, "Test": name}]
    return goroutines_that_failed(_trace(ERRORS), run_of(*events).tests)


def test_in_a_part_of_a_trace_a_call_names_its_test_by_the_function_on_its_stack() -> None:
    assert _runs(("TestB", "fail"), ("TestA", "fail")) == [0, 7]


def test_a_test_that_passed_is_not_named_by_a_failing_call() -> None:
    assert _runs(("TestA", "pass"), ("TestB", "fail")) == [0, 0]


def test_a_call_outside_of_a_tests_goroutine_names_none() -> None:
    stack = (*ERRORS[:-1], "example.com/pool.worker")
    run = run_of({"Action": "run", "Test": "TestA"}, {"Action": "fail", "Test": "TestA"})
    assert goroutines_that_failed(_trace(stack), run.tests) == [0]
