"""Rows of the timeline for what the program wrote into its trace: tasks, regions and logs."""

from __future__ import annotations

from collections.abc import Iterable

from rich.style import Style

from flakecore.timeline.lanes.user_annotations import Span
from flakecore.times import format_duration
from flaketui.drawing.cells import merge
from flaketui.drawing.lines import StyledLine, fit, width_of
from flaketui.panes.timeline.row_table import AnnotationRow, TaskRow
from flaketui.view.scene import Scene


class _Cells:
    """The cells of one row over the window."""

    def __init__(self, scene: Scene, line: StyledLine, columns: int) -> None:
        self._view = scene.view
        self._look = scene.look
        self._ground = line.ground
        self._columns = columns
        self.characters = [" "] * columns
        self.styles: list[Style] = [scene.look.style("muted", line.ground)] * columns

    def spans(self, spans: Iterable[Span]) -> None:
        """Draw each with its name in it, as far as there is room."""
        view, columns, glyphs = self._view, self._columns, self._look.glyphs
        for span in spans:
            first = view.column(span.start_ns, columns)
            last = view.column(span.end_ns, columns)
            begin, end = max(first, 0), min(last, columns - 1)
            self.characters[begin : end + 1] = glyphs.rule * (end + 1 - begin)
            if 0 <= last < columns and not span.open:
                self.characters[last] = glyphs.span_end
            if first >= 0:
                self.characters[begin] = glyphs.span_begin
            name = span.name if span.name.isascii() else ""
            room = end - begin - 2
            if name and room >= 3:
                shown = fit(name[:room], min(len(name), room))
                self.characters[begin + 1 : begin + 1 + len(shown)] = shown
                style = self._look.style("accent", self._ground)
                self.styles[begin + 1 : begin + 1 + len(shown)] = [style] * len(shown)

    def mark(self, columns: Iterable[int], glyph: str, style: Style) -> None:
        """Put a mark into some cells."""
        for column in columns:
            if 0 <= column < self._columns:
                self.characters[column], self.styles[column] = glyph, style


def annotation_line(
    scene: Scene, row: AnnotationRow, width: int, label: int, columns: int
) -> StyledLine:
    """Draw a goroutine's regions of one depth, and on the first row what it logged."""
    line = StyledLine(scene.look, width)
    line.add(" " * label)
    view, look, annotations = scene.view, scene.look, scene.case.annotations
    if annotations is None:
        return line
    number, axis = row.lane.id, view.axis(columns)
    drawn = annotations.regions(number, row.depth, axis)
    cells = _Cells(scene, line, columns)
    cells.mark(drawn.short, look.glyphs.thin, look.style("muted"))
    cells.spans(drawn.spans)
    if row.depth == 0:
        logged = annotations.logged(number, axis)
        cells.mark(logged, look.glyphs.log, look.style("warn"))
    return line.segments(merge(cells.characters, cells.styles), columns)


def task_line(
    scene: Scene, row: TaskRow, width: int, label: int, columns: int, *, current: bool
) -> StyledLine:
    """Draw a task over the window, with how long it took."""
    look, task, view = scene.look, row.task, scene.view
    line = StyledLine(look, width, "selected" if current else "plain")
    who = f"G{task.goroutine} " if task.goroutine > 0 else ""
    line.add(f" {who}", "muted")
    room = label - width_of(who) - 2
    line.found(fit(task.name, room, look.glyphs.ellipsis), "text", view.filter).add(" ")
    cells = _Cells(scene, line, columns)
    if task.start_ns < view.end_ns and task.end_ns >= view.start_ns:
        if view.column(task.start_ns, columns) == view.column(task.end_ns, columns):
            mark = (view.column(task.start_ns, columns),)
            cells.mark(mark, look.glyphs.thin, look.style("muted", line.ground))
        else:
            cells.spans((task,))
    line.segments(merge(cells.characters, cells.styles), columns)
    length = look.glyphs.forever if task.open else format_duration(task.duration_ns)
    return line.add(f" {length}", "muted")
