"""What there is to say, laid out in lines: all of it in the Details pane, its gist elsewhere."""

from __future__ import annotations

from textual.strip import Strip

from flaketui.drawing.lines import Line, wrap
from flaketui.drawing.theme import Ground
from flaketui.panes.details.blocks import Piece
from flaketui.panes.details.content import headline, story
from flaketui.view.scene import Scene


def lay_out(scene: Scene, piece: Piece, width: int, *, chosen: bool) -> list[Strip]:
    """Break a piece into lines, each with a margin of one cell."""
    look, needle = scene.look, scene.view.filter
    ground: Ground = "selected" if chosen else "plain"
    margin = " " * (1 + piece.indent)
    if piece.place:
        line = Line(look, width).add(margin).add(piece.place, "accent").add("  ")
        return [line.found(piece.text, piece.role, needle).strip()]
    if piece.verbatim:
        return [Line(look, width, ground).add(margin).add(piece.text, piece.role).strip()]
    return [
        Line(look, width, ground).add(margin).found(text, piece.role, needle).strip()
        for text in wrap(piece.text, width - len(margin) - 1)
    ]


def gist(scene: Scene, width: int, height: int) -> list[Strip]:
    """Return in so many lines, a title among them, what the selection comes to.

    Evidence and source lines are left out: the Details pane has them.
    """
    title = Line(scene.look, width).add(f" {headline(scene)} ", "muted").rule()
    lines = [title.strip()]
    for piece in story(scene):
        if piece.evidence is None and not piece.verbatim and not piece.indent:
            lines += lay_out(scene, piece, width, chosen=False)
    return lines[:height]
