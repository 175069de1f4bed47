"""What there is to say about the selection, piece by piece, for the Details pane."""

from __future__ import annotations

from flakecore.diagnosis import Certainty, Evidence
from flakecore.times import format_time
from flaketui.panes.details.blocks import (
    Piece,
    chain_pieces,
    note_pieces,
    pause_pieces,
    stack_pieces,
)
from flaketui.panes.details.sentences import (
    failure_headline,
    goroutine_sentence,
    interval_sentence,
    line_sentence,
    test_sentence,
)
from flaketui.view.scene import Scene
from flaketui.view.viewport import SelectionKind

EVIDENCE_SHOWN = 3
"""Pieces of evidence shown for each finding."""


def headline(scene: Scene) -> str:
    """Return what the pane speaks of, in a few words."""
    selection = scene.view.selection
    match selection.subject:
        case SelectionKind.FAILURE if scene.failure is not None:
            return f"why {scene.failure.test_name} failed"
        case SelectionKind.TEST if selection.test >= 0:
            return scene.test_name(selection.test)
        case SelectionKind.LINE:
            return "output line"
        case SelectionKind.PAUSE:
            return "garbage collector"
        case _:
            return str(selection.lane) if selection.lane is not None else ""


def story(scene: Scene) -> list[Piece]:
    """Return everything there is to say, in order."""
    case, selection = scene.case, scene.view.selection
    pieces: list[Piece] = []
    if selection.subject is SelectionKind.FAILURE and scene.failure is not None:
        pieces += _failure(scene)
    elif selection.subject is SelectionKind.PAUSE:
        pieces += pause_pieces(scene)
    elif selection.subject is SelectionKind.TEST and selection.test >= 0:
        pieces.append(Piece(test_sentence(case.tests[selection.test])))
    elif selection.subject is SelectionKind.LINE and scene.line >= 0:
        line = case.output[scene.line]
        pieces += [Piece(line.text, "strong"), Piece(line_sentence(line, case), "muted")]
    pieces += _lane(scene)
    pieces += [Piece(f"lost: {loss}", "warn") for loss in case.losses]
    return pieces or [Piece("Nothing is selected: choose a test, a lane or a line.", "muted")]


def _failure(scene: Scene) -> list[Piece]:
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
        likely = "" if finding.certainty is Certainty.SEEN else "Likely: "
        pieces.append(Piece(likely + finding.claim))
        pieces += [
            Piece(_evidence_text(one), "muted", 2, evidence=one)
            for one in finding.evidence[:EVIDENCE_SHOWN]
        ]
        more = len(finding.evidence) - EVIDENCE_SHOWN
        if more > 0:
            pieces.append(Piece(f"and {more} more", "faint", 2))
    return pieces


def _evidence_text(evidence: Evidence) -> str:
    if evidence.time_ns is None:
        return evidence.text
    return f"{format_time(evidence.time_ns)}s  {evidence.text}"


def _lane(scene: Scene) -> list[Piece]:
    """What the selected lane does at the cursor, how that came, and which goroutine it is."""
    lane, now = scene.view.selection.lane, scene.interval
    pieces: list[Piece] = []
    number = lane.id if lane is not None else 0
    if now is not None:
        pieces.append(Piece(interval_sentence(now)))
        pieces += stack_pieces(scene, now.stack, source=True)
        if now.wake is not None and now.wake.stack:
            waker = f"G{now.wake.goroutine}" if now.wake.goroutine > 0 else "the runtime"
            pieces.append(Piece(f"{waker} ended it at", "muted"))
            pieces += stack_pieces(scene, now.wake.stack)
        pieces += chain_pieces(scene)
        if now.goroutine >= 0:
            number = now.goroutine
    pieces += note_pieces(scene, number)
    goroutine = scene.goroutine(number)
    if goroutine is not None:
        pieces.append(Piece(goroutine_sentence(goroutine, scene.case), "muted"))
        if goroutine.creation_stack:
            pieces.append(Piece("created at", "muted"))
            pieces += stack_pieces(scene, goroutine.creation_stack)
    return pieces
