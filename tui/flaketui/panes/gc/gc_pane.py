"""The GC pane: cycles, stopped worlds and the heap in the window."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from textual.strip import Strip

from flakecore.text.counted import counted
from flakecore.timeline import Case, CollectionKind, Collections, CollectionSpan
from flakecore.timeline.lanes.collections import Assists
from flakecore.times import format_duration, format_time
from flaketui.drawing.cells import mark_gaps, merge, plot
from flaketui.drawing.lines import StyledLine, fit
from flaketui.panes.action_results import Change, Choice
from flaketui.panes.collector_cells import Collector, collector_of
from flaketui.panes.pane import Pane
from flaketui.panes.registry import PaneEntry
from flaketui.view.arrangement import SpansShown, following
from flaketui.view.lanes import goroutine_lane
from flaketui.view.scene import Scene, bare_function
from flaketui.view.viewport import SelectionKind, Viewport

GcRow = CollectionSpan | Assists
NO_TRACE = (
    " no trace: nothing is known of collections, stops of the world and the heap",
    " flaketui collect records them with every run",
)
_PLOT_MOST = 4
"""Lines that the plot of the heap takes at most."""


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

    def __init__(self, entry: PaneEntry) -> None:
        super().__init__(entry)
        self._listed_for: object = None
        self._rows: tuple[GcRow, ...] = ()

    @property
    def title_rows(self) -> int:
        """The title, the summary and the heap plot."""
        return 2 + _plot_rows(self.size.height)

    def rows(self, scene: Scene) -> tuple[GcRow, ...]:
        """Return what is listed for the window, kept until that changes."""
        collections, view, wanted = scene.case.gc, scene.view, scene.arrangement.spans
        if collections is None:
            return ()
        window = (scene.case, view.start_ns, view.end_ns, wanted)
        if window != self._listed_for:
            self._listed_for = window
            if wanted is SpansShown.ASSISTS:
                self._rows = collections.assists(view.start_ns, view.end_ns)
            else:
                collector, rows = _in_window(scene, collections)
                found = [collector.spans[row] for row in rows.tolist()]
                stops = wanted is SpansShown.STOPS
                self._rows = tuple(one for one in found if not stops or _is_stop(one))
        return self._rows

    def current(self, scene: Scene, rows: tuple[GcRow, ...]) -> int:
        """Return the row of the selected goroutine's assists, or of the last span to begin."""
        lane, moment, here = scene.view.selection.lane, scene.view.cursor_ns, -1
        for row, one in enumerate(rows):
            if isinstance(one, Assists):
                if lane is not None and lane == goroutine_lane(one.goroutine):
                    return row
            elif one.start_ns <= moment:
                here = row
        return here

    def step(self, scene: Scene, delta: int) -> Viewport | None:
        """Put the cursor on another pause, cycle or goroutine that assisted."""
        rows = self.rows(scene)
        if not rows:
            return None
        at = self.current(scene, rows) + delta
        return _go_to(scene, rows[max(0, min(len(rows) - 1, at))])

    def choose(self, scene: Scene) -> Viewport | None:
        """Go to the pause or cycle at the cursor, whose delays the details list."""
        rows = self.rows(scene)
        at = self.current(scene, rows)
        if at >= 0 and scene.view.selection.subject is not SelectionKind.PAUSE:
            return _go_to(scene, rows[at])
        return None

    def filter_rows(self, scene: Scene) -> Change:
        """List everything, the stops of the world, or the assists."""
        spans = following(scene.arrangement.spans)
        sentence = f"garbage collector: {spans}"
        return Change(replace(scene.arrangement, spans=spans), sentence=sentence)

    def choices(self, scene: Scene) -> list[Choice]:
        """Offer each selection."""
        return [
            Choice(
                f"Show {_shown_words(one)}",
                "garbage collector",
                Change(replace(scene.arrangement, spans=one)),
            )
            for one in SpansShown
        ]

    @staticmethod
    def prepare(case: Case) -> None:
        """Look up the cycles and stops of the whole trace."""
        if case.gc is not None:
            collector_of(case.gc)

    def exported(self, scene: Scene) -> dict[str, object]:
        """Return the collector's spans in the window."""
        view, collections = scene.view, scene.case.gc
        spans = collections.spans(view.start_ns, view.end_ns) if collections is not None else ()
        return {
            "gc": [
                {"kind": one.kind, "name": one.name, "start_ns": one.start_ns, "end_ns": one.end_ns}
                for one in spans
            ]
        }

    def pick(self, scene: Scene, x: int, y: int) -> Viewport | None:
        """Put the cursor on the span that was clicked on."""
        del x
        rows = self.rows(scene)
        row = self.top + y - self.title_rows
        return _go_to(scene, rows[row]) if y >= self.title_rows and row < len(rows) else None

    def draw(self, scene: Scene, width: int, height: int) -> list[Strip]:
        """Draw summary, heap and table."""
        if scene.case.gc is None:
            words = (StyledLine(scene.look, width).add(one, "muted").strip() for one in NO_TRACE)
            return [self.title(scene, width), *words][:height]
        shown = scene.arrangement.spans
        collector, found = _in_window(scene, scene.case.gc)
        rows = self.rows(scene)
        lines = [
            self.title(scene, width, f"only {shown}" if shown is not SpansShown.ALL else ""),
            self._summary(scene, collector.stops(found), len(found), width),
            *_heap(scene, scene.case.gc, width, _plot_rows(height)),
        ]
        current = self.current(scene, rows)
        space = height - len(lines)
        self.follow(current, len(rows), space)
        lines += [
            _row_line(scene, rows[row], width, current=row == current)
            for row in range(self.top, min(len(rows), self.top + space))
        ]
        return lines[:height]

    def _summary(self, scene: Scene, stops: NDArray[np.int64], spans: int, width: int) -> Strip:
        cycles = spans - len(stops)
        line = StyledLine(scene.look, width)
        facts = [(str(cycles), "cycle" if cycles == 1 else "cycles")]
        facts.append((str(len(stops)), "stop" if len(stops) == 1 else "stops"))
        view, collections = scene.view, scene.case.gc
        assists = collections.assists(view.start_ns, view.end_ns) if collections else ()
        if len(stops):
            facts.append((format_duration(int(stops.max())), "longest"))
            facts.append((format_duration(int(stops.sum())), "in all"))
        if assists:
            spent = format_duration(sum(one.assisted_ns for one in assists))
            facts.append((spent, f"of assists by {counted(len(assists), 'goroutine')}"))
        for number, noun in facts:
            if line.left > len(number) + len(noun) + 2:
                line.add(f" {number} ", "strong").add(noun + " ", "muted")
        return line.strip()


def _shown_words(shown: SpansShown) -> str:
    every = "everything the garbage collector did"
    return every if shown is SpansShown.ALL else f"only {shown}"


def _plot_rows(height: int) -> int:
    """Return how many lines of a pane of this height plot the heap."""
    return max(1, min(_PLOT_MOST, height // 4 - 1))


def _heap(scene: Scene, collections: Collections, width: int, rows: int) -> list[Strip]:
    """Plot the live heap as bars and its goal as a line, with both at the cursor beside them."""
    view, look = scene.view, scene.look
    columns = max(4, width - 18)
    axis = view.axis(columns)
    heap, goal = collections.heap(axis)
    cursor = max(0, min(columns - 1, view.column(view.cursor_ns, columns)))
    now, aim = int(heap[cursor]), int(goal[cursor])
    beside = [format_bytes(now) if now >= 0 else "", f"of {format_bytes(aim)}" if aim >= 0 else ""]
    if rows == 1:
        beside = [" ".join(beside)]
    glyphs = look.glyphs
    lines = []
    cells = plot(heap.tolist(), goal.tolist(), glyphs.bars, glyphs.goal, rows)
    for number, row in enumerate(cells):
        line = StyledLine(look, width).add(" heap " if number == rows - 1 else "      ", "muted")
        styles = [look.style("accent" if one == glyphs.goal else "muted") for one in row]
        at = look.style("text")
        styles = [at if n == cursor and row[n] != " " else style for n, style in enumerate(styles)]
        mark_gaps(row, styles, axis.gaps, look)
        line.segments(merge(row, styles), columns)
        words = beside[rows - 1 - number] if rows - 1 - number < len(beside) else ""
        lines.append(line.add(f" {words}", "muted").strip())
    return lines


def _in_window(scene: Scene, collections: Collections) -> tuple[Collector, NDArray[np.int64]]:
    collector = collector_of(collections)
    return collector, collector.rows(scene.view.start_ns, scene.view.end_ns)


def _is_stop(span: CollectionSpan) -> bool:
    return span.kind is CollectionKind.STOP_THE_WORLD


def _go_to(scene: Scene, row: GcRow) -> Viewport:
    """Put the cursor on a row's beginning, and make the details describe it."""
    lane = goroutine_lane(row.goroutine)
    if isinstance(row, Assists):
        view = scene.view.at(max(row.first_ns, scene.view.start_ns))
        return view if lane is None else view.select(lane=lane, subject=SelectionKind.LANE)
    view = scene.view.at(row.start_ns).select(subject=SelectionKind.PAUSE)
    return view if lane is None else view.select(lane=lane)


def _row_line(scene: Scene, row: GcRow, width: int, *, current: bool) -> Strip:
    line = StyledLine(scene.look, width, "selected" if current else "plain")
    if isinstance(row, Assists):
        line.add(" " + fit(f"G{row.goroutine}", 7), "strong" if current else "text")
        line.cell(format_duration(row.assisted_ns), 7, "strong", right=True)
        goroutine = scene.goroutine(row.goroutine)
        name = bare_function(goroutine.function) if goroutine is not None else ""
        return line.add(f" in {row.count} assists  ", "muted").add(name).strip()
    stopped = _is_stop(row)
    line.add(f" {scene.look.glyphs.stop if stopped else ' '} ", "bad")
    line.cell(format_time(row.start_ns, digits=6), 11, "muted", right=True)
    line.cell(format_duration(row.duration_ns), 7, "strong", right=True)
    if width >= 56:
        line.cell(f"G{row.goroutine}" if row.goroutine > 0 else "", 5, "muted")
    name = row.name.removeprefix("stop-the-world (").removesuffix(")") if stopped else row.name
    return line.add(name, "text" if stopped else "muted").strip()
