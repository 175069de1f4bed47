"""Which cells the frames of a flame graph take: as wide as their share, with no cell to spare."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.pprof import CallTree

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class FlameRow:
    """The frames of one row; every column (frames,), from left to right.

    Attributes:
        frame: int64, tree node.
        begin, end: int64, first cell and the one behind the last.
    """

    frame: Ints
    begin: Ints
    end: Ints

    def at(self, x: int) -> int:
        """Return the frame at a cell, -1 for none."""
        place = int(np.searchsorted(self.begin, x, side="right")) - 1
        return int(self.frame[place]) if place >= 0 and x < self.end[place] else -1


class FlameCells:
    """The rows of a tree, zoomed to one of its frames."""

    def __init__(self, tree: CallTree, zoom: int, width: int) -> None:
        """Cut ``width`` cells for the frame ``zoom`` into those of what hangs from it."""
        self._tree = tree
        self._zoom = zoom
        self._width = width
        self._rows: dict[int, FlameRow] = {}
        above = [zoom]
        while tree.parent[above[-1]] >= 0:
            above.append(int(tree.parent[above[-1]]))
        self.path = above[::-1]

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self._tree.levels) - 1

    def row(self, depth: int) -> FlameRow:
        """Return the row at a depth; what the zoomed frame hangs from fills its row."""
        row = self._rows.get(depth)
        if row is None:
            row = self._rows[depth] = self._cut(depth)
        return row

    def depth_used(self) -> int:
        """Return how many rows have a frame that is wide enough to be drawn."""
        depth = len(self.path)
        while depth < self.count and len(self.row(depth).frame):
            depth += 1
        return depth

    def _cut(self, depth: int) -> FlameRow:
        tree = self._tree
        if depth < len(self.path):
            one = np.array([self.path[depth]], np.int64)
            return FlameRow(one, np.zeros(1, np.int64), np.array([self._width], np.int64))
        left, whole = int(tree.start[self._zoom]), max(int(tree.weight[self._zoom]), 1)
        first, last = (int(each) for each in tree.levels[depth : depth + 2])
        starts = tree.start[first:last]
        begin = first + int(np.searchsorted(starts, left, side="left"))
        end = first + int(np.searchsorted(starts, left + whole, side="left"))
        # A frame is seen where an edge between two cells lies in it: of 100,000 frames of a level
        # only those at an edge are looked at, with a neighbour for what rounding does.
        edges = left + np.arange(1, self._width + 1) * (whole / self._width)
        at = begin + np.searchsorted(tree.start[begin:end], edges)
        frame = np.unique(np.clip(np.concatenate([at - 2, at - 1, at]), begin, end - 1))
        frame = frame[:0] if begin == end else frame
        start, weight = tree.start[frame] - left, tree.weight[frame]
        # In floating point: a product of two values of a profile need not fit 64 bits.
        scale = self._width / whole
        x = np.floor(start * scale + 1e-9).astype(np.int64)
        until = np.floor((start + weight) * scale + 1e-9).astype(np.int64)
        seen = until > x
        return FlameRow(frame[seen], x[seen], until[seen])
