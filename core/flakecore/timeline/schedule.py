"""Who ran, who waited, and who woke whom: queries over a trace's lanes."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace import IntervalColumns, State, Trace
from flakecore.timeline.ancestry import Family
from flakecore.timeline.lanes import Goroutine, Interval, Lane, LaneKind, Wake
from flakecore.timeline.shares import Cells, LaneShares, column_edges

_CACHED_LANES = 512
"""Lanes whose running sums are kept: several screens' worth."""
_UNWORTHY = np.array([State.GC, State.SYSTEM, State.COROUTINE], np.uint8)
"""Waits that are no news in a table of who waits for what."""


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
        self._columns = {
            LaneKind.GOROUTINE: trace.goroutines,
            LaneKind.PROC: trace.procs,
            LaneKind.THREAD: trace.threads,
        }
        self.start_ns = 0
        self.end_ns = trace.end_ns
        self.procs = int(trace.gomaxprocs.value.max(initial=0)) or len(trace.procs.lanes)
        self._shares = lru_cache(_CACHED_LANES)(self._make_shares)
        self._waits = self._find_waits()

    def lanes(self, kind: LaneKind) -> tuple[Lane, ...]:
        """Return all lanes of a kind, by number."""
        return tuple(Lane(kind, number) for number in self._columns[kind].lanes.tolist())

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
        columns = self._columns[lane.kind]
        row = self._last_before(lane, time_ns)
        if row is None or (columns.end[row] <= time_ns and not columns.last[row]):
            return None
        return self._interval(lane, row)

    def after(self, lane: Lane, time_ns: int) -> Interval | None:
        """Return the first interval of a lane that begins after a moment."""
        columns = self._columns[lane.kind]
        first, end = columns.rows(lane.id)
        row = first + int(np.searchsorted(columns.start[first:end], time_ns, side="right"))
        return self._interval(lane, row) if row < end else None

    def before(self, lane: Lane, time_ns: int) -> Interval | None:
        """Return the interval of a lane before the one at a moment."""
        row = self._last_before(lane, time_ns)
        if row is None:
            return None
        if self._columns[lane.kind].end[row] > time_ns or self._columns[lane.kind].last[row]:
            row -= 1
        return (
            self._interval(lane, row) if row >= self._columns[lane.kind].rows(lane.id)[0] else None
        )

    def last(self, lane: Lane) -> Interval | None:
        """Return the last interval of a lane."""
        first, end = self._columns[lane.kind].rows(lane.id)
        return self._interval(lane, end - 1) if end > first else None

    def longest(
        self, lane: Lane, state: State, start_ns: int, end_ns: int, limit: int
    ) -> tuple[Interval, ...]:
        """Return a lane's longest intervals of a state that touch a window, the longest first."""
        columns = self._columns[lane.kind]
        first, end = columns.rows(lane.id)
        rows = np.arange(first, end)
        touching = (columns.start[rows] < end_ns) & (columns.end[rows] > start_ns)
        rows = rows[touching & (columns.state[rows] == state)]
        order = np.argsort(columns.start[rows] - columns.end[rows], kind="stable")[:limit]
        return tuple(self._interval(lane, row) for row in rows[order].tolist())

    def waits(self, start_ns: int, end_ns: int, limit: int = 500) -> tuple[Interval, ...]:
        """Return goroutines' waits that touch a window: unended ones first, then the longest.

        Waits of the runtime's own goroutines, and for the garbage collector, are left out.
        """
        columns = self._trace.goroutines
        start, end = columns.start[self._waits], columns.end[self._waits]
        rows = self._waits[(start < end_ns) & (end > start_ns)]
        length = columns.end[rows] - columns.start[rows]
        order = np.lexsort((-length, ~columns.last[rows]))[:limit]
        lanes = columns.goroutine[rows[order]].tolist()
        return tuple(
            self._interval(Lane(LaneKind.GOROUTINE, number), row)
            for number, row in zip(lanes, rows[order].tolist(), strict=True)
        )

    def _find_waits(self) -> NDArray[np.int64]:
        columns = self._trace.goroutines
        waiting = (columns.state >= State.CHAN_SEND) & (columns.state <= State.OTHER_WAIT)
        waiting &= ~np.isin(columns.state, _UNWORTHY)
        waiting &= ~np.isin(columns.goroutine, self._family.system)
        return np.flatnonzero(waiting)

    def _make_shares(self, lane: Lane) -> LaneShares:
        columns = self._columns[lane.kind]
        rows = slice(*columns.rows(lane.id))
        return LaneShares(columns.start[rows], columns.end[rows], columns.state[rows])

    def _occupants(self, lane: Lane, edges: NDArray[np.int64]) -> NDArray[np.int64]:
        count = len(edges) - 1
        none = np.full(count, -1, np.int64)
        if lane.kind is LaneKind.GOROUTINE:
            return none
        columns = self._columns[lane.kind]
        first, end = columns.rows(lane.id)
        if first == end:
            return none
        held = columns.goroutine if lane.kind is LaneKind.PROC else columns.proc
        start = columns.start[first:end]
        middle = first + np.searchsorted(start, (edges[:-1] + edges[1:]) // 2, side="right") - 1
        final = first + np.searchsorted(start, edges[1:], side="left") - 1
        occupant = none
        for row in (final, middle):
            inside = np.maximum(row, first)
            here = (row >= first) & (held[inside] >= 0) & (columns.end[inside] >= edges[:-1])
            occupant = np.where(here, held[inside], occupant)
        return occupant

    def _last_before(self, lane: Lane, time_ns: int) -> int | None:
        columns = self._columns[lane.kind]
        first, end = columns.rows(lane.id)
        row = first + int(np.searchsorted(columns.start[first:end], time_ns, side="right")) - 1
        return row if row >= first else None

    def _interval(self, lane: Lane, row: int) -> Interval:
        columns, table = self._columns[lane.kind], self._trace.table
        state = State(int(columns.state[row]))
        return Interval(
            lane=lane,
            index=row,
            start_ns=int(columns.start[row]),
            end_ns=int(columns.end[row]),
            state=state,
            reason=table.string(int(columns.reason[row])),
            stack=table.stack(int(columns.stack[row])),
            goroutine=int(columns.goroutine[row]),
            proc=int(columns.proc[row]),
            thread=int(columns.thread[row]),
            before_trace=bool(columns.before[row]),
            to_the_end=bool(columns.last[row]),
            wake=self._wake(columns, row) if state.waiting else None,
        )

    def _wake(self, columns: IntervalColumns, row: int) -> Wake | None:
        if columns.last[row] or row + 1 == len(columns):
            return None
        actor = int(columns.actor[row + 1])
        stack = self._trace.table.stack(int(columns.stack[row + 1]))
        return Wake(int(columns.start[row + 1]), max(actor, 0), stack)
