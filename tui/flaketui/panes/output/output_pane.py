"""The Output pane: lines of test output in true order, in step with the cursor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from textual.strip import Strip

from flakecore.gotest.logs.levels import Level, level_of
from flakecore.text.counted import counted
from flakecore.timeline import Case, LaneKind, OutputLine, TimeSource
from flakecore.times import SECOND, format_duration, format_time
from flaketui.drawing.lines import StyledLine, cut_left, fit, fit_right, wrap
from flaketui.drawing.palettes import Ground, Role
from flaketui.panes.action_results import Change, Choice, PromptKind
from flaketui.panes.output.line_text import line_text, with_match_in_view
from flaketui.panes.output.output_filter import (
    EXAMPLE,
    filter_text,
    lines_shown,
    parse_filter,
)
from flaketui.panes.pane import Pane
from flaketui.panes.registry import PaneEntry
from flaketui.view.arrangement import OutputFilter
from flaketui.view.key import SHOW, Key
from flaketui.view.navigation import show_line
from flaketui.view.scene import Scene
from flaketui.view.search import Match
from flaketui.view.viewport import SelectionKind, Viewport

_ROOM_FOR_BOTH = 96
"""Width from which a line's time stands twice: since the beginning and from the cursor."""
_LEVELS = {
    Level.NONE: " ",
    Level.DEBUG: "D",
    Level.INFO: "I",
    Level.WARN: "W",
    Level.ERROR: "E",
}
_LEVEL_ROLES: dict[Level, Role] = {
    Level.NONE: "text",
    Level.DEBUG: "faint",
    Level.INFO: "muted",
    Level.WARN: "warn",
    Level.ERROR: "bad",
}


class OutputPane(Pane):
    """Output lines with their true time, goroutine and test; the line at the cursor is marked."""

    keys = (
        Key(
            "unfold",
            "W",
            "W",
            "unfold",
            SHOW,
            "show long lines of output whole, or cut them",
            pane="output",
        ),
    )

    def __init__(self, entry: PaneEntry) -> None:
        super().__init__(entry)
        self._case: object = None
        self._failing: frozenset[int] = frozenset()
        self._attributed = False
        self._kept_for: object = None
        self._kept: Sequence[int] = ()

    def indices(self, scene: Scene) -> Sequence[int]:
        """Return the lines that are shown: all, or those that the filter keeps."""
        shown, view = scene.arrangement.output, scene.view
        wanted = (scene.case, shown, view.only_test, view.selection.failure if shown.last_ns else 0)
        if wanted != self._kept_for:
            self._kept_for = wanted
            self._kept = lines_shown(scene.case, view, shown)
        return self._kept

    def current(self, scene: Scene, indices: Sequence[int]) -> int:
        """Return the row of the line at the cursor; -1 before the first."""
        return _last_at_or_before(indices, scene.line)

    def unfold(self, scene: Scene) -> Change:
        """Show long lines whole over several rows, or cut them again."""
        unfolded = not scene.arrangement.unfolded
        sentence = "long lines are shown whole" if unfolded else "long lines are cut"
        return Change(replace(scene.arrangement, unfolded=unfolded), sentence=sentence)

    def step(self, scene: Scene, delta: int) -> Viewport | None:
        """Go to another line; the cursor goes to its time."""
        indices = self.indices(scene)
        if not indices:
            return None
        row = max(0, min(len(indices) - 1, self.current(scene, indices) + delta))
        return show_line(scene.case, scene.view, indices[row])

    def filter_rows(self, scene: Scene) -> PromptKind:
        """Ask which lines to show."""
        only = scene.test_name(scene.view.only_test)
        text = filter_text(scene.arrangement.output, only)
        return PromptKind(f"show only lines with: {EXAMPLE}", text, _filtered)

    def choices(self, scene: Scene) -> list[Choice]:
        """Offer the filters that are asked for most."""
        shown, lane = scene.arrangement.output, scene.view.selection.lane
        filters = [
            ("Show only warnings and errors in the output", replace(shown, level=Level.WARN)),
            ("Show only errors in the output", replace(shown, level=Level.ERROR)),
            ("Show the last second of output before the failure", replace(shown, last_ns=SECOND)),
            (
                "Show the last 5 seconds of output before the failure",
                replace(shown, last_ns=5 * SECOND),
            ),
            ("Show all lines of output again", OutputFilter()),
        ]
        if lane is not None and lane.kind is LaneKind.GOROUTINE:
            title = f"Show only the output of {lane}"
            filters.insert(0, (title, replace(shown, goroutine=lane.id)))
        every = replace(scene.view, only_test=-1)
        return [
            Choice(
                title,
                "output",
                Change(
                    replace(scene.arrangement, output=wanted),
                    every if wanted == OutputFilter() else None,
                ),
            )
            for title, wanted in filters
        ]

    @staticmethod
    def search(case: Case, needle: str) -> list[Match]:
        """Find lines by their text."""
        return [
            Match(line.time_ns, 2, line.index, SelectionKind.LINE, line.text.strip())
            for line in case.output
            if needle in line.text.lower()
        ]

    def exported(self, scene: Scene) -> dict[str, object]:
        """Return the lines in the window."""
        case, view = scene.case, scene.view
        first, last = case.output.at(view.start_ns - 1) + 1, case.output.at(view.end_ns) + 1
        return {
            "output": [
                {
                    "time_ns": line.time_ns,
                    "test": scene.test_name(line.test) or None,
                    "goroutine": line.goroutine or None,
                    "text": line.text,
                }
                for line in case.output[first:last]
            ]
        }

    def pick(self, scene: Scene, x: int, y: int) -> Viewport | None:
        """Go to the line that was clicked on."""
        del x
        indices = self.indices(scene)
        row = self.top + y - self.title_rows
        return (
            show_line(scene.case, scene.view, indices[row])
            if y >= 1 and row < len(indices)
            else None
        )

    def draw(self, scene: Scene, width: int, height: int) -> list[Strip]:
        """Draw the lines around the cursor."""
        if self._case is not scene.case:
            self._case = scene.case
            self._failing = frozenset(one.output_line for one in scene.case.failures)
            self._attributed = any(line.goroutine > 0 for line in scene.case.output)
        indices = self.indices(scene)
        only = filter_text(scene.arrangement.output, scene.test_name(scene.view.only_test))
        note = counted(len(indices), "line")
        if only:
            note = f"{len(indices)} of {len(scene.case.output)} lines  only {only}"
        lines = [self.title(scene, width, note)]
        current = self.current(scene, indices)
        space = height - 1
        self.follow(current, len(indices), space)
        if scene.arrangement.unfolded:
            lines += self._unfolded(scene, indices, current, width, space)
        else:
            for row in range(self.top, min(len(indices), self.top + space)):
                output = scene.case.output[indices[row]]
                lines.append(self._output_line(scene, output, width, current=row == current))
        if not indices:
            reason = " no line is like that" if only else " no output in this bundle"
            words = StyledLine(scene.look, width).add(reason, "muted")
            lines.append(words.strip())
        return lines

    def _unfolded(
        self, scene: Scene, indices: Sequence[int], current: int, width: int, space: int
    ) -> list[Strip]:
        """Return the lines from the top row on, each whole, so that the current one is seen."""
        blocks: list[list[Strip]] = []
        begin = self.top
        for row in range(self.top, min(len(indices), self.top + space)):
            output = scene.case.output[indices[row]]
            blocks.append(self._block(scene, output, width, space, current=row == current))
            while row == current and sum(map(len, blocks)) > space and len(blocks) > 1:
                blocks.pop(0)
                begin += 1
            if sum(map(len, blocks)) >= space and row >= current:
                break
        return [line for block in blocks for line in block][:space]

    def _block(
        self, scene: Scene, output: OutputLine, width: int, space: int, *, current: bool
    ) -> list[Strip]:
        """Return one line of output over as many rows as it takes, at most the whole pane."""
        first = self._begun(scene, output, width, current=current)
        indent, room = width - first.left, max(first.left, 8)
        text = line_text(output.text)
        parts = wrap(text.whole, room)[:space] or [""]
        role: Role = "bad" if output.index in self._failing else "text"
        lines = [first.found(parts[0], role, scene.view.filter).strip()]
        ground: Ground = "selected" if current else "plain"
        for part in parts[1:]:
            line = StyledLine(scene.look, width, ground).add(" " * indent)
            lines.append(line.found(part, role, scene.view.filter).strip())
        return lines

    def _output_line(self, scene: Scene, output: OutputLine, width: int, *, current: bool) -> Strip:
        line = self._begun(scene, output, width, current=current)
        failing = output.index in self._failing
        text = line_text(output.text)
        needle = scene.view.filter or scene.arrangement.output.text
        ellipsis = scene.look.glyphs.ellipsis
        whole = with_match_in_view(text.whole, needle, line.left, ellipsis)
        message = text.message if whole == text.whole else whole
        line.found(message, "bad" if failing else "text", needle)
        if text.attributes and whole == text.whole:
            line.add("  ").found(text.attributes, "muted", needle)
        return line.strip()

    def _begun(self, scene: Scene, output: OutputLine, width: int, *, current: bool) -> StyledLine:
        """Return a line with everything that stands before its text."""
        look = scene.look
        line = StyledLine(look, width, "selected" if current else "plain")
        failing = output.index in self._failing
        line.add(look.glyphs.current if current else " ", "strong")
        line.add(look.glyphs.failure if failing else " ", "bad")
        if scene.case.timed:
            _add_times(line, scene, output, width)
        level = level_of(output.text)
        line.add("  ").add(_LEVELS[level], _LEVEL_ROLES[level]).add(" ")
        if self._attributed:
            number = f"G{output.goroutine}" if output.goroutine > 0 else ""
            line.add(fit(number, 5) + " ", "muted")
        if width >= 60:
            name = scene.test_name(output.test)
            moved = output.reported_test != output.test and output.reported_test >= 0
            wide = min(28, max(12, width // 4))
            cut = cut_left if "/" in name else fit
            line.add(look.glyphs.arrow if moved else " ", "warn")
            line.add(cut(name, wide - 1, look.glyphs.ellipsis) + " ", "muted")
        return line


def _add_times(line: StyledLine, scene: Scene, output: OutputLine, width: int) -> None:
    """Append when a line was printed, and how far from the cursor that is."""
    known: Role = "muted" if output.time_source is not TimeSource.UNKNOWN else "faint"
    line.add(fit_right(format_time(output.time_ns, digits=6), 10), known)
    if width >= _ROOM_FOR_BOTH:
        line.add(fit_right(_from_cursor(scene, output), 8), "faint")


def _filtered(scene: Scene, text: str) -> Change:
    """Return what a typed filter leads to."""
    asked = parse_filter(text, scene.case)
    if isinstance(asked, str):
        return Change(sentence=asked)
    return Change(
        replace(scene.arrangement, output=asked.filter),
        replace(scene.view, only_test=asked.only_test),
    )


def _from_cursor(scene: Scene, output: OutputLine) -> str:
    """Return how long before or after the cursor a line was printed."""
    away = output.time_ns - scene.view.cursor_ns
    return ("+" if away > 0 else "") + format_duration(away)


def _last_at_or_before(indices: Sequence[int], line: int) -> int:
    low, high = 0, len(indices)
    while low < high:
        middle = (low + high) // 2
        if indices[middle] <= line:
            low = middle + 1
        else:
            high = middle
    return low - 1
