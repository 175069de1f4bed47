"""Blocks as lines of cells: all of them in the Details pane, a summary elsewhere."""

from __future__ import annotations

from textual.strip import Strip

from flaketui.drawing.lines import StyledLine, wrap
from flaketui.drawing.palettes import Ground
from flaketui.panes.details.blocks import Block
from flaketui.panes.details.content import content_blocks, details_title
from flaketui.view.scene import Scene


def lay_out(scene: Scene, block: Block, width: int, *, chosen: bool) -> list[Strip]:
    """Break a block into lines, each with a margin of one cell."""
    look, needle = scene.look, scene.view.filter
    ground: Ground = "selected" if chosen else "plain"
    margin = " " * (1 + block.indent)
    if block.place:
        line = StyledLine(look, width).add(margin).add(block.place, "accent").add("  ")
        return [line.found(block.text, block.role, needle).strip()]
    if block.verbatim:
        return [StyledLine(look, width, ground).add(margin).add(block.text, block.role).strip()]
    return [
        StyledLine(look, width, ground).add(margin).found(text, block.role, needle).strip()
        for text in wrap(block.text, width - len(margin) - 1)
    ]


def summary_lines(scene: Scene, width: int, height: int) -> list[Strip]:
    """Return at most ``height`` lines about the selection, the first of them a title.

    Evidence and source lines are left out: the Details pane has them.
    """
    title = StyledLine(scene.look, width).add(f" {details_title(scene)} ", "muted").rule()
    lines = [title.strip()]
    for block in content_blocks(scene):
        if block.evidence is None and not block.verbatim and not block.indent:
            lines += lay_out(scene, block, width, chosen=False)
    return lines[:height]
