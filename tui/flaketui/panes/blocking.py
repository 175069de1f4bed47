"""The Blocking pane: who waits in the window, since when, for what, and who ended it."""

from __future__ import annotations

from typing import NamedTuple

from textual.strip import Strip

from flakecore.timeline import Interval
from flakecore.times import format_duration, format_time
from flaketui.lines import Line, cut_left, fit, fit_right, width_of
from flaketui.panes.base import Pane
from flaketui.scene import Scene, bare_function
from flaketui.stacks import own_frame
from flaketui.viewport import Subject, Viewport

_FUNCTION = 10
"""Cells that must be free beside the source line for the function to be written there."""


class BlockingPane(Pane):
    """A table of waits; those that never end come first, then the longest."""

    number = 4
    name_shown = "blocking"

    def __init__(self) -> None:
        super().__init__()
        self._window: tuple[object, int, int] | None = None
        self._waits: tuple[Interval, ...] = ()

    def waits(self, scene: Scene) -> tuple[Interval, ...]:
        """Return the waits of the window, kept until it changes."""
        view, schedule = scene.view, scene.case.schedule
        if schedule is None:
            return ()
        window = (scene.case, view.start_ns, view.end_ns)
        if window != self._window:
            self._window = window
            self._waits = schedule.waits(view.start_ns, view.end_ns)
        return self._waits

    def current(self, scene: Scene, waits: tuple[Interval, ...]) -> int:
        """Return the row of the selected goroutine's wait at the cursor, or -1."""
        lane, moment = scene.view.selection.lane, scene.view.cursor_ns
        for row, wait in enumerate(waits):
            if wait.lane == lane and wait.start_ns <= moment <= wait.end_ns:
                return row
        return -1

    def step(self, scene: Scene, delta: int) -> Viewport | None:
        """Select another wait."""
        waits = self.waits(scene)
        if not waits:
            return None
        row = self.current(scene, waits)
        return self._go_to(scene, waits[max(0, min(len(waits) - 1, row + delta))])

    def pick(self, scene: Scene, x: int, y: int) -> Viewport | None:
        """Select the wait that was clicked on."""
        del x
        waits = self.waits(scene)
        row = self.top + y - self.title_rows
        return self._go_to(scene, waits[row]) if 0 <= row < len(waits) and y >= 2 else None

    @property
    def title_rows(self) -> int:
        """The title and the heads of the columns."""
        return 2

    def _go_to(self, scene: Scene, wait: Interval) -> Viewport:
        """Select a wait's lane; the cursor stays if it lies in the wait, else goes to its start."""
        view = scene.view
        if not wait.start_ns <= view.cursor_ns < wait.end_ns:
            view = view.at(max(wait.start_ns, view.start_ns))
        return view.select(lane=wait.lane, subject=Subject.LANE)

    def draw(self, scene: Scene, width: int, height: int) -> list[Strip]:
        """Draw the waits that fit."""
        if scene.case.schedule is None:
            words = Line(scene.look, width).add(" no trace: waits are not known", "muted")
            return [self.title(scene, width), words.strip()]
        waits = self.waits(scene)
        stuck = sum(wait.to_the_end and wait.wake is None for wait in waits)
        note = f"{len(waits)} in the window" + (f", {stuck} never end" if stuck else "")
        lines = [self.title(scene, width, note), _heads(scene, width)]
        current = self.current(scene, waits)
        space = height - 2
        self.follow(current, len(waits), space)
        lines += [
            _wait_line(scene, waits[row], width, current=row == current)
            for row in range(self.top, min(len(waits), self.top + space))
        ]
        if not waits:
            words = Line(scene.look, width).add(" nobody waits in this window", "muted")
            lines.append(words.strip())
        return lines[:height]


class _Widths(NamedTuple):
    """Columns whose width depends on the pane's: digits and cells of the time, the source line."""

    digits: int
    since: int
    place: int


def _widths(width: int) -> _Widths:
    digits, since = (6, 10) if width >= 70 else (3, 6)
    return _Widths(digits, since, max(8, width - 41 - since))


def _heads(scene: Scene, width: int) -> Strip:
    shape = _widths(width)
    line = Line(scene.look, width)
    line.add(f" {'for':>9} {'since':>{shape.since}}  {'G':<5} {'waits for':<12} ", "faint")
    return line.add(fit("at", shape.place) + " ", "faint").add("ended by", "faint").strip()


def _wait_line(scene: Scene, wait: Interval, width: int, *, current: bool) -> Strip:
    look, shape = scene.look, _widths(width)
    line = Line(look, width, "selected" if current else "plain")
    never = wait.to_the_end and wait.wake is None
    line.add(f" {look.glyphs.forever if never else ' '} ", "bad")
    line.add(fit_right(format_duration(wait.duration_ns), 7) + " ", "strong" if never else "text")
    since = format_time(wait.start_ns, digits=shape.digits)
    line.add(fit_right(since, shape.since) + "  ", "muted")
    line.add(fit(str(wait.lane), 5) + " ", "strong" if current else "text")
    line.styled(fit(wait.state.label, 12) + " ", look.state(wait.state, line.ground))
    _add_place(line, scene, wait, shape.place)
    if never:
        return line.add("never", "bad").strip()
    if wait.wake is None:
        return line.strip()
    return line.add(f"G{wait.wake.goroutine}" if wait.wake.goroutine > 0 else "runtime").strip()


def _add_place(line: Line, scene: Scene, wait: Interval, width: int) -> None:
    """Append where the person's code waits: the source line, and the function if it has room."""
    needle, ellipsis = scene.view.filter, scene.look.glyphs.ellipsis
    frame = own_frame(wait.stack, scene.case.package)
    place = f"{frame.short_file}:{frame.line}" if frame is not None else ""
    rest = width - width_of(place) - 2
    if frame is None or rest < _FUNCTION:
        line.found(cut_left(place, width, ellipsis), "text", needle).add(" ")
        return
    line.found(place, "text", needle).add("  ")
    line.found(fit(bare_function(frame.function), rest, ellipsis), "muted", needle).add(" ")
