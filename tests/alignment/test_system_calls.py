"""Writes found by their stacks: results, pauses and resumptions of tests."""

from __future__ import annotations

from flakecore.alignment.system_calls import parallel_waits, result_times, system_calls
from flakecore.gotrace import Stack
from gotrace.constructed import starts
from timeline.constructed_runs import ANNOUNCES, PARALLEL, REPORTS, read, write_events

STACKS = [REPORTS, PARALLEL, ANNOUNCES]
REPORT, PAUSE, RUN = 1, 2, 3


def _thread(thread: int, goroutine: int, *stacks: int) -> dict[int, list[str]]:
    return {thread: [*starts(thread, goroutine, thread), *write_events(*stacks)]}


def test_calls_whose_stack_matches_are_returned_in_order_of_time() -> None:
    trace = read({**_thread(1, 7, RUN, REPORT), **_thread(2, 8, RUN)}, stacks=STACKS)
    calls = system_calls(trace, lambda stack: stack[-1].function == ANNOUNCES[-1])
    assert sorted(call.goroutine for call in calls) == [7, 8]
    assert [call.time_ns for call in calls] == sorted(call.time_ns for call in calls)
    assert system_calls(trace, lambda _: False) == []


def test_each_stack_is_matched_once_however_often_it_occurs() -> None:
    trace = read(_thread(1, 7, RUN, RUN, RUN, REPORT), stacks=STACKS)
    asked: list[Stack] = []

    def matches(stack: Stack) -> bool:
        asked.append(stack)
        return True

    assert len(system_calls(trace, matches)) == 4
    assert len(asked) == 2


def test_a_test_ends_when_its_goroutine_writes_the_result() -> None:
    trace = read({**_thread(1, 7, RUN, REPORT), **_thread(2, 8, RUN)}, stacks=STACKS)
    (time_ns,) = trace.writes.start[trace.writes.goroutine == 7][1:].tolist()
    assert result_times(trace) == {7: time_ns}


def test_a_parallel_test_waits_from_its_first_such_write_to_the_second() -> None:
    trace = read(_thread(1, 7, RUN, PAUSE, PAUSE, REPORT), stacks=STACKS)
    starts_ns = trace.writes.start.tolist()
    assert parallel_waits(trace) == {7: (starts_ns[1], starts_ns[2])}


def test_a_test_that_was_never_resumed_has_no_wait() -> None:
    assert parallel_waits(read(_thread(1, 7, RUN, PAUSE), stacks=STACKS)) == {}
