"""A flame graph that one stands in: what it is zoomed to, its rows, and the chosen frame.

Of a function with its callers and callees it is two trees that share a row: the callers grow up
from it and the callees down, and each is zoomed for itself.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from textual.strip import Strip

from flaketui.drawing.theme import Look as Styles
from flaketui.panes.profile.flame import Flame
from flaketui.panes.profile.flame_cells import FlameCells
from flaketui.panes.profile.flame_lines import Marks, flame_line


class FrameOfTree(NamedTuple):
    """A frame of one of the trees.

    Attributes:
        frame: its tree node.
        above: whether it is one of the callers' tree.
    """

    frame: int
    above: bool = False


class GraphRow(NamedTuple):
    """A row of one of the trees."""

    depth: int
    above: bool = False


class FlameGraph:
    """One or two trees, cut into cells."""

    def __init__(self, flame: Flame) -> None:
        """Stand on the root, or on the function whose callers and callees are shown."""
        self.flame = flame
        callers = flame.callers
        self._halves = (flame, replace(flame, tree=callers, callers=None) if callers else flame)
        self._home = FrameOfTree(1 if callers is not None and len(callers) > 1 else 0)
        self.chosen = self._home
        self._zoom = [0, 0]
        self._width = 0
        self._cells: list[FlameCells] = []
        self.rows: tuple[GraphRow, ...] = ()

    @property
    def half(self) -> Flame:
        """The flame of the chosen frame's tree."""
        return self._halves[self.chosen.above]

    @property
    def function(self) -> str:
        """The function of the chosen frame; "" for the root."""
        node = int(self.half.tree.node[self.chosen.frame])
        return self.flame.of.functions[node] if node >= 0 else ""

    @property
    def is_zoomed_to_chosen(self) -> bool:
        """Whether the chosen frame fills its row already."""
        frame, weight = self.chosen.frame, self.half.tree.weight
        fills_all = self.flame.around != "" and weight[frame] == weight[0]
        return self._zoom[self.chosen.above] == frame or (fills_all and self.chosen == self._home)

    @property
    def chosen_row(self) -> int:
        """Which of the rows the chosen frame stands in; -1 for none."""
        above = self.chosen.above
        row = GraphRow(int(self.half.tree.depth[self.chosen.frame]), above)
        return self.rows.index(row) if row in self.rows else -1

    def cut(self, width: int) -> None:
        """Cut the rows for so many cells; nothing before it is known how many."""
        if not width or (self._cells and width == self._width):
            return
        self._width = width
        self._cells = [
            FlameCells(half.tree, zoom, width)
            for half, zoom in zip(self._halves, self._zoom, strict=True)
        ]
        below, above = self._cells[0].depth_used(), 0
        if self.flame.callers is not None:
            above = self._cells[1].depth_used()
        first = 0 if self.flame.callers is None else 1
        self.rows = (
            *(GraphRow(depth, above=True) for depth in range(above - 1, 1, -1)),
            *(GraphRow(depth) for depth in range(first, below)),
        )

    def line(self, row: GraphRow, look: Styles, marks: Marks) -> Strip:
        """Return a row as a line; the chosen frame is marked, whatever ``marks`` has of it."""
        chosen = self.chosen.frame if self.chosen.above == row.above else -1
        cells = self._cells[row.above].row(row.depth)
        return flame_line(
            self._halves[row.above], cells, self._width, look, replace(marks, chosen=chosen)
        )

    def at(self, row: int, x: int) -> FrameOfTree | None:
        """Return the frame at a cell, None for none."""
        self.cut(self._width)
        if not 0 <= row < len(self.rows):
            return None
        depth, above = self.rows[row]
        frame = self._cells[above].row(depth).at(x)
        return FrameOfTree(frame, above) if frame >= 0 else None

    def widest(self, node: int) -> FrameOfTree | None:
        """Return the widest frame of a node, among callees first; None where there is none."""
        for above in (False, True):
            frame = self._halves[above].widest(node)
            if frame and (not above or self.flame.callers is not None):
                return FrameOfTree(frame, above)
        return None

    def step(self, delta: int) -> None:
        """Choose the frame below, or above: the widest first, then those beside it."""
        frames, above = self._walk()
        if len(frames):
            here = (frames == self.chosen.frame) & (above == self.chosen.above)
            at = max(0, min(len(frames) - 1, int(np.argmax(here)) + delta))
            self.chosen = FrameOfTree(int(frames[at]), bool(above[at]))

    def zoom_to(self, standing: FrameOfTree) -> None:
        """Have a frame fill its row."""
        self._zoom[standing.above] = standing.frame
        self._cells = []

    def zoom_out(self) -> bool:
        """Zoom out by one frame, where one stands first; returns whether there was a zoom."""
        here = self.chosen.above
        above = next((half for half in (here, not here) if self._zoom[half]), None)
        if above is None:
            return False
        frame = self._zoom[above]
        self.chosen = FrameOfTree(frame, above)
        parent = int(self.half.tree.parent[frame])
        self.zoom_to(FrameOfTree(parent if parent > self._home.frame else 0, above))
        return True

    def choose_function(self, function: str) -> bool:
        """Zoom out and choose the widest frame of a function; returns whether there is one."""
        flame = self.flame
        named = [at for at, name in enumerate(flame.of.functions) if name == function]
        widest = max(map(flame.widest, named), key=lambda at: flame.tree.weight[at], default=0)
        if not widest:
            return False
        self._zoom, self._cells, self.chosen = [0, 0], [], FrameOfTree(widest)
        return True

    def look_as(self, before: FlameGraph) -> None:
        """Zoom and stand where the same calls lead to as in another graph of other samples.

        Where they lead nowhere, as in a tree that is turned over, the widest frame of the same
        function is chosen, unless one is zoomed in elsewhere.
        """
        if before.flame.around != self.flame.around:
            return
        for half in (0, 1):
            self._zoom[half] = _same_path(
                before._halves[half], before._zoom[half], self._halves[half]
            )
        above = before.chosen.above
        at = _same_path(before.half, before.chosen.frame, self._halves[above])
        if at or self._zoom[above]:
            self.chosen = FrameOfTree(at or self._zoom[above], above)
        elif before.function and not any(self._zoom) and not self.flame.around:
            self.choose_function(before.function)

    def _walk(self) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return the frames that are drawn, each beside those that it calls, and whose they are.

        After a zoom they are those of the next drawing, which a key need not wait for.

        Returns:
            (drawn,) tree nodes from the outermost caller to the innermost callee, and (drawn,)
            whether each is one of the callers' tree.
        """
        self.cut(self._width)
        halves = []
        for half in (True, False):
            rows = [(depth, self._cells[half].row(depth)) for depth, of in self.rows if of is half]
            if not rows:
                halves.append(np.zeros(0, np.int64))
                continue
            depth = np.repeat([depth for depth, _ in rows], [len(row.frame) for _, row in rows])
            begin, frame = (
                np.concatenate(columns)
                for columns in zip(*((row.begin, row.frame) for _, row in rows), strict=True)
            )
            halves.append(frame[np.lexsort((frame, depth, begin))])
        callers, callees = halves
        return np.concatenate([callers[::-1], callees]), np.repeat(
            [True, False], [len(callers), len(callees)]
        )


def _same_path(before: Flame, zoom: int, flame: Flame) -> int:
    """Return the frame of another tree that the same calls lead to; the root where none does."""
    at = 0
    for node in (int(before.tree.node[each]) for each in before.path(zoom)[1:]):
        name = before.nodes.names[node]
        begin, end = flame.tree.children(at)
        named = [i for i in range(begin, end) if flame.nodes.names[flame.tree.node[i]] == name]
        if not named:
            return 0
        at = named[0]
    return at
