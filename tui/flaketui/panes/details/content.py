"""The content of the Details pane: the blocks of text that describe the selection."""

from __future__ import annotations

from flakecore.diagnosis import Certainty, Evidence
from flakecore.timeline import LaneKind
from flakecore.times import format_time
from flaketui.panes.details.blocks import (
    Block,
    annotation_blocks,
    chain_blocks,
    dumped_blocks,
    object_blocks,
    pause_blocks,
    stack_blocks,
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
"""Items of evidence shown for each finding."""


def details_title(scene: Scene, *, findings: bool = True) -> str:
    """Return what the pane describes, in a few words: the title of its content.

    Args:
        scene: what is shown.
        findings: whether a failure's findings are part of the content.
    """
    selection = scene.view.selection
    match selection.subject:
        case SelectionKind.FAILURE if scene.failure is not None:
            name = scene.failure.test_name
            return f"why {name} failed" if findings else f"{name} when it failed"
        case SelectionKind.TEST if selection.test >= 0:
            return scene.test_name(selection.test)
        case SelectionKind.LINE:
            return "output line"
        case SelectionKind.PAUSE:
            return "garbage collector"
        case _:
            return str(selection.lane) if selection.lane is not None else ""


def content_blocks(scene: Scene, *, findings: bool = True) -> list[Block]:
    """Return the blocks that describe the selection, in order.

    Args:
        scene: what is shown.
        findings: whether a failure's findings are among them; not beside a pane that lists them.
    """
    case, selection = scene.case, scene.view.selection
    blocks: list[Block] = []
    if selection.subject is SelectionKind.FAILURE and scene.failure is not None:
        blocks += _failure(scene, findings=findings)
    elif selection.subject is SelectionKind.PAUSE:
        blocks += pause_blocks(scene)
    elif selection.subject is SelectionKind.TEST and selection.test >= 0:
        blocks.append(Block(test_sentence(case.tests[selection.test])))
    elif selection.subject is SelectionKind.LINE and scene.line >= 0:
        line = case.output[scene.line]
        blocks += [Block(line.text, "strong"), Block(line_sentence(line, case), "muted")]
    blocks += _lane(scene)
    blocks += [Block(f"lost: {loss}", "warn") for loss in scene.losses]
    return blocks or [Block("Nothing is selected: choose a test, a lane or a line.", "muted")]


_DOUBT = {
    Certainty.INFERRED: "Likely: ",
    Certainty.ASSOCIATED: "Likely: ",
    Certainty.UNCONFIRMED: "Not confirmed: ",
}
"""What stands before claims that are not certain."""


def _failure(scene: Scene, *, findings: bool) -> list[Block]:
    failure = scene.failure
    assert failure is not None
    parts = [failure_headline(failure, scene.case)]
    if failure.file:
        parts.append(f"{failure.file.rpartition('/')[2]}:{failure.line}")
    parts.append(failure.message.partition("\n")[0])
    blocks = [Block(" · ".join(part for part in parts if part), "bad")]
    if not findings:
        return blocks
    if scene.findings is None:
        return [*blocks, Block("working out why", "faint")]
    for finding in scene.findings:
        blocks.append(Block(_DOUBT.get(finding.certainty, "") + finding.claim))
        blocks += [
            Block(_evidence_text(one), "muted", 2, evidence=one)
            for one in finding.evidence[:EVIDENCE_SHOWN]
        ]
        more = len(finding.evidence) - EVIDENCE_SHOWN
        if more > 0:
            blocks.append(Block(f"and {more} more", "faint", 2))
    return blocks


def _evidence_text(evidence: Evidence) -> str:
    """Return the text of evidence, after its moment where it has one."""
    if evidence.time_ns is None:
        return evidence.text
    return f"{format_time(evidence.time_ns)}s  {evidence.text}"


def _lane(scene: Scene) -> list[Block]:
    """Return what the selected lane does at the cursor, why, and which goroutine it is."""
    lane, now = scene.view.selection.lane, scene.interval
    blocks: list[Block] = []
    number = lane.id if lane is not None else 0
    if now is not None:
        trace = scene.case.trace
        recorded = trace is None or trace.covers(scene.view.cursor_ns)
        blocks.append(Block(interval_sentence(now, recorded=recorded)))
        blocks += object_blocks(scene, number, now)
        blocks += stack_blocks(scene, now.stack, source=True)
        if now.wake is not None and now.wake.stack:
            waker = f"G{now.wake.goroutine}" if now.wake.goroutine > 0 else "the runtime"
            blocks.append(Block(f"{waker} ended it at", "muted"))
            blocks += stack_blocks(scene, now.wake.stack)
        blocks += chain_blocks(scene)
        if now.goroutine >= 0:
            number = now.goroutine
    elif lane is not None and lane.kind is LaneKind.GOROUTINE:
        blocks += dumped_blocks(scene, number)
        blocks += object_blocks(scene, number, None)
    blocks += annotation_blocks(scene, number)
    goroutine = scene.goroutine(number)
    if goroutine is not None:
        blocks.append(Block(goroutine_sentence(goroutine, scene.case), "muted"))
        if goroutine.creation_stack:
            blocks.append(Block("created at", "muted"))
            blocks += stack_blocks(scene, goroutine.creation_stack)
    return blocks
