"""A lane's intervals over any window, from a generation's own and those that cross its edges."""

from __future__ import annotations

import numpy as np
import pytest

from flakecore.gotrace import State, Trace, read_trace
from gotrace.constructed import WAITING, starts, trace_of

PAUSE = ["GoStop dt=10 reason=0 stack=0", "GoStart dt=10 g=7 g_seq=1"]


def _trace() -> Trace:
    """Return three generations: goroutine 9 waits, 7 is stopped in the first one, 8 ends in it."""
    first = [*starts(1, 7, 0), f"GoStatus dt=1 g=9 m=0 gstatus={WAITING}", *PAUSE]
    other = [*starts(1, 7, 0), f"GoStatus dt=1 g=9 m=0 gstatus={WAITING}"]
    ends = [*starts(2, 8, 1), "GoDestroy dt=7"]
    return read_trace(trace_of({1: first, 2: ends}, {1: other}, {1: other}), name="trace")


def _states(trace: Trace, lane: int, generations: range | None = None) -> list[State]:
    return [State(each) for each in trace.goroutines.of(lane, generations).state.tolist()]


def test_a_lane_over_all_generations_has_neither_gaps_nor_overlaps() -> None:
    found = _trace().goroutines.of(7)
    assert np.array_equal(found.end[:-1], found.start[1:])
    assert _states(_trace(), 7) == [State.RUNNING, State.RUNNABLE, State.RUNNING]


@pytest.mark.parametrize("generation", [0, 1, 2])
def test_an_interval_that_reaches_into_a_generation_is_there_in_each(generation: int) -> None:
    trace = _trace()
    assert _states(trace, 9, range(generation, generation + 1)) == [State.OTHER_WAIT]
    assert _states(trace, 7, range(generation, generation + 1))[-1] is State.RUNNING


def test_a_lane_that_a_trace_lacks_has_no_intervals() -> None:
    assert len(_trace().goroutines.of(99)) == 0


def test_a_row_is_located_in_the_columns_that_hold_it() -> None:
    found = _trace().goroutines.of(7)
    for row in range(len(found)):
        columns, at = found.locate(row)
        assert (columns.start_of(at), columns.end_of(at)) == (found.start[row], found.end[row])
    with pytest.raises(IndexError):
        found.locate(len(found))


def test_a_window_touches_at_least_one_generation() -> None:
    intervals = _trace().goroutines
    begins = [intervals.extent(each)[0] for each in range(3)]
    assert intervals.touched(begins[0], begins[0]) == range(1)
    assert intervals.touched(-500, -400) == range(1)
    assert intervals.touched(begins[1] + 1, begins[2] + 1)[-1] == 2
    assert intervals.touched(10**9, 10**9) == range(2, 3)


def test_a_generation_is_within_a_window_that_holds_both_of_its_edges() -> None:
    intervals = _trace().goroutines
    begin, end = intervals.extent(1)
    assert intervals.within(1, begin, end)
    assert not intervals.within(1, begin + 1, end)
    assert not intervals.within(1, begin, end - 1)


def test_a_lane_that_ended_has_its_time_and_others_have_none() -> None:
    intervals = _trace().goroutines
    ended = intervals.ended(8)
    assert ended is not None
    assert ended == intervals.of(8).end[-1]
    assert intervals.ended(7) is None
    assert intervals.ends_of(np.array([7, 8, 99])).tolist() == [-1, ended, -1]


def test_sums_without_decoding_have_the_lanes_time_in_each_state() -> None:
    intervals = _trace().goroutines
    exact = intervals.of(7)
    start, end, state = intervals.coarse(7)
    for each in (State.RUNNING, State.RUNNABLE):
        rows, exact_rows = state == each, exact.state == each
        coarse_ns = int((end[rows] - start[rows]).sum())
        assert coarse_ns == int((exact.end[exact_rows] - exact.start[exact_rows]).sum())


def test_parts_hold_every_interval_once() -> None:
    intervals = _trace().goroutines
    count = sum(len(columns) for columns in intervals.parts())
    assert count == sum(len(intervals.of(lane)) for lane in intervals.lanes.tolist())
