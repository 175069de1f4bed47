"""The lines of the timeline's rows: headings, folds and lanes."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from textual.strip import Strip

from flakecore.timeline import Axis, Cells, Interval, LaneKind, State
from flakecore.times import format_duration
from flaketui.drawing.cells import NamedWait, lane_segments
from flaketui.drawing.labels import state_label
from flaketui.drawing.lines import StyledLine, fit
from flaketui.panes.timeline.counterparts import LaneCounterpart
from flaketui.panes.timeline.lane_marks import Marks
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
    on: LaneCounterpart | None = None,
    access: str = "",
    marks: Marks | None = None,
    current: bool,
) -> Strip:
    """Draw a lane: its name, its cells, and what it does at the cursor.

    Args:
        scene: what is shown.
        row: the lane.
        cells: its cells.
        width: of the line.
        shape: how the width is shared out.
        on: what its goroutine waits on; None where that is not known.
        access: its part in the race that is shown; "" for none.
        marks: what is marked on it.
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
    axis = view.axis(shape.columns)
    named = _named_wait(on, axis)
    drawn = lane_segments(
        cells, row.lane.kind, look, line.ground, cursor, followed, axis.gaps, named, marks
    )
    line.segments(drawn, shape.columns)
    if access:
        return line.add(f" {fit(access, shape.status - 1, look.glyphs.ellipsis)}", "warn").strip()
    now = schedule.at(row.lane, view.cursor_ns)
    if now is not None and now.state is not State.ABSENT:
        text, state = _status(now, look.glyphs.forever), now.state
        text += f" of {on.holder}" if on is not None and on.holder and _is_during(on, now) else ""
        line.styled(f" {fit(text, shape.status - 1)}", look.state(state, line.ground))
    return line.strip()


def _named_wait(on: LaneCounterpart | None, axis: Axis) -> NamedWait | None:
    if on is None:
        return None
    if on.moment_ns is None:
        return NamedWait(on.words, State.MUTEX)
    return NamedWait(on.words, column=axis.column(on.moment_ns))


def _is_during(on: LaneCounterpart, now: Interval) -> bool:
    """Return whether an interval is the wait that is known of."""
    if on.moment_ns is None:
        return now.state is State.MUTEX
    return now.state.waiting and now.start_ns <= on.moment_ns <= now.end_ns


def _status(now: Interval, forever: str) -> str:
    """Return what a lane does at the cursor, in a few characters."""
    if now.lane.kind is LaneKind.PROC:
        return f"G{now.goroutine}" if now.goroutine >= 0 else now.state.label
    if now.lane.kind is LaneKind.THREAD:
        return f"P{now.proc}" if now.proc >= 0 else now.state.label
    word = state_label(now.state)
    if now.state.waiting and now.to_the_end and not now.cut:
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
