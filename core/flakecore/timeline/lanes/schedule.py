"""Queries over a trace's lanes: intervals by time, waits, wakes and shares of time."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from flakecore.distinct import distinct
from flakecore.gotrace import LaneIntervals, State, Trace
from flakecore.timeline.lanes.folded_time import Axis
from flakecore.timeline.lanes.goroutine_tree import GoroutineTree
from flakecore.timeline.lanes.idle_stretches import changes, longest_stretch
from flakecore.timeline.lanes.interval_views import IntervalViews
from flakecore.timeline.lanes.lane import Goroutine, Interval, Lane, LaneKind
from flakecore.timeline.lanes.lane_intervals import EXACT, LaneLookup, last_begun
from flakecore.timeline.lanes.lru_cache import LruCache
from flakecore.timeline.lanes.occupants import coarse_occupants, nearest, occupants
from flakecore.timeline.lanes.shares import Cells, column_edges, joined_cells
from flakecore.timeline.lanes.wait_index import WaitIndex

_WAITS = 2048
"""Waits in the cache: adjacent windows share most of theirs. Chosen, not measured."""
_MOMENTS = 1 << 14
"""Intervals at a moment that stay looked up: diagnosis asks for each goroutine of a hang again."""


class FrameQuery(NamedTuple):
    """What one screen queries.

    Attributes:
        axis: the window, cut into columns.
        moment_ns: the moment at which intervals are queried.
        lanes: those that are queried over the window and at the moment.
        beside: those that are queried at the moment only.
    """

    axis: Axis
    moment_ns: int
    lanes: tuple[Lane, ...] = ()
    beside: tuple[Lane, ...] = ()


class Schedule:
    """The goroutine, proc and thread lanes of a trace, by lane and time.

    Attributes:
        start_ns, end_ns: extent of the trace on the case's clock.
        procs: the highest GOMAXPROCS seen.
        tree: the trace's goroutines.
    """

    def __init__(self, trace: Trace, tree: GoroutineTree) -> None:
        """Query ``trace``; ``tree`` holds its goroutines with their tests."""
        self._trace = trace
        self.tree = tree
        self._intervals = {
            LaneKind.GOROUTINE: trace.goroutines,
            LaneKind.PROC: trace.procs,
            LaneKind.THREAD: trace.threads,
        }
        self.start_ns = trace.recorded[0][0]
        self.end_ns = trace.end_ns
        self.procs = int(trace.gomaxprocs.value.max(initial=0)) or len(trace.procs.lanes)
        self._lookup = LaneLookup(self._intervals)
        self._views = IntervalViews(trace, self._intervals)
        self._wait = lru_cache(_WAITS)(self._find_wait)
        self._at = lru_cache(_MOMENTS)(self._find_at)
        self._last = LruCache(_MOMENTS, self._find_last)

    def procs_at(self, time_ns: int) -> int:
        """Return GOMAXPROCS at a moment; the highest of the trace where it has none for it."""
        metric = self._trace.gomaxprocs
        row = int(np.searchsorted(metric.time, time_ns, side="right")) - 1
        return int(metric.value[row]) if row >= 0 else self.procs

    def recorded_since(self, time_ns: int) -> int:
        """Return since when the trace has no gap up to a moment."""
        starts = [start for start, _ in self._trace.recorded]
        return max((start for start in starts if start <= time_ns), default=self.start_ns)

    def lanes(self, kind: LaneKind) -> tuple[Lane, ...]:
        """Return all lanes of a kind, by number.

        What the tracer writes on no thread (``NoThread``, -1; ``internal/trace/resources.go``) is
        none.
        """
        numbers = self._intervals[kind].lanes.tolist()
        return tuple(Lane(kind, number) for number in numbers if number >= 0)

    def goroutine(self, number: int) -> Goroutine | None:
        """Return a goroutine by its number, or None if the trace never mentions it."""
        return self.tree.goroutine(number)

    def alive_at(self, time_ns: int) -> tuple[int, ...]:
        """Return the goroutines that are there at a moment, by number, not the runtime's own."""
        numbers, created, ended = self._lifetimes
        alive = (created <= time_ns) & ((ended < 0) | (ended > time_ns))
        return tuple(numbers[alive].tolist())

    @cached_property
    def _lifetimes(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Numbers, creations and ends of goroutines; 0 and -1 where they lie outside the trace."""
        columns = self.tree.columns()
        own = ~np.isin(columns.goroutine, self.tree.system)
        numbers, rows = columns.goroutine[own], columns.creation[own]
        created = np.zeros(len(rows), np.int64)
        created[rows >= 0] = self._trace.creations.time[rows[rows >= 0]]
        return numbers, created, self._trace.goroutines.ends_of(numbers)

    def goroutines_of(self, test: int) -> tuple[int, ...]:
        """Return the goroutines of a test: its own first, then those it and they created."""
        return self.tree.of_test(test)

    def missing(self, axis: Axis, moment_ns: int) -> tuple[int, ...]:
        """Return which generations a window and a moment need and would first have to decode.

        A part of the window over many needs those it touches in part; the others, and what lies
        within folded stretches, are shown by their sums.
        """
        intervals = self._trace.goroutines
        needed = {*intervals.touched(moment_ns, moment_ns)}
        for start_ns, end_ns in axis.parts():
            part: Sequence[int] = intervals.touched(start_ns, end_ns)
            if len(part) > EXACT:
                part = [at for at in part if not intervals.within(at, start_ns, end_ns)]
            needed.update(part)
        return tuple(each for each in sorted(needed) if not intervals.is_cached((each,)))

    def changes(self, goroutines: Sequence[int]) -> NDArray[np.int64]:
        """Return the moments at which any of some goroutines may have changed its state.

        int64, ascending; between two that follow one another none did (``quiet.changes``).
        """
        return changes(self._trace.goroutines, distinct(np.array(goroutines, np.int64)))

    def longest_stretch(self, goroutines: Sequence[int], start_ns: int, end_ns: int) -> int:
        """Return what no stretch of a window in which none of them changes is longer than, ns."""
        numbers = distinct(np.array(goroutines, np.int64))
        return longest_stretch(self._trace.goroutines, numbers, start_ns, end_ns)

    @property
    def is_decoded(self) -> bool:
        """Whether every generation can be looked at without decoding any."""
        intervals = self._trace.goroutines
        return intervals.is_cached(intervals.touched(self.start_ns, self.end_ns))

    def is_cached(self, needs: FrameQuery) -> bool:
        """Return whether a screen can be drawn without a wait."""
        axis, moment_ns, lanes, beside = needs
        return (
            not self.missing(axis, moment_ns)
            and self._waits.is_cached(axis.bounds[0], axis.bounds[-1])
            and self._lookup.are_cached(lanes, beside, axis, moment_ns)
        )

    def fetch(self, needs: FrameQuery) -> None:
        """Decode and look up what a screen needs; takes long, so a thread does it."""
        axis, moment_ns, lanes, beside = needs
        for each in self.missing(axis, moment_ns):
            self._trace.goroutines.generation(each)
        for lane in lanes:
            self.cells(lane, axis)
        for lane in (*lanes, *beside):
            self.at(lane, moment_ns)
        self._waits.touching(axis.bounds[0], axis.bounds[-1], 1)

    def cells(self, lane: Lane, axis: Axis) -> Cells:
        """Cut a window of a lane into columns.

        Of a part of the window over many generations the columns' edges are those of the overview
        that lie nearest.
        """
        shares = self._lookup.shares(lane, axis.bounds[0], axis.bounds[-1])
        if shares is not None:
            return Cells(*shares.cells(axis.edges), self._occupants(lane, axis.edges))
        return joined_cells([self._cells_of_part(lane, edges) for edges in axis.pieces])

    def _cells_of_part(self, lane: Lane, edges: NDArray[np.int64]) -> Cells:
        shares = self._lookup.shares(lane, int(edges[0]), int(edges[-1]))
        if shares is not None:
            return Cells(*shares.cells(edges), self._occupants(lane, edges))
        overview = self._intervals[lane.kind].overview
        snapped = nearest(overview.edges, edges)
        cells = self._lookup.coarse_shares(lane).cells(snapped)
        return Cells(*cells, coarse_occupants(overview, lane, snapped))

    def shares(
        self, lane: Lane, start_ns: int, end_ns: int, columns: int
    ) -> dict[State, NDArray[np.int64]]:
        """Return the nanoseconds each column of a window holds of each state of a lane."""
        edges = column_edges(start_ns, end_ns, columns)
        of_lane = self._lookup.shares(lane, start_ns, end_ns)
        if of_lane is None:
            of_lane = self._lookup.coarse_shares(lane)
            edges = nearest(self._intervals[lane.kind].overview.edges, edges)
        time, _ = of_lane.shares(edges)
        return dict(zip(of_lane.states, time, strict=True))

    def at(self, lane: Lane, time_ns: int) -> Interval | None:
        """Return the interval of a lane at a moment, or None where it is absent."""
        return self._at(lane, time_ns)

    def _find_at(self, lane: Lane, time_ns: int) -> Interval | None:
        if lane in self._last:
            last = self._last(lane)
            if last is not None and last.to_the_end and last.start_ns <= time_ns <= last.end_ns:
                return last
        found = self._lookup.around(lane, time_ns, time_ns)
        row = last_begun(found, time_ns)
        if row < 0 or not _holds(found, row, time_ns):
            return None
        return self._views.at_row(lane, found, row)

    def after(self, lane: Lane, time_ns: int) -> Interval | None:
        """Return the first interval of a lane that begins after a moment."""
        place = self._lookup.after(lane, time_ns)
        return self._views.at_row(lane, *place) if place is not None else None

    def before(self, lane: Lane, time_ns: int) -> Interval | None:
        """Return the last interval of a lane that began before the one at a moment did.

        Going on from its start leads ever further back, as ``after`` leads ever further on: of
        intervals shorter than a tick, which begin where the next one does, neither gets stuck.
        """
        found = self._lookup.around(lane, time_ns, time_ns)
        row = last_begun(found, time_ns)
        if row >= 0 and _holds(found, row, time_ns):
            time_ns = int(found.start[row])
        place = self._lookup.until(lane, time_ns - 1)
        return self._views.at_row(lane, *place) if place is not None else None

    def last(self, lane: Lane) -> Interval | None:
        """Return the last interval of a lane."""
        return self._last(lane)

    def _find_last(self, lane: Lane) -> Interval | None:
        place = self._lookup.until(lane, self.end_ns)
        return self._views.at_row(lane, *place) if place is not None else None

    def longest(
        self, lane: Lane, state: State, start_ns: int, end_ns: int, limit: int
    ) -> tuple[Interval, ...]:
        """Return a lane's longest intervals of a state that touch a window, the longest first."""
        found = self._lookup.around(lane, start_ns, end_ns)
        touching = (found.start < end_ns) & (found.end > start_ns) & (found.state == state)
        rows = np.flatnonzero(touching)
        order = np.argsort(found.start[rows] - found.end[rows], kind="stable")[:limit]
        return tuple(self._views.at_row(lane, found, row) for row in rows[order].tolist())

    def waits(self, start_ns: int, end_ns: int, limit: int = 500) -> tuple[Interval, ...]:
        """Return goroutines' waits that touch a window: unended ones first, then the longest.

        Waits of the runtime's own goroutines, and for the garbage collector, are left out.
        """
        found = self._waits.touching(start_ns, end_ns, limit)
        columns = (found.goroutine.tolist(), found.start.tolist(), found.row.tolist())
        return tuple(map(self._wait, *columns))

    def wake_partners(
        self, goroutines: Sequence[int], pauses: Sequence[tuple[int, int]] = ()
    ) -> tuple[int, ...]:
        """Return which others ended waits of some goroutines, then which of them these ended.

        Those whose waits took longest together come first. Of each generation the longest waits
        are looked at, as many as a trace keeps; what began in one of the ``pauses`` is passed over.
        """
        return self._waits.wake_partners(np.array(goroutines, np.int64), pauses)

    def _find_wait(self, number: int, time_ns: int, row: int) -> Interval:
        """Return a goroutine's wait since a moment; ``row`` as in ``FoundWaits``."""
        lane = Lane(LaneKind.GOROUTINE, number)
        if row >= 0:
            return self._views.retained_wait(lane, row)
        crossing = self._views.crossing(lane, time_ns)
        if crossing is not None:
            return crossing
        intervals = self._lookup.around(lane, time_ns, time_ns)
        return self._views.at_row(lane, intervals, last_begun(intervals, time_ns))

    @cached_property
    def _waits(self) -> WaitIndex:
        return WaitIndex(self._trace, self.tree.system)

    def _occupants(self, lane: Lane, edges: NDArray[np.int64]) -> NDArray[np.int64]:
        if lane.kind is LaneKind.GOROUTINE:
            return np.full(len(edges) - 1, -1, np.int64)
        found = self._lookup.around(lane, int(edges[0]), int(edges[-1]))
        return occupants(found, lane.kind, edges)


def _holds(found: LaneIntervals, row: int, time_ns: int) -> bool:
    """Return whether an interval that has begun still holds at a moment."""
    if int(found.end[row]) > time_ns:
        return True
    columns, at = found.locate(row)
    return bool(columns.last[at])
