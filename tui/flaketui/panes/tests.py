"""The Tests pane: the tree of tests with status, duration and when each ran."""

from __future__ import annotations

from textual.strip import Strip

from flakecore.timeline import TestSpan, TestStatus
from flakecore.times import format_duration
from flaketui.cells import merge
from flaketui.lines import Line, fit, fit_right
from flaketui.navigation import show_test
from flaketui.panes.base import Pane
from flaketui.scene import Scene
from flaketui.testtree import tree_order
from flaketui.theme import Role
from flaketui.viewport import Viewport

_STATUS_ROLES: dict[TestStatus, Role] = {
    TestStatus.PASS: "good",
    TestStatus.FAIL: "bad",
    TestStatus.SKIP: "muted",
    TestStatus.UNFINISHED: "warn",
}


class TestsPane(Pane):
    """The tests of the case as a tree."""

    __test__ = False

    number = 1
    name_shown = "tests"

    def __init__(self) -> None:
        super().__init__()
        self._case: object = None
        self._order: list[TestSpan] = []
        self._place: dict[int, int] = {}

    def order(self, scene: Scene) -> list[TestSpan]:
        """Return the tests from top to bottom."""
        if self._case is not scene.case:
            self._case = scene.case
            self._order = tree_order(scene.case.tests)
            self._place = {test.index: row for row, test in enumerate(self._order)}
        return self._order

    def step(self, scene: Scene, delta: int) -> Viewport | None:
        """Select another test."""
        order = self.order(scene)
        if not order:
            return None
        row = self._place.get(scene.view.selection.test, 0 if delta < 0 else -1)
        return show_test(
            scene.case, scene.view, order[max(0, min(len(order) - 1, row + delta))].index
        )

    def choose(self, scene: Scene) -> Viewport | None:
        """Zoom to the selected test."""
        index = scene.view.selection.test
        if index < 0:
            return None
        test = scene.case.tests[index]
        return show_test(scene.case, scene.view.fit(test.start_ns, test.end_ns), index)

    def pick(self, scene: Scene, x: int, y: int) -> Viewport | None:
        """Select the test that was clicked on."""
        del x
        order = self.order(scene)
        row = self.top + y - self.title_rows
        if y < self.title_rows or row >= len(order):
            return None
        return show_test(scene.case, scene.view, order[row].index)

    def draw(self, scene: Scene, width: int, height: int) -> list[Strip]:
        """Draw the tests that fit."""
        order = self.order(scene)
        failed = sum(test.status is TestStatus.FAIL for test in order)
        note = f"{failed} of {len(order)} failed" if failed else f"{len(order)}"
        lines = [self.title(scene, width, note)]
        current = self._place.get(scene.view.selection.test, -1)
        space = height - 1
        self.follow(current, len(order), space)
        lines += [
            self._test_line(scene, order[row], width, current=row == current)
            for row in range(self.top, min(len(order), self.top + space))
        ]
        if not order:
            lines.append(Line(scene.look, width).add(" no tests in the output", "muted").strip())
        return lines

    def _test_line(self, scene: Scene, test: TestSpan, width: int, *, current: bool) -> Strip:
        look = scene.look
        bar = max(6, width // 5)
        line = Line(look, width, "selected" if current else "plain")
        role = _STATUS_ROLES[test.status]
        line.add(" " + "  " * test.depth).add(look.glyphs.statuses[test.status] + " ", role)
        name = test.short_name if test.attempt == 1 else f"{test.short_name} #{test.attempt}"
        line.found(
            fit(name, line.left - bar - 10, look.glyphs.ellipsis),
            "strong" if test.status is TestStatus.FAIL else "text",
            scene.view.filter,
        )
        line.add(fit_right(format_duration(test.duration_ns), 7) + " ", "muted")
        line.add(look.glyphs.test_edge, "faint")
        self._add_bar(line, scene, test, bar)
        return line.add(look.glyphs.bar_end, "faint").strip()

    def _add_bar(self, line: Line, scene: Scene, test: TestSpan, width: int) -> None:
        """Append when the test ran within the whole case, its pauses lighter."""
        look, (low, high) = scene.look, scene.view.extent

        def column(time_ns: int) -> int:
            return min(width - 1, max(0, (time_ns - low) * width // (high - low)))

        characters = [" "] * width
        role = _STATUS_ROLES[test.status]
        styles = [look.style(role, line.ground)] * width
        begin, end = column(test.start_ns), column(test.end_ns)
        if begin == end:
            characters[begin] = look.glyphs.test_moment
        else:
            characters[begin : end + 1] = look.glyphs.test_bar * (end + 1 - begin)
        for start_ns, end_ns in test.waits:
            first, last = column(start_ns), column(end_ns)
            if last > first:
                characters[first:last] = look.glyphs.test_pause * (last - first)
        line.segments(merge(characters, styles), width)
