"""A flame graph as a picture: one SVG file with nothing to load and no script in it."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

import numpy as np

from flakecore.frames import is_own, package_of
from flakecore.pprof import CallTree, Nodes, StackColumns, call_tree, is_go, nodes_by
from flakecore.report.hotspots import format_value
from flakecore.report.profile.profile_request import ProfileRequest, ProfileShown
from flakecore.report.profile.profile_text import share
from flakecore.text.printable import printable

_WIDTH, _ROW, _TOP = 1200, 17, 40
_LETTER = 6.6
"""Width of a letter of the 11 pixel monospaced type, in pixels."""
_NARROWEST = 0.4
"""Pixels below which a frame is not drawn: it would not be seen."""
_OWN, _OTHERS = ("#e8743b", "#f0a35e", "#d9534f"), ("#b9c4d0", "#c8d0d9", "#aab6c4")


def flame_svg(found: ProfileShown, request: ProfileRequest) -> str:
    """Return a flame graph with its roots on top; each frame shows its value where one points."""
    stacks = found.profile.stacks
    nodes = nodes_by(stacks, request.granularity)
    values = found.profile.stack_values(found.column)
    tree = call_tree(stacks, values, nodes, inverted=request.inverted)
    height = _TOP + _ROW * len(tree.levels)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}"'
        f' width="{_WIDTH}" height="{height}" font-family="monospace" font-size="11">'
        f'<rect width="100%" height="100%" fill="#ffffff"/>'
        f'<text x="8" y="22" font-size="14">{_safe(_title(found, tree))}</text>'
    )
    return "\n".join([head, *_frames(found, stacks, nodes, tree), "</svg>", ""])


def _title(found: ProfileShown, tree: CallTree) -> str:
    return f"{found.name}: {found.measure}, {format_value(int(tree.value[0]), found.unit)}"


def _frames(
    found: ProfileShown, stacks: StackColumns, nodes: Nodes, tree: CallTree
) -> Iterator[str]:
    total = int(tree.weight[0])
    if not total:
        return
    scale = _WIDTH / total
    wide = np.flatnonzero(tree.weight * scale >= _NARROWEST)
    for at in wide[wide > 0].tolist():
        value = int(tree.value[at])
        name = nodes.names[tree.node[at]]
        x, width = int(tree.start[at]) * scale, int(tree.weight[at]) * scale
        y = _TOP + _ROW * (int(tree.depth[at]) - 1)
        frame = stacks.profile_frame(int(nodes.first[tree.node[at]]))
        palette = _OWN if is_own(frame) and is_go(frame.function) else _OTHERS
        colour = palette[sum(package_of(frame.function).encode("utf-8", "replace")) % len(palette)]
        title = f"{name}: {format_value(value, found.unit)}, {share(value, total).strip()}"
        room = int((width - 4) / _LETTER)
        shown = frame.function.rpartition("/")[2] if len(name) > room else name
        text = shown if len(shown) <= room else f"{shown[: room - 1]}…" if room > 3 else ""
        yield (
            f'<g><title>{_safe(title)}</title><rect x="{x:.2f}" y="{y}" width="{width:.2f}"'
            f' height="{_ROW - 1}" fill="{colour}" stroke="#ffffff" stroke-width="0.5"/>'
            f'<text x="{x + 2:.2f}" y="{y + 12}">{_safe(text)}</text></g>'
        )


def _safe(text: str) -> str:
    return escape(printable(text))
