"""The collector's cycles and stopped worlds of a case, ready to be cut into columns.

A busy program's trace holds many thousand of them. They are looked up once; a frame then costs a
few array operations, whatever the window holds.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from flakecore.timeline import Axis, CollectionKind, Collections, CollectionSpan

_EVER = 1 << 62
"""Later than any moment of a trace."""


class CollectorCells(NamedTuple):
    """A window of the collector's doings cut into columns.

    Attributes:
        busy: (columns,) whether a cycle runs in the column.
        stopped: (columns,) whether the world was stopped within it.
        longest_ns: the longest stop of the window; 0 for none.
    """

    busy: NDArray[np.bool_]
    stopped: NDArray[np.bool_]
    longest_ns: int


class Collector:
    """Cycles and stopped worlds in order of time."""

    def __init__(self, collections: Collections) -> None:
        found = [
            *collections.spans(-_EVER, _EVER, CollectionKind.CYCLE),
            *collections.spans(-_EVER, _EVER, CollectionKind.STOP_THE_WORLD),
        ]
        self.spans: list[CollectionSpan] = sorted(found, key=lambda span: span.start_ns)
        self._start = np.array([span.start_ns for span in self.spans], np.int64)
        self._end = np.array([span.end_ns for span in self.spans], np.int64)
        stops = [span.kind is CollectionKind.STOP_THE_WORLD for span in self.spans]
        self._is_stop = np.array(stops, np.bool_)

    def rows(self, start_ns: int, end_ns: int) -> NDArray[np.int64]:
        """Return the indices in ``spans`` of those that touch a window."""
        return np.flatnonzero((self._start <= end_ns) & (self._end >= start_ns))

    def stops(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the lengths of those of ``rows`` that are stops."""
        of_stops = rows[self._is_stop[rows]]
        return self._end[of_stops] - self._start[of_stops]

    def cells(self, axis: Axis) -> CollectorCells:
        """Cut a window into columns."""
        rows, columns = self.rows(axis.bounds[0], axis.bounds[-1]), axis.columns
        first = np.clip(axis.columns_of(self._start[rows]), 0, columns - 1)
        last = np.clip(axis.columns_of(self._end[rows]), 0, columns - 1)
        is_stop = self._is_stop[rows]
        edges = np.zeros(columns + 1, np.int64)
        np.add.at(edges, first[~is_stop], 1)
        np.add.at(edges, last[~is_stop] + 1, -1)
        stopped = np.zeros(columns, np.bool_)
        stopped[first[is_stop]] = True
        longest = int(self.stops(rows).max(initial=0))
        return CollectorCells(np.cumsum(edges[:-1]) > 0, stopped, longest)


@lru_cache(maxsize=8)
def collector_of(collections: Collections) -> Collector:
    """Return a case's collector, looked up once."""
    return Collector(collections)
