"""The waits that touch a window: unended ones first and then the longest.

A trace holds millions of waits, a window touches few of them, and a table shows the longest. The
trace retains the longest waits of each generation, and all that touch its edges. So a generation
that lies within the window as a whole adds no more than those; the one or two that lie in it in
part are decoded and indexed by length class: the waits of a class, each less than twice as long
as its shortest, in order of their beginning. Those of a class that touch a window began in it or
at most the class's longest wait before it: a range of rows found by two binary searches.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace import IntervalColumns, Trace, is_waiting
from flakecore.timeline.lanes.lru_cache import LruCache

_INDEXED = 4
"""Generations whose waits stay indexed by length class."""
_AT_ONCE = 50_000
"""Intervals of a generation that are indexed within a millisecond or two."""


@dataclass(frozen=True, slots=True)
class FoundWaits:
    """Waits, best first: int64 columns (n,).

    Attributes:
        goroutine, start: the goroutine that waits, and since when, in nanoseconds.
        row: its row in ``Trace.waits``; -1 for a wait that was found in a decoded generation, or
            that crosses the edge of one.
    """

    goroutine: NDArray[np.int64]
    start: NDArray[np.int64]
    row: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Waits:
    """Some waits, in no order."""

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    goroutine: NDArray[np.int64]
    row: NDArray[np.int64]

    def touching(self, start_ns: int, end_ns: int) -> _Waits:
        return self.at((self.start < end_ns) & (self.end > start_ns))

    def longest(self, limit: int) -> _Waits:
        return self.at(np.argsort(self.start - self.end, kind="stable")[:limit])

    def at(self, rows: NDArray[np.bool_] | NDArray[np.intp]) -> _Waits:
        return _Waits(self.start[rows], self.end[rows], self.goroutine[rows], self.row[rows])


class WaitIndex:
    """All waits of goroutines that are not the runtime's own."""

    def __init__(self, trace: Trace, system: NDArray[np.int64]) -> None:
        """Look at a trace's waits, leaving out those of the goroutines ``system``."""
        self._trace = trace
        self._intervals = trace.goroutines
        self._system = system
        crossing = trace.goroutines.crossing.columns
        self._open = self._waits(crossing, crossing.last)
        self._crossing = self._waits(crossing, ~crossing.last)
        found = trace.waits
        every = _Waits(found.start, found.end, found.goroutine, np.arange(len(found.start)))
        self._longest = every.at(~np.isin(every.goroutine, system))
        self._of_generation = LruCache(_INDEXED, self._index)

    def touching(self, start_ns: int, end_ns: int, limit: int) -> FoundWaits:
        """Return at most ``limit`` waits that touch a window: unended first, then the longest.

        Of generations that lie within the window as a whole only the retained waits are compared
        (``gotrace.intervals.retained_events``).
        """
        open_ended = self._open.touching(start_ns, end_ns).longest(limit)
        parts = [self._crossing.touching(start_ns, end_ns)]
        whole = []
        for generation in self._intervals.touched(start_ns, end_ns):
            if self._intervals.within(generation, start_ns, end_ns):
                whole.append(generation)
            else:
                parts.append(self._of_generation(generation).touching(start_ns, end_ns, limit))
        if whole:
            first, last = self._intervals.extent(whole[0]), self._intervals.extent(whole[-1])
            parts.append(self._longest.touching(first[0], last[1] + 1))
        ended = _joined(parts).longest(max(limit - len(open_ended.start), 0))
        found = _joined([open_ended, ended])
        return FoundWaits(found.goroutine, found.start, found.row)

    def wake_partners(
        self, goroutines: NDArray[np.int64], pauses: Sequence[tuple[int, int]]
    ) -> tuple[int, ...]:
        """Return the goroutines that ended waits of some, or whose waits these ended.

        As ``Schedule.wake_partners`` describes it.
        """
        retained, crossing = self._trace.waits, self._trace.goroutines.crossing
        across = crossing.columns
        rows = np.flatnonzero(is_waiting(across.state))
        who = np.concatenate((retained.goroutine, across.goroutine[rows]))
        start = np.concatenate((retained.start, across.start[rows]))
        length = np.concatenate((retained.end, across.end[rows])) - start
        waker = np.concatenate((retained.waker, crossing.waker[rows]))
        paused = np.zeros(len(who), np.bool_)
        for begin, end in pauses:
            paused |= (start >= begin) & (start < end)
        waits, ends = np.isin(who, goroutines), np.isin(waker, goroutines)
        found: list[int] = []
        for other, wanted in ((waker, waits & ~ends & ~paused & (waker > 0)), (who, ends & ~waits)):
            wanted &= ~np.isin(other, self._system)
            number, which = np.unique(other[wanted], return_inverse=True)
            waited = np.bincount(which, weights=length[wanted], minlength=len(number))
            found += number[np.argsort(-waited, kind="stable")].tolist()
        return tuple(dict.fromkeys(found))

    def is_cached(self, start_ns: int, end_ns: int) -> bool:
        """Return whether the waits of a window can be looked up without decoding much."""
        return all(
            self._intervals.within(generation, start_ns, end_ns)
            or generation in self._of_generation
            or len(self._intervals.generation(generation)) <= _AT_ONCE
            for generation in self._intervals.touched(start_ns, end_ns)
        )

    def _index(self, generation: int) -> _Classes:
        columns = self._intervals.generation(generation)
        return _Classes(self._waits(columns, np.True_))

    def _waits(self, columns: IntervalColumns, wanted: NDArray[np.bool_] | np.bool_) -> _Waits:
        rows = np.flatnonzero(is_waiting(columns.state) & wanted)
        number = columns.goroutine[rows].astype(np.int64)
        rows, number = (each[~np.isin(number, self._system)] for each in (rows, number))
        return _Waits(columns.start[rows], columns.end[rows], number, np.full(len(rows), -1))


class _Classes:
    """The waits within a generation, by length."""

    def __init__(self, waits: _Waits) -> None:
        length = waits.end - waits.start
        # The exponent of the length: frexp is exact for every length below 2**53 ns.
        exponent = np.frexp(length.astype(np.float64))[1]
        self._classes = []
        for each in np.unique(exponent)[::-1].tolist():
            rows = np.flatnonzero(exponent == each)
            rows = rows[np.argsort(waits.start[rows], kind="stable")]
            self._classes.append((waits.at(rows), int(length[rows].max())))

    def touching(self, start_ns: int, end_ns: int, limit: int) -> _Waits:
        """Return the longest waits that touch a window."""
        found: list[_Waits] = []
        for waits, longest in self._classes:
            first = int(np.searchsorted(waits.start, start_ns - longest, side="left"))
            until = int(np.searchsorted(waits.start, end_ns, side="left"))
            rows = first + np.flatnonzero(waits.end[first:until] > start_ns)
            found.append(waits.at(rows).longest(limit))
            limit -= len(found[-1].start)
            if limit <= 0:
                break
        return _joined(found)


def _joined(parts: list[_Waits]) -> _Waits:
    none = np.zeros(0, np.int64)
    return _Waits(
        np.concatenate([none, *(part.start for part in parts)]),
        np.concatenate([none, *(part.end for part in parts)]),
        np.concatenate([none, *(part.goroutine for part in parts)]),
        np.concatenate([none, *(part.row for part in parts)]),
    )
