"""The Timeline pane: goroutines, procs and threads over time, under a ruler and a GC strip."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from rich.style import Style
from textual.message import Message
from textual.strip import Strip

from flakecore.timeline import Cells, FrameQuery, Interval, Lane, LaneKind, Schedule, State
from flakecore.times import format_duration
from flaketui.drawing.cells import heights, lane_segments, merge
from flaketui.drawing.lines import Line, fit
from flaketui.drawing.ruler import add_ruler
from flaketui.panes.details.render import gist
from flaketui.panes.details.sentences import state_word
from flaketui.panes.gc.collector_cells import collector_of
from flaketui.panes.pane import Pane
from flaketui.panes.timeline.note_rows import note_line, task_line
from flaketui.panes.timeline.row_table import Fold, Heading, LaneRow, NoteRow, Row, Table, TaskRow
from flaketui.panes.timeline.rows import Rows
from flaketui.view.scene import Scene
from flaketui.view.viewport import SelectionKind, Viewport

GIST = 8
"""Lines below the lanes of a small screen that say what the Details pane says on a large one."""
_ROOM_FOR_GIST = 16
"""Lines that the pane has at least where some of them are given to that."""
_TOLD = 100
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


class TimelinePane(Pane):
    """Lanes in groups; the row of the selected lane carries the cursor."""

    number = 2
    name_shown = "timeline"

    class Turned(Message):
        """The person opened or folded a group."""

        def __init__(self, key: str, *, opened: bool) -> None:
            super().__init__()
            self.key = key
            self.opened = opened

    def __init__(self) -> None:
        super().__init__()
        self._rows: Rows | None = None
        self._case: object = None
        self._heading = ""
        self._lane: object = None
        self._cells_of: object = None
        self._cells: dict[Lane, Cells] = {}

    @property
    def title_rows(self) -> int:
        """The ruler, and the GC strip where there is a trace."""
        return 2 if self.scene is not None and self.scene.case.gc is not None else 1

    @property
    def page_rows(self) -> int:
        """How many lanes fit."""
        small = self.scene is not None and self.scene.compact
        return max(1, self.size.height - self.title_rows - _gist_rows(small, self.size.height))

    @property
    def columns(self) -> int:
        """How many cells show the window."""
        return geometry(self.size.width).columns

    def table(self, scene: Scene) -> Table:
        """Return all rows, on screen or not."""
        schedule = scene.case.schedule
        if schedule is None:
            return Table([])
        if self._rows is None or self._case is not scene.case:
            self._rows, self._case = Rows(scene.case, schedule), scene.case
        if scene.view.selection.lane != self._lane:
            self._lane, self._heading = scene.view.selection.lane, ""
        return self._rows.table(scene.view, scene.arrangement, self._heading)

    def needs(self, scene: Scene) -> FrameQuery:
        """Return what is looked at of the trace to draw a scene: the rows on screen, and around."""
        view, selected = scene.view, scene.view.selection.lane
        rows = self.table(scene).rows[self.top : self.top + self.page_rows]
        lanes = dict.fromkeys(row.lane for row in rows if isinstance(row, LaneRow))
        if selected is not None:
            lanes[selected] = None
        folds = (row.lanes for row in rows if isinstance(row, Fold) and len(row.lanes) <= _TOLD)
        beside = tuple(lane for fold in folds for lane in fold)
        return FrameQuery(view.start_ns, view.end_ns, view.cursor_ns, tuple(lanes), beside)

    def current(self, scene: Scene, table: Table) -> int:
        """Return the index of the current row, -1 if it is not listed."""
        return table.place(self._heading or scene.view.selection.lane)

    def step(self, scene: Scene, delta: int) -> Viewport | None:
        """Go to another lane, fold or heading."""
        table = self.table(scene)
        if not table.rows:
            return None
        target = table.beside(self.current(scene, table), delta)
        return self._go_to(scene, table.rows[target])

    def choose(self, scene: Scene) -> Viewport | None:
        """Open or fold the group whose heading is current."""
        table = self.table(scene)
        index = self.current(scene, table)
        row = table.rows[index] if index >= 0 else None
        if isinstance(row, TaskRow):
            return scene.view.fit(row.task.start_ns, row.task.end_ns)
        if not isinstance(row, Heading | Fold):
            return None
        self.post_message(self.Turned(row.key, opened=not row.open))
        return scene.view

    def after_hiding(self, scene: Scene) -> Viewport | None:
        """Return the viewport on the lane below the current one, else above, for it is to go."""
        table = self.table(scene)
        here = self.current(scene, table)
        for index in (*range(here + 1, len(table.rows)), *range(here - 1, -1, -1)):
            row = table.rows[index]
            if isinstance(row, LaneRow):
                return self._go_to(scene, row)
        return None

    def pick(self, scene: Scene, x: int, y: int) -> Viewport | None:
        """Put the cursor where the click was; choose its lane, or open its group."""
        shape = geometry(self.size.width)
        view = scene.view
        column = x - shape.label
        if 0 <= column < shape.columns:
            view = view.at(view.time(column, shape.columns))
        rows = self.table(scene).rows
        index = self.top + y - self.title_rows
        if not self.title_rows <= y < self.title_rows + self.page_rows or index >= len(rows):
            return view
        row = rows[index]
        if isinstance(row, Heading | Fold):
            self.post_message(self.Turned(row.key, opened=not row.open))
        return self._go_to(replace(scene, view=view), row)

    def _go_to(self, scene: Scene, row: Row) -> Viewport:
        if isinstance(row, TaskRow):
            self._heading = row.key
            return scene.view.at(row.task.start_ns)
        if isinstance(row, Heading | Fold):
            self._heading = row.key
            self.redraw()
            return scene.view
        self._heading = ""
        return scene.view.select(lane=row.lane, subject=SelectionKind.LANE)

    def draw(self, scene: Scene, width: int, height: int) -> list[Strip]:
        """Draw ruler, GC strip and the rows that fit."""
        shape = geometry(width)
        lines = [self._ruler(scene, width, shape)]
        schedule = scene.case.schedule
        if schedule is None:
            return [*lines, *_missing(scene, width)][:height]
        if scene.case.gc is not None:
            lines.append(_collector_strip(scene, width, shape))
        table = self.table(scene)
        current = self.current(scene, table)
        said = _gist_rows(scene.compact, height)
        space = height - len(lines) - said
        self.follow(current, len(table.rows), space)
        for index in range(self.top, min(len(table.rows), self.top + space)):
            row, here = table.rows[index], index == current
            if isinstance(row, Heading):
                lines.append(_heading(scene, row, width, current=here))
            elif isinstance(row, Fold):
                lines.append(_fold(scene, row, width, shape, current=here))
            elif isinstance(row, NoteRow):
                note = note_line(scene, row, width, shape.label, shape.columns)
                lines.append(note.strip())
            elif isinstance(row, TaskRow):
                task = task_line(scene, row, width, shape.label, shape.columns, current=here)
                lines.append(task.strip())
            else:
                lines.append(self._lane_line(scene, row, width, shape, current=here))
        if said:
            blank = Line(scene.look, width).strip()
            lines += [blank] * (height - said - len(lines)) + gist(scene, width, said)
        return lines

    def _lane_cells(self, scene: Scene, schedule: Schedule, lane: Lane, columns: int) -> Cells:
        """Return a lane's cells, kept until the window changes."""
        window = (scene.case, scene.view.start_ns, scene.view.end_ns, columns)
        if window != self._cells_of:
            self._cells_of, self._cells = window, {}
        cells = self._cells.get(lane)
        if cells is None:
            _, start_ns, end_ns, _ = window
            cells = self._cells[lane] = schedule.cells(lane, start_ns, end_ns, columns)
        return cells

    def _ruler(self, scene: Scene, width: int, shape: Geometry) -> Strip:
        line = self.title_name(scene, width)
        line.add(" " * (shape.label - (width - line.left)))
        add_ruler(line, scene, shape.columns)
        return line.to_right(format_duration(scene.view.span_ns) + " wide ", "muted").strip()

    def _lane_line(
        self, scene: Scene, row: LaneRow, width: int, shape: Geometry, *, current: bool
    ) -> Strip:
        schedule = scene.case.schedule
        assert schedule is not None
        view, look = scene.view, scene.look
        line = Line(look, width, "selected" if current else "plain")
        pin = look.glyphs.pin if row.pinned else " " * (1 + row.inner)
        number = f"{pin}{row.lane} "
        line.add(number, "strong" if current else "muted")
        line.found(
            fit(row.label, shape.label - len(number) - 1, look.glyphs.ellipsis), "text", view.filter
        ).add(" ")
        cells = self._lane_cells(scene, schedule, row.lane, shape.columns)
        cursor = view.column(view.cursor_ns, shape.columns) if current else -1
        chosen = view.selection.lane
        followed = chosen.id if chosen is not None and chosen.kind is LaneKind.GOROUTINE else -1
        line.segments(
            lane_segments(cells, row.lane.kind, look, line.ground, cursor, followed), shape.columns
        )
        now = schedule.at(row.lane, view.cursor_ns)
        if now is not None and now.state is not State.ABSENT:
            text, state = _status(now, look.glyphs.forever), now.state
            line.styled(f" {fit(text, shape.status - 1)}", look.state(state, line.ground))
        return line.strip()


def _gist_rows(small: bool, height: int) -> int:
    return GIST if small and height >= _ROOM_FOR_GIST else 0


def _status(now: Interval, forever: str) -> str:
    """Say what a lane does at the cursor, in a few characters."""
    if now.lane.kind is LaneKind.PROC:
        return f"G{now.goroutine}" if now.goroutine >= 0 else now.state.label
    if now.lane.kind is LaneKind.THREAD:
        return f"P{now.proc}" if now.proc >= 0 else now.state.label
    word = state_word(now.state)
    if now.state.waiting and now.to_the_end:
        return f"{word} {forever}"
    return f"{word} {format_duration(now.duration_ns)}"


def _heading(scene: Scene, row: Heading, width: int, *, current: bool) -> Strip:
    glyphs = scene.look.glyphs
    line = Line(scene.look, width, "selected" if current else "plain")
    line.add(f" {glyphs.opened if row.open else glyphs.closed} ", "faint")
    line.found(row.text, "strong" if row.open else "text", scene.view.filter)
    if not row.open:
        line.add(f"  {row.count} {row.noun}", "muted")
    if row.hidden:
        line.add(f"  {row.hidden} hidden", "warn")
    return line.strip()


def _fold(scene: Scene, row: Fold, width: int, shape: Geometry, *, current: bool) -> Strip:
    """Draw many goroutines of one function as a row: how many do what at the cursor."""
    schedule, glyphs = scene.case.schedule, scene.look.glyphs
    assert schedule is not None
    line = Line(scene.look, width, "selected" if current else "plain")
    count = f"{glyphs.times}{len(row.lanes)} "
    line.add(f" {glyphs.opened if row.open else glyphs.closed} {count}", "accent")
    room = shape.label - 4 - len(count)
    line.found(fit(row.text, room, glyphs.ellipsis), "text", scene.view.filter).add(" ")
    if len(row.lanes) > _TOLD:
        return line.add("at the cursor: too many to tell", "faint").strip()
    doing: Counter[State] = Counter()
    for lane in row.lanes:
        now = schedule.at(lane, scene.view.cursor_ns)
        doing[State.ABSENT if now is None else now.state] += 1
    absent = doing.pop(State.ABSENT, 0)
    line.add("now ", "faint")
    for state, number in doing.most_common():
        words = f"{glyphs.states[state] * 2} {number} {state_word(state)}  "
        line.styled(words, scene.look.state(state, line.ground))
    if absent:
        line.add(f"{absent} not there", "faint")
    return line.strip()


def _collector_strip(scene: Scene, width: int, shape: Geometry) -> Strip:
    """Draw the heap as bars, cycles in the collector's colour, stopped worlds as double lines."""
    collections = scene.case.gc
    assert collections is not None
    view, look = scene.view, scene.look
    line = Line(look, width)
    line.add(fit(" GC heap", shape.label), "muted")
    heap, goal = collections.heap(view.start_ns, view.end_ns, shape.columns)
    top = int(max(heap.max(initial=0), goal.max(initial=0)))
    characters = heights(heap.tolist(), top, look.glyphs.bars)
    styles: list[Style] = [look.style("faint")] * shape.columns
    cells = collector_of(collections).cells(view.start_ns, view.end_ns, shape.columns)
    for column in np.flatnonzero(cells.busy).tolist():
        styles[column] = look.state(State.GC)
    for column in np.flatnonzero(cells.stopped).tolist():
        characters[column] = look.glyphs.stop
        styles[column] = look.style("bad")
    line.segments(merge(characters, styles), shape.columns)
    note = f" stop {format_duration(cells.longest_ns)}" if cells.longest_ns else " no stop"
    return line.add(note, "muted").strip()


def _missing(scene: Scene, width: int) -> list[Strip]:
    """Say what there is to see without a trace."""
    words = (
        "",
        " This bundle has no usable execution trace.",
        " Tests and output are on the clock of the stamps go test gave them.",
        " `flaketui collect` records a trace with every run.",
    )
    return [Line(scene.look, width).add(text, "muted").strip() for text in words]
