"""Metrics that the runtime writes when they change."""

from __future__ import annotations

from flakecore.gotrace.annotations.metrics import find_metric
from flakecore.gotrace.format.wire import Ev
from gotrace.constructed import NANOSECOND, generations_of, starts, trace_of


def test_a_metric_is_by_time_whichever_thread_wrote_it() -> None:
    threads = {
        1: [*starts(1, 7, 0), "HeapAlloc dt=8 value=30", "HeapGoal dt=1 value=99"],
        2: [*starts(2, 8, 1), "HeapAlloc dt=1 value=10", "HeapAlloc dt=2 value=20"],
    }
    ((events, _, _),) = generations_of(trace_of(threads))
    heap = find_metric(events, Ev.HEAP_ALLOC, NANOSECOND)
    assert heap.value.tolist() == [10, 20, 30]
    assert heap.time.tolist() == [3, 5, 10]
    assert find_metric(events, Ev.HEAP_GOAL, NANOSECOND).value.tolist() == [99]


def test_a_metric_that_was_never_written_is_empty() -> None:
    ((events, _, _),) = generations_of(trace_of({1: starts(1, 7, 0)}))
    assert len(find_metric(events, Ev.PROCS_CHANGE, NANOSECOND).time) == 0
