"""Who ran, who waited, and who woke whom: queries over a trace's lanes."""

from __future__ import annotations

from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace import LaneIntervals, State, Trace
from flakecore.timeline.ancestry import Family
from flakecore.timeline.lanes import Goroutine, Interval, Lane, LaneKind, Wake
from flakecore.timeline.shares import Cells, LaneShares, column_edges
from flakecore.timeline.waits import WaitIndex

_CACHED_LANES = 512
"""Lanes whose running sums are kept: several screens' worth."""


class Schedule:
    """The goroutine, proc and thread lanes of a trace, by lane and time.

    Attributes:
        start_ns, end_ns: extent of the trace on the case's clock.
        procs: the highest GOMAXPROCS seen.
    """

    def __init__(self, trace: Trace, family: Family) -> None:
        """Look at ``trace``, whose goroutines and their tests ``family`` knows."""
        self._trace = trace
        self._family = family
        self._intervals = {
            LaneKind.GOROUTINE: trace.goroutines,
            LaneKind.PROC: trace.procs,
            LaneKind.THREAD: trace.threads,
        }
        self.start_ns = 0
        self.end_ns = trace.end_ns
        self.procs = int(trace.gomaxprocs.value.max(initial=0)) or len(trace.procs.lanes)
        self._shares = lru_cache(_CACHED_LANES)(self._make_shares)
        self._of = lru_cache(_CACHED_LANES)(self._find)

    def lanes(self, kind: LaneKind) -> tuple[Lane, ...]:
        """Return all lanes of a kind, by number."""
        return tuple(Lane(kind, number) for number in self._intervals[kind].lanes.tolist())

    def goroutine(self, number: int) -> Goroutine | None:
        """Return what is known of a goroutine, or None if the trace never mentions it."""
        return self._family.goroutine(number)

    def goroutines_of(self, test: int) -> tuple[int, ...]:
        """Return the goroutines of a test: its own first, then those it and they created."""
        return self._family.of_test(test)

    def cells(self, lane: Lane, start_ns: int, end_ns: int, columns: int) -> Cells:
        """Cut a window of a lane into columns."""
        edges = column_edges(start_ns, end_ns, columns)
        state, thin = self._shares(lane).cells(edges)
        return Cells(state, thin, self._occupants(lane, edges))

    def shares(
        self, lane: Lane, start_ns: int, end_ns: int, columns: int
    ) -> dict[State, NDArray[np.int64]]:
        """Return the nanoseconds each column of a window holds of each state of a lane."""
        of_lane = self._shares(lane)
        time, _ = of_lane.shares(column_edges(start_ns, end_ns, columns))
        return dict(zip(of_lane.states, time, strict=True))

    def at(self, lane: Lane, time_ns: int) -> Interval | None:
        """Return the interval of a lane at a moment, or None where it is absent."""
        found = self._of(lane)
        row = _last_begun(found, time_ns)
        if row < 0 or (found.end[row] <= time_ns and not self._is_last(found, row)):
            return None
        return self._interval(lane, found, row)

    def after(self, lane: Lane, time_ns: int) -> Interval | None:
        """Return the first interval of a lane that begins after a moment."""
        found = self._of(lane)
        row = _last_begun(found, time_ns) + 1
        return self._interval(lane, found, row) if row < len(found) else None

    def before(self, lane: Lane, time_ns: int) -> Interval | None:
        """Return the last interval of a lane that began before the one at a moment did.

        Going on from its start leads ever further back, as ``after`` leads ever further on: of
        intervals shorter than a tick, which begin where the next one does, neither gets stuck.
        """
        found = self._of(lane)
        row = _last_begun(found, time_ns)
        if row >= 0 and (found.end[row] > time_ns or self._is_last(found, row)):
            time_ns = int(found.start[row])
        row = _last_begun(found, time_ns - 1)
        return self._interval(lane, found, row) if row >= 0 else None

    def last(self, lane: Lane) -> Interval | None:
        """Return the last interval of a lane."""
        found = self._of(lane)
        return self._interval(lane, found, len(found) - 1) if len(found) else None

    def longest(
        self, lane: Lane, state: State, start_ns: int, end_ns: int, limit: int
    ) -> tuple[Interval, ...]:
        """Return a lane's longest intervals of a state that touch a window, the longest first."""
        found = self._of(lane)
        touching = (found.start < end_ns) & (found.end > start_ns) & (found.state == state)
        rows = np.flatnonzero(touching)
        order = np.argsort(found.start[rows] - found.end[rows], kind="stable")[:limit]
        return tuple(self._interval(lane, found, row) for row in rows[order].tolist())

    def waits(self, start_ns: int, end_ns: int, limit: int = 500) -> tuple[Interval, ...]:
        """Return goroutines' waits that touch a window: unended ones first, then the longest.

        Waits of the runtime's own goroutines, and for the garbage collector, are left out.
        """
        found = self._waits.touching(start_ns, end_ns, limit)
        waits = []
        for number, time in zip(found.goroutine.tolist(), found.start.tolist(), strict=True):
            lane = Lane(LaneKind.GOROUTINE, number)
            intervals = self._of(lane)
            waits.append(self._interval(lane, intervals, _last_begun(intervals, time)))
        return tuple(waits)

    def _find(self, lane: Lane) -> LaneIntervals:
        return self._intervals[lane.kind].of(lane.id)

    @cached_property
    def _waits(self) -> WaitIndex:
        return WaitIndex(self._trace.goroutines, self._family.system)

    def _make_shares(self, lane: Lane) -> LaneShares:
        found = self._of(lane)
        return LaneShares(found.start, found.end, found.state)

    def _occupants(self, lane: Lane, edges: NDArray[np.int64]) -> NDArray[np.int64]:
        count = len(edges) - 1
        occupant = np.full(count, -1, np.int64)
        if lane.kind is LaneKind.GOROUTINE:
            return occupant
        middles = (edges[:-1] + edges[1:]) // 2
        # What is held at the middle counts before what was held last within the column. Pieces
        # come in order of time, so a later one's answer replaces an earlier one's.
        for moments, since in ((edges[1:] - 1, edges[:-1]), (middles, middles + 1)):
            for columns, rows in self._of(lane).pieces():
                held = columns.goroutine if lane.kind is LaneKind.PROC else columns.proc
                row = np.searchsorted(columns.start[rows], moments, side="right") - 1
                inside = rows.start + np.maximum(row, 0)
                here = (row >= 0) & (held[inside] >= 0) & (columns.end[inside] >= since)
                occupant = np.where(here, held[inside], occupant)
        return occupant

    @staticmethod
    def _is_last(found: LaneIntervals, row: int) -> bool:
        columns, place = found.locate(row)
        return bool(columns.last[place])

    def _interval(self, lane: Lane, found: LaneIntervals, row: int) -> Interval:
        table = self._trace.table
        columns, place = found.locate(row)
        state = State(int(columns.state[place]))
        return Interval(
            lane=lane,
            index=row,
            start_ns=int(columns.start[place]),
            end_ns=int(columns.end[place]),
            state=state,
            reason=table.string(int(columns.reason[place])),
            stack=table.stack(int(columns.stack[place])),
            goroutine=int(columns.goroutine[place]),
            proc=int(columns.proc[place]),
            thread=int(columns.thread[place]),
            before_trace=bool(columns.before[place]),
            to_the_end=bool(columns.last[place]),
            wake=self._wake(found, row) if state.waiting and not columns.last[place] else None,
        )

    def _wake(self, found: LaneIntervals, row: int) -> Wake | None:
        if row + 1 == len(found):
            return None
        columns, place = found.locate(row + 1)
        actor = int(columns.actor[place])
        stack = self._trace.table.stack(int(columns.stack[place]))
        return Wake(int(columns.start[place]), max(actor, 0), stack)


def _last_begun(found: LaneIntervals, time_ns: int) -> int:
    """Return the row of the last interval that begins at or before a moment; -1 for none."""
    return int(np.searchsorted(found.start, time_ns, side="right")) - 1
