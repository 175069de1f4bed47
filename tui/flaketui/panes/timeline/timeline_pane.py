"""The Timeline pane: goroutines, procs and threads over time, under a ruler and a GC strip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from textual.strip import Strip

from flakecore.timeline import Axis, Case, Cells, FrameQuery, Lane, LaneKind, Schedule, TestSpan
from flakecore.times import format_duration
from flaketui.drawing.lines import StyledLine
from flaketui.panes.action_results import Change, Choice
from flaketui.panes.details.render import summary_lines
from flaketui.panes.pane import Pane
from flaketui.panes.registry import PaneEntry
from flaketui.panes.time_axis import add_time_axis
from flaketui.panes.timeline.annotation_rows import annotation_line, task_line
from flaketui.panes.timeline.collector_strip import collector_strip
from flaketui.panes.timeline.counterparts import counterparts, named_lanes
from flaketui.panes.timeline.lane_fields import lane_fields
from flaketui.panes.timeline.lane_marks import LaneMarks, Marks, accesses
from flaketui.panes.timeline.lane_search import find_lanes
from flaketui.panes.timeline.lanes_of_tests import missing_lines, test_lines, tests_with_durations
from flaketui.panes.timeline.processor_strips import processor_strips, strip_lanes
from flaketui.panes.timeline.row_lines import (
    COUNTED,
    Geometry,
    fold_line,
    geometry,
    heading_line,
    lane_line,
)
from flaketui.panes.timeline.row_table import (
    AnnotationRow,
    Fold,
    Heading,
    LaneRow,
    Row,
    Table,
    TaskRow,
)
from flaketui.panes.timeline.rows import Rows
from flaketui.view.arrangement import Grouping, following
from flaketui.view.navigation import show_test
from flaketui.view.scene import Scene
from flaketui.view.search import Match
from flaketui.view.viewport import SelectionKind, Viewport

SUMMARY_LINES = 8
"""Lines below the lanes of a small screen with a summary of the details."""
_STRIPS, _STRIPS_FROM = 2, 6
"""Lines below the lanes that sum up procs and threads, and the height from which there are any."""
_SUMMARY_FROM = 16
"""Height from which the pane gives some of its lines to that."""


class TimelinePane(Pane):
    """Lanes in groups; the row of the selected lane carries the cursor."""

    def __init__(self, entry: PaneEntry) -> None:
        super().__init__(entry)
        self._rows: Rows | None = None
        self._case: object = None
        self._heading = ""
        self._lane: object = None
        self._cells_of: object = None
        self._cells: dict[Lane, Cells] = {}
        self._marks: LaneMarks | None = None
        self._marks_of: object = None

    @property
    def title_rows(self) -> int:
        """The ruler, and the GC strip where there is a trace."""
        return 2 if self.scene is not None and self.scene.case.gc is not None else 1

    @property
    def page_rows(self) -> int:
        """How many lanes fit."""
        scene, height = self.scene, self.size.height
        small = scene is not None and scene.compact
        space = height - self.title_rows - _summary_height(small, height)
        strips = scene is not None and _has_strips(scene, self.table(scene), space)
        return max(1, space - (_STRIPS if strips else 0))

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
        return self._rows.table(scene.view, scene.arrangement, self._heading, named_lanes(scene))

    def needs(self, scene: Scene) -> FrameQuery:
        """Return what is looked at of the trace to draw a scene: the rows on screen, and around."""
        view, selected = scene.view, scene.view.selection.lane
        rows = self.table(scene).rows[self.top : self.top + self.page_rows]
        lanes = dict.fromkeys(row.lane for row in rows if isinstance(row, LaneRow))
        if selected is not None:
            lanes[selected] = None
        if scene.case.schedule is not None and not scene.compact:
            for kind in strip_lanes(scene.case.schedule):
                lanes |= dict.fromkeys(kind)
        folds = (row.lanes for row in rows if isinstance(row, Fold) and len(row.lanes) <= COUNTED)
        beside = tuple(lane for fold in folds for lane in fold)
        return FrameQuery(view.axis(self.columns), view.cursor_ns, tuple(lanes), beside)

    def current(self, scene: Scene, table: Table) -> int:
        """Return the index of the current row, -1 if it is not listed."""
        return table.place(self._heading or scene.view.selection.lane)

    def step(self, scene: Scene, delta: int) -> Viewport | None:
        """Go to another lane, fold or heading; without a trace to another test."""
        if scene.case.schedule is None:
            return self._step_test(scene, delta)
        table = self.table(scene)
        if not table.rows:
            return None
        target = table.beside(self.current(scene, table), delta)
        return self._go_to(scene, table.rows[target])

    def choose(self, scene: Scene) -> Viewport | None:
        """Open or fold the group whose heading is current; without a trace zoom to the test."""
        if scene.case.schedule is None and scene.view.selection.test >= 0:
            test = scene.case.tests[scene.view.selection.test]
            return scene.view.fit(test.start_ns, test.end_ns) if test.has_duration else None
        table = self.table(scene)
        index = self.current(scene, table)
        row = table.rows[index] if index >= 0 else None
        if isinstance(row, TaskRow):
            return scene.view.fit(row.task.start_ns, row.task.end_ns)
        if not isinstance(row, Heading | Fold):
            return None
        self._turn(row)
        return scene.view

    def _turn(self, row: Heading | Fold) -> None:
        """Open a folded group, or fold an open one."""
        key, opened = row.key, not row.open
        self.post_message(self.Arranged(lambda arrangement: arrangement.turn(key, opened=opened)))

    def sort_rows(self, scene: Scene) -> Change:
        """Group the goroutines by something else."""
        grouping = following(scene.arrangement.grouping)
        return Change(
            replace(scene.arrangement, grouping=grouping),
            sentence=f"goroutines are grouped by {grouping}",
        )

    def choices(self, scene: Scene) -> list[Choice]:
        """Offer each grouping."""
        return [
            Choice(
                f"Group goroutines by {grouping}",
                "timeline",
                Change(replace(scene.arrangement, grouping=grouping)),
            )
            for grouping in Grouping
        ]

    @staticmethod
    def search(case: Case, needle: str) -> list[Match]:
        """Find goroutines, tasks, regions and logs."""
        return find_lanes(case, needle)

    @staticmethod
    def prepare(case: Case) -> None:
        """Gather the regions, tasks and logs of the trace."""
        if case.annotations is not None:
            case.annotations.gather()

    def exported(self, scene: Scene) -> dict[str, object]:
        """Return the intervals of the lanes on screen."""
        rows = self.table(scene).rows[self.top : self.top + self.page_rows]
        lanes = [row.lane for row in rows if isinstance(row, LaneRow)]
        return {"lanes": [lane_fields(scene, lane) for lane in lanes]}

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
        if scene.case.schedule is None:
            tests, at = tests_with_durations(scene.case), self.top + y - 1
            there = y >= 1 and at < len(tests)
            return show_test(scene.case, view, tests[at].index) if there else view
        rows = self.table(scene).rows
        index = self.top + y - self.title_rows
        if not self.title_rows <= y < self.title_rows + self.page_rows or index >= len(rows):
            return view
        row = rows[index]
        if isinstance(row, Heading | Fold):
            self._turn(row)
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
        schedule, axis = scene.case.schedule, scene.view.axis(shape.columns)
        if schedule is None:
            return [*lines, *self._tests(scene, width, height - 1, shape)][:height]
        if scene.case.gc is not None:
            lines.append(collector_strip(scene, width, shape))
        table, on, raced = self.table(scene), counterparts(scene), accesses(scene)
        current = self.current(scene, table)
        summary = _summary_height(scene.compact, height)
        space = height - len(lines) - summary
        strips: list[Strip] = []
        if _has_strips(scene, table, space):

            def cells_of(lane: Lane) -> Cells:
                return self._lane_cells(scene, schedule, lane, axis)

            strips = processor_strips(scene, schedule, cells_of, width, shape)
            space -= len(strips)
        self.follow(current, len(table.rows), space)
        for index in range(self.top, min(len(table.rows), self.top + space)):
            row, here = table.rows[index], index == current
            if isinstance(row, Heading):
                lines.append(heading_line(scene, row, width, current=here))
            elif isinstance(row, Fold):
                lines.append(fold_line(scene, row, width, shape, current=here))
            elif isinstance(row, AnnotationRow):
                note = annotation_line(scene, row, width, shape.label, shape.columns)
                lines.append(note.strip())
            elif isinstance(row, TaskRow):
                task = task_line(scene, row, width, shape.label, shape.columns, current=here)
                lines.append(task.strip())
            else:
                cells = self._lane_cells(scene, schedule, row.lane, axis)
                number = row.lane.id if row.lane.kind is LaneKind.GOROUTINE else 0
                drawn = lane_line(
                    scene,
                    row,
                    cells,
                    width,
                    shape,
                    on=on.get(number),
                    access=raced.get(number, ""),
                    marks=self._marks_on(scene, row.lane, axis, current=here),
                    current=here,
                )
                lines.append(drawn)
        lines += strips
        if summary:
            blank = StyledLine(scene.look, width).strip()
            lines += [blank] * (height - summary - len(lines))
            lines += summary_lines(scene, width, summary)
        return lines

    def _tests(self, scene: Scene, width: int, height: int, shape: Geometry) -> list[Strip]:
        """Draw tests in place of lanes, and what is missing below them."""
        tests, words = tests_with_durations(scene.case), missing_lines(scene, width)
        space = max(min(len(tests), 1), min(len(tests), height - len(words)))
        self.follow(self._test_place(scene, tests), len(tests), space)
        shown = range(self.top, min(len(tests), self.top + space))
        return [*test_lines(scene, tests, shown, width, shape), *words]

    @staticmethod
    def _test_place(scene: Scene, tests: Sequence[TestSpan]) -> int:
        test = scene.view.selection.test
        return next((at for at, one in enumerate(tests) if one.index == test), -1)

    def _step_test(self, scene: Scene, delta: int) -> Viewport | None:
        tests = tests_with_durations(scene.case)
        if not tests:
            return None
        target = max(0, min(len(tests) - 1, self._test_place(scene, tests) + delta))
        return show_test(scene.case, scene.view, tests[target].index)

    def _marks_on(self, scene: Scene, lane: Lane, axis: Axis, *, current: bool) -> Marks:
        if self._marks is None or self._marks_of is not scene.case:
            self._marks, self._marks_of = LaneMarks(scene.case), scene.case
        return self._marks.on(scene, lane, axis, "selected" if current else "plain")

    def _lane_cells(self, scene: Scene, schedule: Schedule, lane: Lane, axis: Axis) -> Cells:
        """Return a lane's cells, kept until the window changes."""
        window = (scene.case, axis)
        if window != self._cells_of:
            self._cells_of, self._cells = window, {}
        cells = self._cells.get(lane)
        if cells is None:
            cells = self._cells[lane] = schedule.cells(lane, axis)
        return cells

    def _ruler(self, scene: Scene, width: int, shape: Geometry) -> Strip:
        line = self.title_name(scene, width)
        line.add(" " * (shape.label - (width - line.left)))
        if not scene.case.timed and not tests_with_durations(scene.case):
            return line.rule().strip()
        add_time_axis(line, scene, shape.columns)
        return line.to_right(format_duration(scene.view.span_ns) + " wide ", "muted").strip()


def _has_strips(scene: Scene, table: Table, space: int) -> bool:
    """Return whether procs and threads are summed up below the lanes, for not all of them fit."""
    return not scene.compact and len(table.rows) > space >= _STRIPS_FROM


def _summary_height(small: bool, height: int) -> int:
    return SUMMARY_LINES if small and height >= _SUMMARY_FROM else 0
