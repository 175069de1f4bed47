"""The GC pane: cycles, stopped worlds and the heap in the window."""

from __future__ import annotations

from collections.abc import Sequence

from textual.strip import Strip

from flakecore.timeline import Collections, CollectionSpan
from flakecore.times import format_duration, format_time
from flaketui.cells import heights
from flaketui.lines import Line
from flaketui.panes.base import Pane
from flaketui.scene import Scene, goroutine_lane
from flaketui.viewport import Viewport


def format_bytes(count: int) -> str:
    """Return a size for people: ``4.2 MB``."""
    size = float(count)
    for unit in ("B", "KB", "MB", "GB"):
        if size < 1000 or unit == "GB":
            return f"{size:.0f} {unit}" if unit == "B" or size >= 100 else f"{size:.1f} {unit}"
        size /= 1024
    return ""


def stop_spans(collections: Collections, start_ns: int, end_ns: int) -> Sequence[CollectionSpan]:
    """Return the times in a window at which the world was stopped, for the collector or else."""
    return [span for span in collections.spans(start_ns, end_ns) if span.kind == "stop-the-world"]


class CollectorPane(Pane):
    """A heap plot above a table of what the collector did in the window."""

    number = 3
    name_shown = "gc"

    def spans(self, scene: Scene) -> Sequence[CollectionSpan]:
        """Return the rows of the table: cycles and stopped worlds, by time."""
        collections = scene.case.gc
        if collections is None:
            return []
        found = collections.spans(scene.view.start_ns, scene.view.end_ns)
        return [span for span in found if span.kind in ("cycle", "stop-the-world")]

    def current(self, scene: Scene, spans: Sequence[CollectionSpan]) -> int:
        """Return the row of the span the cursor is in or after; -1 before the first."""
        at = -1
        for row, span in enumerate(spans):
            if span.start_ns <= scene.view.cursor_ns:
                at = row
        return at

    def step(self, scene: Scene, delta: int) -> Viewport | None:
        """Put the cursor on another pause or cycle."""
        spans = self.spans(scene)
        if not spans:
            return None
        row = max(0, min(len(spans) - 1, self.current(scene, spans) + delta))
        return self._go_to(scene, spans[row])

    def pick(self, scene: Scene, x: int, y: int) -> Viewport | None:
        """Put the cursor on the span that was clicked on."""
        del x
        spans = self.spans(scene)
        row = self.top + y - self.title_rows
        return self._go_to(scene, spans[row]) if 0 <= row < len(spans) and y >= 3 else None

    @property
    def title_rows(self) -> int:
        """The title, the summary and the heap plot."""
        return 3

    def _go_to(self, scene: Scene, span: CollectionSpan) -> Viewport:
        view = scene.view.at(span.start_ns)
        lane = goroutine_lane(span.goroutine)
        return view if lane is None else view.select(lane=lane)

    def draw(self, scene: Scene, width: int, height: int) -> list[Strip]:
        """Draw summary, heap and table."""
        collections = scene.case.gc
        if collections is None:
            words = Line(scene.look, width).add(" no trace: nothing is known of it", "muted")
            return [self.title(scene, width), words.strip()]
        spans = self.spans(scene)
        lines = [
            self.title(scene, width, "in the window"),
            self._summary(scene, spans, width),
            self._heap(scene, collections, width),
        ]
        current = self.current(scene, spans)
        space = height - len(lines)
        self.follow(current, len(spans), space)
        lines += [
            _span_line(scene, spans[row], width, current=row == current)
            for row in range(self.top, min(len(spans), self.top + space))
        ]
        return lines[:height]

    def _summary(self, scene: Scene, spans: Sequence[CollectionSpan], width: int) -> Strip:
        stops = [span.end_ns - span.start_ns for span in spans if span.kind == "stop-the-world"]
        cycles = sum(span.kind == "cycle" for span in spans)
        line = Line(scene.look, width)
        facts = [(str(cycles), "cycle" if cycles == 1 else "cycles")]
        facts.append((str(len(stops)), "stop" if len(stops) == 1 else "stops"))
        if stops:
            facts.append((format_duration(max(stops)), "longest"))
            facts.append((format_duration(sum(stops)), "in all"))
        for number, noun in facts:
            if line.left > len(number) + len(noun) + 2:
                line.add(f" {number} ", "strong").add(noun + " ", "muted")
        return line.strip()

    def _heap(self, scene: Scene, collections: Collections, width: int) -> Strip:
        view, look = scene.view, scene.look
        columns = max(4, width - 26)
        heap, goal = collections.heap(view.start_ns, view.end_ns, columns)
        top = int(max(heap.max(initial=0), goal.max(initial=0)))
        line = Line(look, width).add(" heap ", "muted")
        line.add("".join(heights(heap.tolist(), top, look.glyphs.bars)), "muted")
        column = max(0, min(columns - 1, view.column(view.cursor_ns, columns)))
        now, aim = int(heap[column]), int(goal[column])
        if now >= 0:
            line.add(f" {format_bytes(now)}")
        if aim >= 0:
            line.add(f" of {format_bytes(aim)}", "muted")
        return line.strip()


def _span_line(scene: Scene, span: CollectionSpan, width: int, *, current: bool) -> Strip:
    stopped = span.kind == "stop-the-world"
    line = Line(scene.look, width, "selected" if current else "plain")
    line.add(f" {scene.look.glyphs.stop if stopped else ' '} ", "bad")
    line.cell(format_time(span.start_ns, digits=6), 11, "muted", right=True)
    line.cell(format_duration(span.end_ns - span.start_ns), 7, "strong", right=True)
    if width >= 56:
        line.cell(f"G{span.goroutine}" if span.goroutine > 0 else "", 5, "muted")
    name = span.name.removeprefix("stop-the-world (").removesuffix(")") if stopped else span.name
    return line.add(name, "text" if stopped else "muted").strip()
