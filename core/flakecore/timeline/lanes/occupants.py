"""Who held a proc or a thread in each column of a window: goroutines of procs, procs of threads."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace import LaneIntervals
from flakecore.gotrace.intervals.overview import Overview
from flakecore.timeline.lanes.lane import Lane, LaneKind


def occupants(found: LaneIntervals, kind: LaneKind, edges: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return (columns,) who held a proc or thread in each column; -1 for nobody.

    Args:
        found: the lane's intervals that touch the window.
        kind: of the lane.
        edges: (columns + 1,) the columns' borders, in nanoseconds.
    """
    occupant = np.full(len(edges) - 1, -1, np.int64)
    middles = (edges[:-1] + edges[1:]) // 2
    # What is held at the middle counts before what was held last within the column. Pieces
    # come in order of time, so a later one's answer replaces an earlier one's.
    for moments, since in ((edges[1:] - 1, edges[:-1]), (middles, middles + 1)):
        last = found.start.searchsorted(moments, side="right") - 1
        first = 0
        for columns, rows in found.pieces():
            held = columns.goroutine if kind is LaneKind.PROC else columns.proc
            size = rows.stop - rows.start
            row = np.minimum(last - first, size - 1)
            inside = np.maximum(row, 0)
            holder = held[rows.start + inside]
            here = (row >= 0) & (holder >= 0) & (found.end[first + inside] >= since)
            occupant = np.where(here, holder, occupant)
            first += size
    return occupant


def coarse_occupants(overview: Overview, lane: Lane, edges: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return (columns,) a lane's last occupant in each, by the overview; -1 if unknown."""
    start, occupant = overview.occupants(lane.id)
    row = np.searchsorted(start, edges[1:], side="left") - 1
    known = (row >= 0) & (lane.kind is not LaneKind.GOROUTINE)
    inside = np.maximum(row, 0)
    if not len(start):
        return np.full(len(row), -1, np.int64)
    known &= start[inside] >= edges[:-1]
    return np.where(known, occupant[inside], -1)


def nearest(grid: NDArray[np.int64], moments: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return (moments,) the value of an ascending grid that is nearest to each."""
    if not len(grid):
        return moments
    after = np.clip(np.searchsorted(grid, moments), 1, len(grid) - 1) if len(grid) > 1 else 0
    before = np.maximum(np.asarray(after) - 1, 0)
    nearer = moments - grid[before] <= grid[after] - moments
    return np.where(nearer, grid[before], grid[after])
