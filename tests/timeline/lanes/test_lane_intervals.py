"""A lane's intervals around a moment, before and after it, over generations without news."""

from __future__ import annotations

import pytest

from flakecore.gotrace import State, Trace
from flakecore.timeline.lanes.lane import Lane, LaneKind
from flakecore.timeline.lanes.lane_intervals import EXACT, LaneLookup, last_begun
from gotrace.constructed import WAITING, starts
from timeline.constructed_runs import read

SEVEN, NINE = Lane(LaneKind.GOROUTINE, 7), Lane(LaneKind.GOROUTINE, 9)
STOPS = ["GoStop dt=10 reason=0 stack=0", "GoStart dt=10 g=7 g_seq=1"]
WAITS = f"GoStatus dt=1 g=9 m=0 gstatus={WAITING}"


def _trace(generations: int) -> Trace:
    """Return a trace of which goroutine 7 is stopped in the first and in the last generation."""
    quiet, busy = [*starts(1, 7, 0), WAITS], [*starts(1, 7, 0), WAITS, *STOPS]
    return read({1: busy}, *[{1: quiet}] * (generations - 2), {1: busy})


def _lookup(trace: Trace) -> LaneLookup:
    kinds = zip(LaneKind, (trace.goroutines, trace.procs, trace.threads), strict=True)
    return LaneLookup(dict(kinds))


def _states_around(lookup: LaneLookup, lane: Lane, time_ns: int) -> list[State]:
    return [State(each) for each in lookup.around(lane, time_ns, time_ns).state.tolist()]


@pytest.mark.parametrize("generations", [2, 8])
def test_the_next_interval_is_found_in_whichever_generation_it_begins(generations: int) -> None:
    trace = _trace(generations)
    every = trace.goroutines.of(7)
    lookup = _lookup(trace)
    for row in range(len(every) - 1):
        found = lookup.after(SEVEN, int(every.start[row]))
        assert found is not None
        assert int(found[0].start[found[1]]) == every.start[row + 1]
    assert lookup.after(SEVEN, int(every.start[-1])) is None


@pytest.mark.parametrize("generations", [2, 8])
def test_the_last_interval_that_has_begun_is_found_from_any_later_moment(generations: int) -> None:
    trace = _trace(generations)
    every = trace.goroutines.of(7)
    for row, start in enumerate(every.start.tolist()):
        end = every.end[row] - 1 if row + 1 < len(every) else trace.end_ns
        for moment in (start, int(end)):
            found = _lookup(trace).until(SEVEN, moment)
            assert found is not None
            assert int(found[0].start[found[1]]) == start


def test_before_its_first_interval_a_lane_has_none() -> None:
    trace = _trace(2)
    first = int(trace.goroutines.of(7).start[0])
    assert _lookup(trace).until(SEVEN, first - 1) is None


def test_a_lane_that_the_trace_lacks_has_no_neighbours() -> None:
    lookup, lane = _lookup(_trace(2)), Lane(LaneKind.GOROUTINE, 99)
    assert lookup.after(lane, 0) is None
    assert lookup.until(lane, 10**9) is None


def test_a_wait_over_all_generations_is_there_in_each() -> None:
    trace = _trace(5)
    for start in trace.generations:
        assert _states_around(_lookup(trace), NINE, start) == [State.OTHER_WAIT]


def test_a_window_of_many_generations_has_exact_sums_only_while_they_are_in_memory() -> None:
    trace = _trace(EXACT + 5)
    lookup = _lookup(trace)
    begins = trace.generations
    assert lookup.shares(SEVEN, begins[0], begins[1]) is not None
    found = lookup.shares(SEVEN, 0, trace.end_ns)
    cached = trace.goroutines.is_cached(range(len(begins)))
    assert (found is not None) == cached


def test_row_and_time_are_one_question() -> None:
    every = _trace(2).goroutines.of(7)
    assert last_begun(every, int(every.start[1])) == 1
    assert last_begun(every, int(every.start[0]) - 1) == -1
