"""Intervals: who was in which state, when; in the columns of the generation they began in.

Each generation's intervals stay columns of their own: nothing is ever sorted or copied over the
whole trace, and a lane's intervals are put together when they are asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.varint import Places


@dataclass(frozen=True, slots=True)
class IntervalColumns:
    """The intervals that began in one generation, by lane and then by time; one row an interval.

    Numbers are 16, 32 or 64 bits wide, as narrow as a column's values allow.

    Attributes:
        lanes: int64, (lanes,), the lanes' numbers, ascending.
        first: int64, (lanes + 1,), row at which each lane's intervals begin, and n.
        start, end: int64, (n,), nanoseconds since the trace began; the end may lie in a later
            generation.
        state: uint8, (n,), ``State``; a lane has no row for when it is ABSENT.
        reason: (n,), string number of the runtime's reason for entering the state.
        stack: (n,), stack number of where the lane, or who changed it, was.
        actor: (n,), goroutine that caused the change into the state; -1 for none. Of a
            wait's next row it is who ended the wait.
        goroutine, proc, thread: (n,), what ran together; -1 for none.
        before: bool, (n,), the lane was so already when it was first seen.
        last: bool, (n,), nothing had ended it when the trace stopped.
    """

    lanes: NDArray[np.int64]
    first: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    state: NDArray[np.uint8]
    reason: Places
    stack: Places
    actor: Places
    goroutine: Places
    proc: Places
    thread: Places
    before: NDArray[np.bool_]
    last: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.start)

    def rows(self, lane: int) -> slice:
        """Return the rows of a lane; an empty slice if it has none here."""
        place = int(np.searchsorted(self.lanes, lane))
        if place == len(self.lanes) or self.lanes[place] != lane:
            return slice(0, 0)
        return slice(int(self.first[place]), int(self.first[place + 1]))


@dataclass(frozen=True, slots=True)
class LaneIntervals:
    """One lane's intervals over the whole trace, in order; row numbers count from its first.

    Attributes:
        start, end, state: as in ``IntervalColumns``, (n,).
    """

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    state: NDArray[np.uint8]
    _pieces: tuple[tuple[IntervalColumns, slice], ...]

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


@dataclass(frozen=True, slots=True)
class Intervals:
    """All intervals of one kind of lane.

    Attributes:
        generations: in order; an interval stands in the generation in which it began.
        lanes: int64, (lanes,), the numbers of all lanes, ascending.
    """

    generations: tuple[IntervalColumns, ...]
    lanes: NDArray[np.int64]

    def __len__(self) -> int:
        return sum(len(columns) for columns in self.generations)

    def of(self, lane: int) -> LaneIntervals:
        """Return the intervals of one lane; none if the trace never mentions it."""
        found = ((columns, columns.rows(lane)) for columns in self.generations)
        pieces = tuple((columns, rows) for columns, rows in found if rows.stop > rows.start)
        if len(pieces) == 1:
            columns, rows = pieces[0]
            arrays = columns.start[rows], columns.end[rows], columns.state[rows]
        else:
            arrays = (
                np.concatenate([np.zeros(0, np.int64), *(c.start[rows] for c, rows in pieces)]),
                np.concatenate([np.zeros(0, np.int64), *(c.end[rows] for c, rows in pieces)]),
                np.concatenate([np.zeros(0, np.uint8), *(c.state[rows] for c, rows in pieces)]),
            )
        return LaneIntervals(*arrays, pieces)
