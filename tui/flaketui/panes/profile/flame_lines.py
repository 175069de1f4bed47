"""Rows of a flame graph as lines: a frame is a coloured stretch with its name in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from flakecore.text.printable import printable
from flaketui.drawing.lines import as_ascii, fit, width_of
from flaketui.drawing.palettes import FrameShade
from flaketui.drawing.theme import Look as Styles
from flaketui.panes.profile.flame import Flame
from flaketui.panes.profile.flame_cells import FlameRow

_SHADES: tuple[FrameShade, ...] = (
    *("own", "own-2", "library", "library-2", "standard", "standard-2"),
    *("gone", "grown", "shrunk"),
)
"""Two of each kind of code, which take turns from package to package and from row to row."""
_STANDARD_2, _GONE, _GROWN, _SHRUNK = range(5, 9)
_NAMED = 3
"""Cells of the narrowest frame that has room for some of its name."""
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
    """Return one row of frames, blank where none is; neighbours of one style are one segment."""
    nodes = flame.tree.node[row.frame]
    matched = (nodes >= 0) & (marks.nodes[nodes] if len(marks.nodes) else False)
    blank = look.style("text")
    texts: list[str] = []
    styles: list[Style] = []
    at = 0
    columns = (
        row.frame.tolist(),
        row.begin.tolist(),
        row.end.tolist(),
        _shades(flame, row).tolist(),
        matched.tolist(),
    )
    for frame, begin, end, shade, found in zip(*columns, strict=True):
        if begin > at:
            texts.append(" " * (begin - at))
            styles.append(blank)
        style = look.frame(_SHADES[shade], chosen=frame == marks.chosen, matched=found)
        text = _text(flame, frame, end - begin, look)
        if styles and styles[-1] is style:
            texts[-1] += text
        else:
            texts.append(text)
            styles.append(style)
        at = end
    if at < width:
        texts.append(" " * (width - at))
        styles.append(blank)
    return Strip(map(Segment, texts, styles), width)


def name_of(flame: Flame, frame: int) -> str:
    """Return what a frame is called in short: ``pool.(*Pool).work``, and its line."""
    node = int(flame.tree.node[frame])
    return "all" if node < 0 else short_node_name(flame.nodes.names[node])


def short_node_name(name: str) -> str:
    """Return a node's name without the folders of its package and its file."""
    function, _, place = name.partition(" ")
    line = f" {place.rpartition('/')[2]}" if place else ""
    head, bracket, rest = function.partition("[")
    return f"{head.rpartition('/')[2]}{bracket}{rest}{line}"


def _text(flame: Flame, frame: int, width: int, look: Styles) -> str:
    """Return a frame's cells: an edge, so that neighbours differ without colours, then its name."""
    edge = look.glyphs.flame_edge
    if width < _NAMED:
        return edge + " " * (width - 1)
    text = printable(name_of(flame, frame))
    if look.ascii:
        text = as_ascii(text)
    if width_of(text) > width - 1:
        text = fit(text, width - 1, look.glyphs.ellipsis)
    return edge + fit(text, width - 1, look.glyphs.ellipsis)


def _shades(flame: Flame, row: FlameRow) -> NDArray[np.int64]:
    """Return (frames,) which of ``_SHADES`` each frame of a row has.

    Frames that are too narrow for a name do not take turns: one colour less to send for each.
    """
    tree, frames = flame.tree, row.frame
    if flame.compared:
        value, base = tree.value[frames], tree.base[frames]
        small = np.abs(value - base) <= _MUCH * np.maximum(base, 1)
        moved = np.where(value > base, _GROWN, _SHRUNK)
        return np.where(value == 0, _GONE, np.where(small, _STANDARD_2, moved))
    node = tree.node[frames]
    named = node >= 0
    known = node[named]
    turns = (flame.of.package[known] + tree.depth[frames[named]]) % 2
    turns[(row.end - row.begin)[named] < _NAMED] = 0
    found = np.full(len(frames), _STANDARD_2, np.int64)
    found[named] = 2 * flame.of.shade[known].astype(np.int64) + turns
    return found
