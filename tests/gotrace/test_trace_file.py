"""Generations are read one by one, kept within bounds, and add up to the same trace."""

from __future__ import annotations

from itertools import pairwise
from threading import Lock
from time import sleep
from typing import Any

import numpy as np
import pytest

from flakecore.gotrace import Intervals, State, Trace, TraceFile
from flakecore.gotrace.generation import GenerationSummary, read_generation
from flakecore.gotrace.intervals.generation_cache import LaneColumns
from gotrace.recordings import Recording, record
from toolchains import NEWEST


@pytest.fixture(params=("1.22.10", NEWEST))
def recording(request: pytest.FixtureRequest) -> Recording:
    return record(request.param)


def _kinds(trace: Trace) -> tuple[Intervals, Intervals, Intervals]:
    return trace.goroutines, trace.procs, trace.threads


def _rows(intervals: Intervals, lane: int) -> list[tuple[object, ...]]:
    """Return all that is known of a lane's intervals, one after another."""
    names = ("state", "reason", "stack", "actor", "goroutine", "proc", "thread", "before", "last")
    return [
        row
        for columns, rows in intervals.of(lane).pieces()
        for row in zip(
            columns.starts(rows).tolist(),
            columns.ends(rows).tolist(),
            *(getattr(columns, name)[rows].tolist() for name in names),
            strict=True,
        )
    ]


def _time_in_states(
    start: np.ndarray, end: np.ndarray, state: np.ndarray, since: int, until: int
) -> dict[State, int]:
    inside = np.minimum(end, until) - np.maximum(start, since)
    return {
        State(each): spent
        for each in np.unique(state).tolist()
        if (spent := int(inside[(state == each) & (inside > 0)].sum()))
    }


def test_generations_decoded_at_once_give_the_same_trace(
    recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = recording.trace
    monkeypatch.setattr("flakecore.gotrace.trace_file._LARGE_BYTES", 0)
    there = TraceFile(memoryview(recording.data), name=recording.path.name).read()
    assert (there.events, there.end_ns, there.losses) == (here.events, here.end_ns, here.losses)
    for ours, theirs in zip(_kinds(here), _kinds(there), strict=True):
        assert np.array_equal(ours.lanes, theirs.lanes)
        for lane in ours.lanes.tolist():
            assert _rows(ours, lane) == _rows(theirs, lane)
    for name in ("waits", "writes", "creations", "ranges", "first_stacks", "heap"):
        ours_of, theirs_of = getattr(here, name), getattr(there, name)
        for column in ours_of.__dataclass_fields__:
            assert np.array_equal(getattr(ours_of, column), getattr(theirs_of, column)), name


def test_no_more_generations_are_decoded_at_once_than_memory_is_meant_for(
    recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    under_way, most = 0, 0
    lock = Lock()

    def counted(*given: Any, **named: Any) -> tuple[GenerationSummary, LaneColumns | None]:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        sleep(0.02)
        found = read_generation(*given, **named)
        with lock:
            under_way -= 1
        return found

    monkeypatch.setattr("flakecore.gotrace.trace_file.read_generation", counted)
    monkeypatch.setattr("flakecore.gotrace.trace_file.os.cpu_count", lambda: 8)
    file = TraceFile(memoryview(recording.data), name="trace")
    places = [0, 1] * 4
    file.read(only=places)
    assert most == 4
    monkeypatch.setattr("flakecore.gotrace.trace_file._CONCURRENT_BYTES", 1)
    most = 0
    file.read(only=places)
    assert most == 2


def test_a_generation_alone_holds_what_it_holds_in_the_whole(recording: Recording) -> None:
    file = TraceFile(memoryview(recording.data), name="trace")
    whole = recording.trace
    for place, begins in enumerate(whole.generations):
        part = file.read(only=[place])
        assert part.generations == (begins,)
        assert not part.whole
        found = part.goroutines.generation(0)
        expected = whole.goroutines.generation(place)
        assert np.array_equal(found.lanes, expected.lanes)
        for column in ("since", "until", "state", "actor", "proc", "thread"):
            assert np.array_equal(getattr(found, column), getattr(expected, column)), column


@pytest.mark.slow
def test_a_lane_over_a_window_is_what_it_is_in_the_whole_trace(recording: Recording) -> None:
    count = len(recording.trace.generations)
    for intervals in _kinds(recording.trace):
        for lane in intervals.lanes.tolist():
            whole = intervals.of(lane)
            for begin in range(count):
                for end in range(begin + 1, count + 1):
                    since, until = intervals.extent(begin)[0], intervals.extent(end - 1)[1]
                    part = intervals.of(lane, intervals.touched(since, until))
                    for moment in np.linspace(since, until, 7).astype(np.int64).tolist():
                        at, expected = (
                            int(np.searchsorted(found.start, moment, side="right")) - 1
                            for found in (part, whole)
                        )
                        alive = expected >= 0 and whole.end[expected] > moment
                        if alive:
                            assert part.start[at] == whole.start[expected]
                            assert part.end[at] == whole.end[expected]
                            assert part.state[at] == whole.state[expected]


def test_between_its_edges_the_overview_is_exact(recording: Recording) -> None:
    for intervals in _kinds(recording.trace):
        edges = intervals.overview.edges
        chosen = edges[:: max(1, len(edges) // 9)].tolist()
        for lane in intervals.lanes.tolist():
            whole, coarse = intervals.of(lane), intervals.coarse(lane)
            for since, until in pairwise(chosen):
                exact = _time_in_states(whole.start, whole.end, whole.state, since, until)
                assert _time_in_states(*coarse, since, until) == exact


def test_the_longest_waits_are_those_of_all_intervals() -> None:
    trace = record(NEWEST).trace
    capacity = set(zip(trace.waits.goroutine.tolist(), trace.waits.start.tolist(), strict=True))
    for place in range(len(trace.generations)):
        columns = trace.goroutines.generation(place)
        waiting = (columns.state >= State.CHAN_SEND) & (columns.state <= State.OTHER_WAIT)
        waiting &= ~np.isin(columns.state, (State.GC, State.SYSTEM, State.COROUTINE))
        rows = np.flatnonzero(waiting)
        longest = rows[np.argsort(columns.start[rows] - columns.end[rows], kind="stable")[:100]]
        for row in longest.tolist():
            assert (int(columns.goroutine[row]), columns.start_of(row)) in capacity
