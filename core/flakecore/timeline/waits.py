"""The waits that touch a window, unended ones first and then the longest, without a look at all.

A trace holds millions of waits, a window touches few of them, and a table shows the longest. So
waits are kept in classes by length, each class at most twice as long as its shortest, in order of
their beginning. Those of a class that touch a window began in it or at most the class's length
before it: one stretch, two binary searches. Classes are asked from the longest down until enough
are found; what is left is shorter than everything found.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace import Intervals, State

_UNWORTHY = np.array([State.GC, State.SYSTEM, State.COROUTINE], np.uint8)
"""Waits that are no news in a table of who waits for what."""


@dataclass(frozen=True, slots=True)
class FoundWaits:
    """Waits, best first: int64 columns (n,) of who waits and since when."""

    goroutine: NDArray[np.int64]
    start: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Class:
    """Waits of similar length, in order of their beginning."""

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    goroutine: NDArray[np.int64]
    longest: int


class WaitIndex:
    """All waits of goroutines that are not the runtime's own."""

    def __init__(self, goroutines: Intervals, system: NDArray[np.int64]) -> None:
        """Sort the waits of ``goroutines`` into classes, leaving out those of ``system``."""
        start, end, goroutine, last = _waits(goroutines, system)
        ended = ~last
        self._classes = [_class(start[last], end[last], goroutine[last])]
        length = end - start
        # The exponent of the length: frexp is exact for every length below 2**53 ns.
        exponent = np.frexp(length.astype(np.float64))[1]
        for each in np.unique(exponent[ended])[::-1].tolist():
            rows = ended & (exponent == each)
            self._classes.append(_class(start[rows], end[rows], goroutine[rows]))

    def touching(self, start_ns: int, end_ns: int, limit: int) -> FoundWaits:
        """Return at most ``limit`` waits that touch a window: unended first, then the longest."""
        found: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
        left = limit
        for waits in self._classes:
            if left <= 0:
                break
            first = int(np.searchsorted(waits.start, start_ns - waits.longest, side="left"))
            until = int(np.searchsorted(waits.start, end_ns, side="left"))
            rows = first + np.flatnonzero(waits.end[first:until] > start_ns)
            length = waits.end[rows] - waits.start[rows]
            best = rows[np.argsort(-length, kind="stable")[:left]]
            found.append((waits.goroutine[best], waits.start[best]))
            left -= len(best)
        goroutine, start = zip(*found, strict=True) if found else ((), ())
        none = np.zeros(0, np.int64)
        return FoundWaits(np.concatenate([none, *goroutine]), np.concatenate([none, *start]))


def _waits(
    goroutines: Intervals, system: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Return start, end, goroutine of each wait, and whether nothing ended it."""
    parts = list(_waits_by_generation(goroutines, system))
    none = np.zeros(0, np.int64)
    return (
        np.concatenate([none, *(part[0] for part in parts)]),
        np.concatenate([none, *(part[1] for part in parts)]),
        np.concatenate([none, *(part[2] for part in parts)]),
        np.concatenate([none.astype(np.bool_), *(part[3] for part in parts)]),
    )


def _waits_by_generation(
    goroutines: Intervals, system: NDArray[np.int64]
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]]:
    for columns in goroutines.generations:
        waiting = (columns.state >= State.CHAN_SEND) & (columns.state <= State.OTHER_WAIT)
        waiting &= ~np.isin(columns.state, _UNWORTHY)
        rows = np.flatnonzero(waiting)
        rows = rows[~np.isin(columns.goroutine[rows], system)]
        number = columns.goroutine[rows].astype(np.int64)
        yield columns.start[rows], columns.end[rows], number, columns.last[rows]


def _class(
    start: NDArray[np.int64], end: NDArray[np.int64], goroutine: NDArray[np.int64]
) -> _Class:
    order = np.argsort(start, kind="stable")
    longest = int((end - start).max(initial=0))
    return _Class(start[order], end[order], goroutine[order], longest)
