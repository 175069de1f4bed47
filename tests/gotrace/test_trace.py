"""A whole trace: generations joined on one clock and under one table."""

from __future__ import annotations

import pytest

from flakecore.gotrace import State, Trace, read_trace
from flakecore.gotrace.trace_file import open_trace
from gotrace.constructed import WAITING, starts, trace_of

HEAP = ["HeapAlloc dt=10 value=100", "HeapAlloc dt=10 value=200"]


def _trace(generations: int = 3) -> Trace:
    events = [*starts(1, 7, 0), f"GoStatus dt=1 g=9 m=0 gstatus={WAITING}", *HEAP]
    return read_trace(trace_of(*[{1: events}] * generations, strings=["sleep"]), name="trace")


@pytest.mark.parametrize("generations", [1, 3])
def test_the_events_of_all_generations_are_counted_and_their_columns_concatenated(
    generations: int,
) -> None:
    trace = _trace(generations)
    assert trace.events == 5 * generations
    assert len(trace.generations) == generations
    assert trace.heap.value.tolist() == [100, 200] * generations
    assert (trace.heap.time[1:] > trace.heap.time[:-1]).all()


def test_time_0_is_the_first_event_and_the_end_is_the_last_ones() -> None:
    trace = _trace()
    assert trace.generations[0] == 0
    assert trace.end_ns == trace.heap.time[-1]
    assert trace.goroutines.of(7).end[-1] == trace.end_ns


def test_a_whole_undamaged_trace_is_complete() -> None:
    trace = _trace()
    assert (trace.whole, trace.complete, trace.losses) == (True, True, ())


def test_some_of_the_generations_are_a_trace_that_is_not_whole() -> None:
    events = [*starts(1, 7, 0), *HEAP]
    file = open_trace(memoryview(trace_of(*[{1: events}] * 3)), name="trace")
    assert file is not None
    part = file.read(only=[1])
    assert (part.whole, part.complete) == (False, False)
    assert part.events == 4
    assert part.heap.value.tolist() == [100, 200]


def test_strings_of_all_generations_have_one_number_each() -> None:
    blocks = [*starts(1, 7, 0), "GoBlock dt=10 reason=1 stack=0"]
    waits = f"GoStatus dt=1 g=7 m=0 gstatus={WAITING}"
    unblocks = [waits, *starts(2, 8, 1), "GoUnblock dt=1 g=7 g_seq=1 stack=0"]
    trace = read_trace(trace_of({1: blocks}, {2: unblocks}, strings=["sleep"]), name="trace")
    found = trace.goroutines.of(7)
    columns, row = found.locate(1)
    assert State(int(columns.state[row])) is State.SLEEP
    assert trace.table.string(int(columns.reason[row])) == "sleep"


def test_a_loss_of_one_generation_is_a_loss_of_the_trace() -> None:
    trace = read_trace(trace_of({1: [*starts(1, 7, 0), *HEAP]}, {4: ["GoDestroy dt=1"]}), name="t")
    assert not trace.complete
    assert [loss.where for loss in trace.losses] == ["t, generation 2"]
