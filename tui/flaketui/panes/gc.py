"""The GC pane: cycles, stopped worlds and the heap in the window."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from textual.strip import Strip

from flakecore.timeline import CollectionKind, Collections, CollectionSpan
from flakecore.times import format_duration, format_time
from flaketui.cells import heights
from flaketui.collector import Collector, collector_of, nearest
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


class CollectorPane(Pane):
    """A heap plot above a table of what the collector did in the window."""

    number = 3
    name_shown = "gc"

    @property
    def title_rows(self) -> int:
        """The title, the summary and the heap plot."""
        return 3

    def step(self, scene: Scene, delta: int) -> Viewport | None:
        """Put the cursor on another pause or cycle."""
        if scene.case.gc is None:
            return None
        collector, rows = _in_window(scene, scene.case.gc)
        if not len(rows):
            return None
        at = nearest(collector.spans, rows, scene.view.cursor_ns) + delta
        return _go_to(scene, collector.spans[rows[max(0, min(len(rows) - 1, at))]])

    def pick(self, scene: Scene, x: int, y: int) -> Viewport | None:
        """Put the cursor on the span that was clicked on."""
        del x
        if scene.case.gc is None or y < self.title_rows:
            return None
        collector, rows = _in_window(scene, scene.case.gc)
        row = self.top + y - self.title_rows
        return _go_to(scene, collector.spans[rows[row]]) if row < len(rows) else None

    def draw(self, scene: Scene, width: int, height: int) -> list[Strip]:
        """Draw summary, heap and table."""
        if scene.case.gc is None:
            words = Line(scene.look, width).add(" no trace: nothing is known of it", "muted")
            return [self.title(scene, width), words.strip()]
        collector, rows = _in_window(scene, scene.case.gc)
        lines = [
            self.title(scene, width, "in the window"),
            self._summary(scene, collector.stops(rows), len(rows), width),
            self._heap(scene, scene.case.gc, width),
        ]
        current = nearest(collector.spans, rows, scene.view.cursor_ns)
        space = height - len(lines)
        self.follow(current, len(rows), space)
        lines += [
            _span_line(scene, collector.spans[rows[row]], width, current=row == current)
            for row in range(self.top, min(len(rows), self.top + space))
        ]
        return lines[:height]

    def _summary(self, scene: Scene, stops: NDArray[np.int64], spans: int, width: int) -> Strip:
        cycles = spans - len(stops)
        line = Line(scene.look, width)
        facts = [(str(cycles), "cycle" if cycles == 1 else "cycles")]
        facts.append((str(len(stops)), "stop" if len(stops) == 1 else "stops"))
        if len(stops):
            facts.append((format_duration(int(stops.max())), "longest"))
            facts.append((format_duration(int(stops.sum())), "in all"))
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


def _in_window(scene: Scene, collections: Collections) -> tuple[Collector, NDArray[np.int64]]:
    collector = collector_of(collections)
    return collector, collector.rows(scene.view.start_ns, scene.view.end_ns)


def _go_to(scene: Scene, span: CollectionSpan) -> Viewport:
    view = scene.view.at(span.start_ns)
    lane = goroutine_lane(span.goroutine)
    return view if lane is None else view.select(lane=lane)


def _span_line(scene: Scene, span: CollectionSpan, width: int, *, current: bool) -> Strip:
    stopped = span.kind is CollectionKind.STOP_THE_WORLD
    line = Line(scene.look, width, "selected" if current else "plain")
    line.add(f" {scene.look.glyphs.stop if stopped else ' '} ", "bad")
    line.cell(format_time(span.start_ns, digits=6), 11, "muted", right=True)
    line.cell(format_duration(span.end_ns - span.start_ns), 7, "strong", right=True)
    if width >= 56:
        line.cell(f"G{span.goroutine}" if span.goroutine > 0 else "", 5, "muted")
    name = span.name.removeprefix("stop-the-world (").removesuffix(")") if stopped else span.name
    return line.add(name, "text" if stopped else "muted").strip()
