"""The lines of the timeline's rows: headings, folds and lanes."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from textual.strip import Strip

from flakecore.timeline import Cells, Interval, LaneKind, State
from flakecore.times import format_duration
from flaketui.drawing.cells import lane_segments
from flaketui.drawing.labels import state_label
from flaketui.drawing.lines import StyledLine, fit
from flaketui.panes.timeline.row_table import Fold, Heading, LaneRow
from flaketui.view.scene import Scene

COUNTED = 100
"""Goroutines of a fold whose states at the cursor are still counted: each takes a look-up."""


class Geometry(NamedTuple):
    """How the pane's width is shared out: the names, the lanes' cells, the state at the cursor."""

    label: int
    columns: int
    status: int


def geometry(width: int) -> Geometry:
    """Return the columns of a timeline of this width."""
    label, status = (30, 18) if width >= 115 else (24, 17) if width >= 76 else (16, 12)
    return Geometry(label, max(8, width - label - status), status)


def lane_line(
    scene: Scene,
    row: LaneRow,
    cells: Cells,
    width: int,
    shape: Geometry,
    *,
    holder: str = "",
    current: bool,
) -> Strip:
    """Draw a lane: its name, its cells, and what it does at the cursor.

    Args:
        scene: what is shown.
        row: the lane.
        cells: its cells.
        width: of the line.
        shape: how the width is shared out.
        holder: who holds the lock that its goroutine waits for; "" for nobody known.
        current: whether the row is the current one.
    """
    schedule, view, look = scene.case.schedule, scene.view, scene.look
    assert schedule is not None
    line = StyledLine(look, width, "selected" if current else "plain")
    pin = look.glyphs.pin if row.pinned else " " * (1 + row.inner)
    number = f"{pin}{row.lane} "
    line.add(number, "strong" if current else "muted")
    line.found(
        fit(row.label, shape.label - len(number) - 1, look.glyphs.ellipsis), "text", view.filter
    ).add(" ")
    cursor = view.column(view.cursor_ns, shape.columns) if current else -1
    chosen = view.selection.lane
    followed = chosen.id if chosen is not None and chosen.kind is LaneKind.GOROUTINE else -1
    gaps = view.axis(shape.columns).gaps
    named = {State.MUTEX: f"mutex, held by {holder}"} if holder else {}
    drawn = lane_segments(cells, row.lane.kind, look, line.ground, cursor, followed, gaps, named)
    line.segments(drawn, shape.columns)
    now = schedule.at(row.lane, view.cursor_ns)
    if now is not None and now.state is not State.ABSENT:
        text, state = _status(now, look.glyphs.forever), now.state
        text += f" of {holder}" if holder and state is State.MUTEX else ""
        line.styled(f" {fit(text, shape.status - 1)}", look.state(state, line.ground))
    return line.strip()


def _status(now: Interval, forever: str) -> str:
    """Return what a lane does at the cursor, in a few characters."""
    if now.lane.kind is LaneKind.PROC:
        return f"G{now.goroutine}" if now.goroutine >= 0 else now.state.label
    if now.lane.kind is LaneKind.THREAD:
        return f"P{now.proc}" if now.proc >= 0 else now.state.label
    word = state_label(now.state)
    if now.state.waiting and now.to_the_end:
        return f"{word} {forever}"
    return f"{word} {format_duration(now.duration_ns)}"


def heading_line(scene: Scene, row: Heading, width: int, *, current: bool) -> Strip:
    """Draw the line above a group: its name, and of a folded one how much it holds."""
    glyphs = scene.look.glyphs
    line = StyledLine(scene.look, width, "selected" if current else "plain")
    line.add(f" {glyphs.opened if row.open else glyphs.closed} ", "faint")
    line.found(row.text, "strong" if row.open else "text", scene.view.filter)
    if not row.open:
        line.add(f"  {row.count} {row.noun}", "muted")
    if row.hidden:
        line.add(f"  {row.hidden} hidden", "warn")
    return line.strip()


def fold_line(scene: Scene, row: Fold, width: int, shape: Geometry, *, current: bool) -> Strip:
    """Draw many goroutines of one function as a row: how many do what at the cursor."""
    schedule, glyphs = scene.case.schedule, scene.look.glyphs
    assert schedule is not None
    line = StyledLine(scene.look, width, "selected" if current else "plain")
    count = f"{glyphs.times}{len(row.lanes)} "
    line.add(f" {glyphs.opened if row.open else glyphs.closed} {count}", "accent")
    room = shape.label - 4 - len(count)
    line.found(fit(row.text, room, glyphs.ellipsis), "text", scene.view.filter).add(" ")
    if len(row.lanes) > COUNTED:
        return line.add("at the cursor: too many to tell", "faint").strip()
    doing: Counter[State] = Counter()
    for lane in row.lanes:
        now = schedule.at(lane, scene.view.cursor_ns)
        doing[State.ABSENT if now is None else now.state] += 1
    absent = doing.pop(State.ABSENT, 0)
    line.add("now ", "faint")
    for state, number in doing.most_common():
        words = f"{glyphs.states[state] * 2} {number} {state_label(state)}  "
        line.styled(words, scene.look.state(state, line.ground))
    if absent:
        line.add(f"{absent} not there", "faint")
    return line.strip()
