"""The slow and plain way to say what a lane did, to hold the quick way to."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from flakecore.gotrace import Intervals, Trace
from flakecore.timeline import Lane, LaneKind, State


class Span(NamedTuple):
    """One interval of a lane."""

    start: int
    end: int
    state: State
    last: bool

    def covers(self, time: int) -> bool:
        return self.start <= time and (time < self.end or self.last)


def intervals_of(trace: Trace, kind: LaneKind) -> Intervals:
    return {
        LaneKind.GOROUTINE: trace.goroutines,
        LaneKind.PROC: trace.procs,
        LaneKind.THREAD: trace.threads,
    }[kind]


def spans(trace: Trace, lane: Lane) -> list[Span]:
    """Return the intervals of a lane, one after another."""
    found = []
    for columns, rows in intervals_of(trace, lane.kind).of(lane.id).pieces():
        parts = (columns.start[rows], columns.end[rows], columns.state[rows], columns.last[rows])
        found += [
            Span(start, end, State(state), last)
            for start, end, state, last in zip(*(part.tolist() for part in parts), strict=True)
        ]
    return found


def time_in_states(some: list[Span], start: int, end: int) -> Counter[State]:
    """Return how long a lane was in each state within a window."""
    time: Counter[State] = Counter()
    for span in some:
        shared = min(span.end, end) - max(span.start, start)
        if shared > 0:
            time[span.state] += shared
    return time
