"""The Details pane: the selection in sentences, then its stacks, the person's own frames first."""

from __future__ import annotations

from typing import NamedTuple

from textual.strip import Strip

from flakecore.timeline import LaneKind, Stack
from flakecore.times import format_time
from flaketui.lines import Line, cut_left, wrap
from flaketui.panes.base import Pane
from flaketui.prose import (
    failure_headline,
    goroutine_sentence,
    interval_sentence,
    line_sentence,
    test_sentence,
)
from flaketui.scene import Scene, bare_function
from flaketui.stacks import fold
from flaketui.theme import Role
from flaketui.viewport import Subject

_EVIDENCE = 3
"""Pieces of evidence shown for each finding."""


class Piece(NamedTuple):
    """Text in a role, indented by cells; a stack frame has its source line in ``place``."""

    text: str
    role: Role = "text"
    place: str = ""
    indent: int = 0


class DetailsPane(Pane):
    """What is known of the failure, test, line or lane that was chosen last."""

    number = 6
    name_shown = "details"

    def __init__(self) -> None:
        super().__init__()
        self._subject: object = None

    def draw(self, scene: Scene, width: int, height: int) -> list[Strip]:
        """Draw what fits from the top row on."""
        selection = scene.view.selection
        if selection != self._subject:
            self._subject, self.top = selection, 0
        pieces = self.pieces(scene)
        lines: list[Strip] = []
        for piece in pieces:
            lines += _lay_out(scene, piece, width)
        space = height - 1
        self.top = max(0, min(self.top, len(lines) - space))
        hidden = len(lines) - self.top - space
        note = f"{_subject_name(scene)}" + (f" · {hidden} more below" if hidden > 0 else "")
        return [self.title(scene, width, note), *lines[self.top : self.top + space]]

    def pieces(self, scene: Scene) -> list[Piece]:
        """Return everything there is to say, in order."""
        case, selection = scene.case, scene.view.selection
        pieces: list[Piece] = []
        if selection.subject is Subject.FAILURE and scene.failure is not None:
            pieces += _failure_pieces(scene)
        elif selection.subject is Subject.TEST and selection.test >= 0:
            pieces.append(Piece(test_sentence(case.tests[selection.test])))
        elif selection.subject is Subject.LINE and scene.line >= 0:
            line = case.output[scene.line]
            pieces += [Piece(line.text, "strong"), Piece(line_sentence(line, case), "muted")]
        now = scene.interval
        if now is not None:
            pieces += [Piece(interval_sentence(now)), *_stack_pieces(scene, now.stack)]
            if now.wake is not None and now.wake.stack:
                pieces.append(Piece(f"ended by G{now.wake.goroutine} at", "muted"))
                pieces += _stack_pieces(scene, now.wake.stack)
        lane = selection.lane
        if lane is not None and lane.kind is LaneKind.GOROUTINE:
            goroutine = scene.goroutine(lane.id)
            if goroutine is not None:
                pieces.append(Piece(goroutine_sentence(goroutine, case), "muted"))
                if goroutine.creation_stack:
                    pieces.append(Piece("created at", "muted"))
                    pieces += _stack_pieces(scene, goroutine.creation_stack)
        pieces += [Piece(f"lost: {loss}", "warn") for loss in case.losses]
        return pieces or [Piece("Nothing is selected: choose a test, a lane or a line.", "muted")]


def _subject_name(scene: Scene) -> str:
    selection = scene.view.selection
    match selection.subject:
        case Subject.FAILURE if scene.failure is not None:
            return f"why {scene.failure.test_name} failed"
        case Subject.TEST if selection.test >= 0:
            return scene.test_name(selection.test)
        case Subject.LINE:
            return "output line"
        case _:
            return str(selection.lane) if selection.lane is not None else ""


def _failure_pieces(scene: Scene) -> list[Piece]:
    failure = scene.failure
    assert failure is not None
    parts = [failure_headline(failure, scene.case)]
    if failure.file:
        parts.append(f"{failure.file.rpartition('/')[2]}:{failure.line}")
    parts.append(failure.message.partition("\n")[0])
    pieces = [Piece(" · ".join(part for part in parts if part), "bad")]
    if scene.findings is None:
        return [*pieces, Piece("working out why", "faint")]
    for finding in scene.findings:
        likely = "" if finding.certainty == "seen" else "Likely: "
        pieces.append(Piece(likely + finding.claim))
        pieces += [
            Piece(f"{format_time(proof.time_ns)}s  {proof.text}", "muted", indent=2)
            for proof in finding.evidence[:_EVIDENCE]
        ]
        if more := len(finding.evidence) - _EVIDENCE:
            pieces += [Piece(f"and {more} more", "faint", indent=2)] if more > 0 else []
    return pieces


def _stack_pieces(scene: Scene, stack: Stack) -> list[Piece]:
    """Return the own frames one a line, the library's folded into one line below."""
    own, library = fold(stack, scene.case.package)
    pieces = [
        Piece(f"  {frame.short_function}", "strong", f"{frame.short_file}:{frame.line}")
        for frame in own
    ]
    if library:
        names = f" {scene.look.glyphs.arrow} ".join(
            bare_function(frame.function) if own else frame.short_function
            for frame in reversed(library[:4])
        )
        pieces.append(Piece(f"{len(library)} of Go's own: {names}", "faint", indent=2))
    return pieces


def _lay_out(scene: Scene, piece: Piece, width: int) -> list[Strip]:
    """Break a piece into lines, each with a margin of one cell."""
    look, needle = scene.look, scene.view.filter
    if piece.place:
        line = Line(look, width).add(" ")
        room = max(8, width - 3 - len(piece.place))
        line.found(cut_left(piece.text, min(room, max(36, width // 2))), piece.role, needle)
        return [line.add("  ").add(piece.place, "accent").strip()]
    return [
        Line(look, width).add(" ").found(text, piece.role, needle).strip()
        for text in wrap(piece.text, width - 2, " " * piece.indent)
    ]
