"""Intervals: which lane was in which state, when.

Most intervals begin and end within one generation: they are in that generation's columns, which
are decoded when they are asked for and freed again. The few that cross from one generation into
another, two a lane and generation at most, are in memory for the whole trace. A lane over any
window is then the crossing interval that leads into it, and for each generation its own intervals
with the crossing ones that begin there: nothing is ever sorted or copied over the whole trace.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from flakecore.distinct import union
from flakecore.gotrace.format.varint import IntColumn
from flakecore.gotrace.intervals.overview import Overview
from flakecore.gotrace.intervals.state_columns import StateColumns


@dataclass(frozen=True, slots=True)
class IntervalColumns(StateColumns):
    """Intervals by lane and then by time; one row an interval.

    Numbers are 16, 32 or 64 bits wide, as narrow as a column's values allow.

    Attributes:
        lanes: int64, (lanes,), the lanes' numbers, ascending.
        first: int64, (lanes + 1,), row at which each lane's intervals begin, and n.
        origin_ns: what ``since`` and ``until`` count from, in nanoseconds since the trace began.
        since, until: int32 or int64, (n,), beginning and end.
        state: uint8, (n,), ``State``; a lane has no row for when it is ABSENT.
        reason: (n,), string number of the runtime's reason for entering the state.
        stack: (n,), stack number of the event that began it, on the lane or on the actor.
        actor: (n,), goroutine on which that event happened; -1 for none. In the row after a
            wait it is the goroutine that ended the wait.
        goroutine, proc, thread: (n,), what was bound together; -1 for none.
        before: bool, (n,), it began before the lane's first event, a status.
        last: bool, (n,), it had not ended when the trace did, or a stretch of it.
    """

    lanes: NDArray[np.int64]
    first: NDArray[np.int64]
    origin_ns: int
    since: IntColumn
    until: IntColumn
    before: NDArray[np.bool_]
    last: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.since)

    @property
    def start(self) -> NDArray[np.int64]:
        """Start of each interval, nanoseconds since the trace began; int64, (n,)."""
        return self.starts(slice(None))

    @property
    def end(self) -> NDArray[np.int64]:
        """End of each interval, nanoseconds since the trace began; int64, (n,)."""
        return self.ends(slice(None))

    @property
    def nbytes(self) -> int:
        """Bytes of memory that the columns take."""
        nonempty = (self.since, self.until, self.state, self.reason, self.stack, self.actor)
        bound = (self.goroutine, self.proc, self.thread, self.before, self.last)
        # A column that is one number for all rows takes no memory.
        return sum(column.nbytes for column in (*nonempty, *bound) if any(column.strides))

    def starts(self, rows: slice) -> NDArray[np.int64]:
        """Return the beginnings of some rows, nanoseconds since the trace began."""
        return self.since[rows].astype(np.int64) + self.origin_ns

    def ends(self, rows: slice) -> NDArray[np.int64]:
        """Return the ends of some rows, nanoseconds since the trace began."""
        return self.until[rows].astype(np.int64) + self.origin_ns

    def start_of(self, row: int) -> int:
        """Return the beginning of one row, nanoseconds since the trace began."""
        return self.origin_ns + int(self.since[row])

    def end_of(self, row: int) -> int:
        """Return the end of one row, nanoseconds since the trace began."""
        return self.origin_ns + int(self.until[row])

    def rows(self, lane: int) -> slice:
        """Return the rows of a lane; an empty slice if it has none here."""
        place = int(np.searchsorted(self.lanes, lane))
        if place == len(self.lanes) or self.lanes[place] != lane:
            return slice(0, 0)
        return slice(int(self.first[place]), int(self.first[place + 1]))


@dataclass(frozen=True, slots=True)
class Crossing:
    """The intervals that touch a generation's edge, of all lanes of one kind.

    Attributes:
        columns: by lane and then by time.
        home: int32, (n,), twice the index of the generation in which each begins, plus one
            if it begins after that generation's own intervals of the lane, not before them.
        waker, wake_stack: int64, (n,), the goroutine that ended each, -1 for none, and the stack
            number of that event.
    """

    columns: IntervalColumns
    home: NDArray[np.int32]
    waker: NDArray[np.int64]
    wake_stack: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class LaneIntervals:
    """One lane's intervals over some successive generations, in order.

    Attributes:
        start, end, state: as in ``IntervalColumns``, (n,).
    """

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    state: NDArray[np.uint8]
    _pieces: tuple[tuple[IntervalColumns, slice], ...]

    @classmethod
    def of_row(cls, columns: IntervalColumns, row: int) -> LaneIntervals:
        """Return a single interval, by its row in ``columns``."""
        rows = slice(row, row + 1)
        return cls(
            columns.starts(rows), columns.ends(rows), columns.state[rows], ((columns, rows),)
        )

    def __len__(self) -> int:
        return len(self.start)

    def pieces(self) -> Iterator[tuple[IntervalColumns, slice]]:
        """Yield the columns that hold the lane's intervals, with its rows in each."""
        yield from self._pieces

    def locate(self, row: int) -> tuple[IntervalColumns, int]:
        """Return the columns that hold a row of the lane, and its row there."""
        for columns, rows in self._pieces:
            size = rows.stop - rows.start
            if row < size:
                return columns, rows.start + row
            row -= size
        raise IndexError(row)


class GenerationColumns(Protocol):
    """Gives the columns of a generation's own intervals of one type of lane."""

    def __call__(self, generation: int) -> IntervalColumns:
        """Return the columns of a generation, by its index, decoding it if necessary."""
        ...

    def is_cached(self, generation: int) -> bool:
        """Return whether a generation's columns are in memory."""
        ...


class Intervals:
    """All intervals of one type of lane.

    Attributes:
        lanes: int64, (lanes,), the numbers of all lanes, ascending.
        crossing: those that touch a generation's edge.
        overview: sums of those that do not.
    """

    def __init__(
        self,
        crossing: Crossing,
        columns: GenerationColumns,
        extents: Sequence[tuple[int, int]],
        overview: Overview,
        ended: tuple[NDArray[np.int64], NDArray[np.int64]],
    ) -> None:
        """Join the crossing intervals with those of each generation.

        Args:
            crossing: the intervals that touch a generation's edge.
            columns: gives the intervals of a generation.
            extents: first and last moment of each generation, in nanoseconds.
            overview: sums of each generation.
            ended: lanes that ended, ascending, and when; both int64.
        """
        self._ended, self._ended_at = ended
        self.crossing = crossing
        self.overview = overview
        self.lanes: NDArray[np.int64] = union(crossing.columns.lanes, overview.lanes)
        self._columns = columns
        self._begins = np.array([start for start, _ in extents], np.int64)
        self._ends = np.maximum.accumulate(np.array([end for _, end in extents], np.int64))

    def parts(self) -> Iterator[IntervalColumns]:
        """Yield all intervals: each generation's own, then the crossing ones."""
        for generation in range(len(self._begins)):
            yield self._columns(generation)
        yield self.crossing.columns

    def generation(self, index: int) -> IntervalColumns:
        """Return the intervals that lie within one generation, by its index."""
        return self._columns(index)

    def touched(self, start_ns: int, end_ns: int) -> range:
        """Return the indices of the generations that a window touches; at least one."""
        first = int(np.searchsorted(self._ends, start_ns, side="left"))
        until = int(np.searchsorted(self._begins, end_ns, side="right"))
        first = min(first, max(until - 1, 0), max(len(self._begins) - 1, 0))
        return range(first, min(max(until, first + 1), len(self._begins)))

    def within(self, generation: int, start_ns: int, end_ns: int) -> bool:
        """Return whether a window holds the whole of a generation."""
        return bool(start_ns <= self._begins[generation] and self._ends[generation] <= end_ns)

    def extent(self, generation: int) -> tuple[int, int]:
        """Return the first and last moment of a generation."""
        return int(self._begins[generation]), int(self._ends[generation])

    def is_cached(self, generations: Iterable[int]) -> bool:
        """Return whether all of some generations are in memory."""
        return all(map(self._columns.is_cached, generations))

    def of(self, lane: int, generations: range | None = None) -> LaneIntervals:
        """Return the intervals of one lane in some successive generations, or in all.

        There are none if the trace has no such lane.
        """
        if generations is None:
            generations = range(len(self._begins))
        crossing, rows = self.crossing.columns, self.crossing.columns.rows(lane)
        # Crossing intervals with an even home come before the generation's own, odd ones after.
        bounds = np.arange(2 * generations.start, 2 * generations.stop + 1)
        places = (rows.start + np.searchsorted(self.crossing.home[rows], bounds)).tolist()
        pieces = []
        if places[0] > rows.start and self._reaches(crossing.end_of(places[0] - 1), generations):
            pieces.append((crossing, slice(places[0] - 1, places[0])))
        for nth, generation in enumerate(generations):
            begin, middle, end = places[2 * nth : 2 * nth + 3]
            columns = self._columns(generation)
            pieces.append((crossing, slice(begin, middle)))
            pieces.append((columns, columns.rows(lane)))
            pieces.append((crossing, slice(middle, end)))
        nonempty = tuple((columns, rows) for columns, rows in pieces if rows.stop > rows.start)
        if len(nonempty) == 1:
            columns, rows = nonempty[0]
            return LaneIntervals(
                columns.starts(rows), columns.ends(rows), columns.state[rows], nonempty
            )
        none = np.zeros(0, np.int64)
        return LaneIntervals(
            np.concatenate([none, *(columns.starts(rows) for columns, rows in nonempty)]),
            np.concatenate([none, *(columns.ends(rows) for columns, rows in nonempty)]),
            np.concatenate([none.astype(np.uint8), *(c.state[rows] for c, rows in nonempty)]),
            nonempty,
        )

    def ended(self, lane: int) -> int | None:
        """Return when a lane ended; None if it had not, or the trace has no such lane."""
        crossing, rows = self.crossing.columns, self.crossing.columns.rows(lane)
        if rows.stop > rows.start and crossing.last[rows.stop - 1]:
            return None
        place = int(np.searchsorted(self._ended, lane, side="right")) - 1
        return int(self._ended_at[place]) if place >= 0 and self._ended[place] == lane else None

    def ends_of(self, lanes: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return when each lane ended; -1 where it had not; int64, (lanes,)."""
        columns = self.crossing.columns
        ended = np.full(len(lanes), -1, np.int64)
        place = np.searchsorted(self._ended, lanes, side="right") - 1
        found = place >= 0
        found[found] = self._ended[place[found]] == lanes[found]
        ended[found] = self._ended_at[place[found]]
        nonempty = columns.first[1:] > columns.first[:-1]
        open_at_end = columns.lanes[nonempty][columns.last[columns.first[1:][nonempty] - 1]]
        ended[np.isin(lanes, open_at_end)] = -1
        return ended

    def coarse(self, lane: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8]]:
        """Return start, end and state of a lane over the whole trace, without decoding.

        Intervals within one bucket of the overview are merged by state: between two edges of
        buckets the time in each state is exact, the order of states within a bucket is not.
        """
        crossing, rows = self.crossing.columns, self.crossing.columns.rows(lane)
        start, end, state = self.overview.of(lane)
        start = np.concatenate((start, crossing.starts(rows)))
        order = np.argsort(start, kind="stable")
        end = np.concatenate((end, crossing.ends(rows)))
        return start[order], end[order], np.concatenate((state, crossing.state[rows]))[order]

    def _reaches(self, end_ns: int, generations: range) -> bool:
        return not len(self._begins) or end_ns >= int(self._begins[generations.start])
