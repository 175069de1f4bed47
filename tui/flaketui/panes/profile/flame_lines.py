"""Rows of a flame graph as lines: a frame is a coloured stretch with its name in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from textual.strip import Strip

from flakecore.text.printable import printable
from flaketui.drawing.lines import as_ascii, fit, width_of
from flaketui.drawing.theme import FrameShade
from flaketui.drawing.theme import Look as Styles
from flaketui.panes.profile.flame import Flame
from flaketui.panes.profile.flame_cells import FlameRow

_SHADES: tuple[tuple[FrameShade, FrameShade], ...] = (
    ("own", "own-2"),
    ("library", "library-2"),
    ("standard", "standard-2"),
)
_MUCH = 0.1
"""Part of its former width by which a frame of a difference has to change to be coloured."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What stands out.

    Attributes:
        chosen: tree node that the person stands on; -1 for none.
        nodes: (nodes,) which match a search.
    """

    chosen: int
    nodes: NDArray[np.bool_]


def flame_line(flame: Flame, row: FlameRow, width: int, look: Styles, marks: Marks) -> Strip:
    """Return one row of frames, blank where none is."""
    segments: list[Segment] = []
    blank = look.style("text")
    at = 0
    columns = (row.frame.tolist(), row.begin.tolist(), row.end.tolist())
    for frame, begin, end in zip(*columns, strict=True):
        if begin > at:
            segments.append(Segment(" " * (begin - at), blank))
        text = _text(flame, frame, end - begin, look)
        node = int(flame.tree.node[frame])
        matched = node >= 0 and bool(marks.nodes[node])
        style = look.frame(_shade(flame, frame), chosen=frame == marks.chosen, matched=matched)
        segments.append(Segment(text, style))
        at = end
    if at < width:
        segments.append(Segment(" " * (width - at), blank))
    return Strip(segments, width)


def name_of(flame: Flame, frame: int) -> str:
    """Return what a frame is called in short: ``pool.(*Pool).work``, and its line."""
    node = int(flame.tree.node[frame])
    return "all" if node < 0 else short_name(flame.nodes.names[node])


def short_name(name: str) -> str:
    """Return a node's name without the folders of its package and its file."""
    function, _, place = name.partition(" ")
    line = f" {place.rpartition('/')[2]}" if place else ""
    head, bracket, rest = function.partition("[")
    return f"{head.rpartition('/')[2]}{bracket}{rest}{line}"


def _text(flame: Flame, frame: int, width: int, look: Styles) -> str:
    """Return a frame's cells: an edge, so that neighbours differ without colours, then its name."""
    edge = look.glyphs.flame_edge
    if width < 3:
        return edge + " " * (width - 1)
    text = printable(name_of(flame, frame))
    if look.ascii:
        text = as_ascii(text)
    if width_of(text) > width - 1:
        text = fit(text, width - 1, look.glyphs.ellipsis)
    return edge + fit(text, width - 1, look.glyphs.ellipsis)


def _shade(flame: Flame, frame: int) -> FrameShade:
    tree, node = flame.tree, int(flame.tree.node[frame])
    if flame.compared:
        value, base = int(tree.value[frame]), int(tree.base[frame])
        if not value:
            return "gone"
        if abs(value - base) <= _MUCH * max(base, 1):
            return "standard-2"
        return "grown" if value > base else "shrunk"
    if node < 0:
        return "standard-2"
    pair = _SHADES[int(flame.shade_of_node[node])]
    return pair[int(flame.package_of_node[node] + tree.depth[frame]) % 2]
