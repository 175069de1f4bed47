"""The Tests pane: the tree of tests with status, duration and when each ran."""

from __future__ import annotations

from dataclasses import replace

from textual.strip import Strip

from flakecore.timeline import Case, TestSpan, TestStatus
from flakecore.times import format_duration
from flaketui.drawing.cells import mark_gaps, merge
from flaketui.drawing.lines import StyledLine, cut_left, fit, fit_right
from flaketui.drawing.palettes import Role
from flaketui.panes.action_results import Change, Choice
from flaketui.panes.pane import Pane
from flaketui.panes.registry import PaneEntry
from flaketui.panes.tests.test_rows import Around, Entry, Listing, PackageEntry, list_tests
from flaketui.view.arrangement import TestOrder, TestsShown, following, order_words
from flaketui.view.navigation import show_test
from flaketui.view.scene import Scene
from flaketui.view.search import Match
from flaketui.view.viewport import SelectionKind, Viewport

NO_TESTS = " no tests in the output"
_STATUS_ROLES: dict[TestStatus, Role] = {
    TestStatus.PASS: "good",
    TestStatus.FAIL: "bad",
    TestStatus.SKIP: "muted",
    TestStatus.UNFINISHED: "warn",
}


class TestsPane(Pane):
    """The packages and tests of the bundle as a tree; the tests of the case on screen listed."""

    __test__ = False

    def __init__(self, entry: PaneEntry) -> None:
        super().__init__(entry)
        self._made: object = None
        self._listing = Listing((), "")
        self._standing: tuple[str, int] | None = None

    def listing(self, scene: Scene) -> Listing:
        """Return the entries from top to bottom."""
        shape = (scene.case, scene.others, scene.arrangement.tests, scene.arrangement.test_order)
        if self._made != shape:
            self._made = shape
            self._listing = list_tests(*shape)
        return self._listing

    def current(self, scene: Scene, listing: Listing) -> int:
        """Return the row of the entry one stands on, else of the selected test; or -1."""
        test = scene.view.selection.test
        if self._standing is not None and self._standing[1] == test:
            return listing.place(self._standing[0])
        self._standing = None
        return listing.place(test)

    def step(self, scene: Scene, delta: int) -> Viewport | None:
        """Select another test, or stand on another entry."""
        listing = self.listing(scene)
        if not listing.entries:
            return None
        here = self.current(scene, listing)
        start = (0 if delta < 0 else -1) if here < 0 else here
        target = max(0, min(len(listing.entries) - 1, start + delta))
        return self._go_to(scene, listing.entries[target])

    def choose(self, scene: Scene) -> Viewport | None:
        """Zoom to the selected test, or to what is around the tests; open another package."""
        listing = self.listing(scene)
        here = self.current(scene, listing)
        if here < 0:
            return None
        entry = listing.entries[here]
        if isinstance(entry, PackageEntry):
            self.post_message(self.CaseChosen(entry.case))
            return scene.view
        view = scene.view.fit(entry.start_ns, entry.end_ns)
        return self._go_to(replace(scene, view=view), entry)

    def filter_rows(self, scene: Scene) -> Change:
        """List all tests, or those that failed, were slow or were skipped."""
        tests = following(scene.arrangement.tests)
        return Change(replace(scene.arrangement, tests=tests), sentence=f"tests: {tests}")

    def sort_rows(self, scene: Scene) -> Change:
        """Put the tests in another order."""
        order = following(scene.arrangement.test_order)
        return Change(replace(scene.arrangement, test_order=order), sentence=f"tests: {order}")

    def choices(self, scene: Scene) -> list[Choice]:
        """Offer each selection and each order."""
        now = scene.arrangement
        offered = [(f"Show {_shown_words(one)}", replace(now, tests=one)) for one in TestsShown]
        offered += [
            (f"Order the tests {order_words(one)}", replace(now, test_order=one))
            for one in TestOrder
        ]
        return [Choice(title, "tests", Change(arranged)) for title, arranged in offered]

    @staticmethod
    def search(case: Case, needle: str) -> list[Match]:
        """Find tests by their name."""
        return [
            Match(test.start_ns, 0, test.index, SelectionKind.TEST, test.name)
            for test in case.tests
            if needle in test.name.lower()
        ]

    def pick(self, scene: Scene, x: int, y: int) -> Viewport | None:
        """Select the test that was clicked on."""
        del x
        listing = self.listing(scene)
        row = self.top + y - self.title_rows
        if y < self.title_rows or row >= len(listing.entries):
            return None
        return self._go_to(scene, listing.entries[row])

    def _go_to(self, scene: Scene, entry: Entry) -> Viewport:
        if isinstance(entry, TestSpan):
            self._standing = None
            return show_test(scene.case, scene.view, entry.index)
        self._standing = (entry.key, scene.view.selection.test)
        self.redraw()
        return scene.view if isinstance(entry, PackageEntry) else scene.view.at(entry.start_ns)

    def draw(self, scene: Scene, width: int, height: int) -> list[Strip]:
        """Draw the entries that fit."""
        listing = self.listing(scene)
        lines = [self.title(scene, width, listing.note)]
        current = self.current(scene, listing)
        space = height - 1
        self.follow(current, len(listing.entries), space)
        for row in range(self.top, min(len(listing.entries), self.top + space)):
            entry, here = listing.entries[row], row == current
            if isinstance(entry, TestSpan):
                lines.append(self._test_line(scene, entry, width, current=here))
            elif isinstance(entry, PackageEntry):
                lines.append(_package_line(scene, entry, width, current=here))
            else:
                lines.append(self._around_line(scene, entry, width, current=here))
        if not listing.entries:
            words = " no test is " + scene.arrangement.tests if scene.case.tests else NO_TESTS
            lines.append(StyledLine(scene.look, width).add(words, "muted").strip())
        return lines

    def _test_line(self, scene: Scene, test: TestSpan, width: int, *, current: bool) -> Strip:
        look = scene.look
        bar = max(6, width // 5)
        line = StyledLine(look, width, "selected" if current else "plain")
        role = _STATUS_ROLES[test.status]
        line.add(" " + "  " * test.depth).add(look.glyphs.statuses[test.status] + " ", role)
        name = test.short_name if test.attempt == 1 else f"{test.short_name} #{test.attempt}"
        line.found(
            fit(name, line.left - bar - 10, look.glyphs.ellipsis),
            "strong" if test.status is TestStatus.FAIL else "text",
            scene.view.filter,
        )
        length = format_duration(test.duration_ns) if test.has_duration else ""
        line.add(fit_right(length, 7) + " ", "muted")
        line.add(look.glyphs.test_edge, "faint")
        _add_bar(line, scene, (test.start_ns, test.end_ns), test.waits, role, bar)
        return line.add(look.glyphs.bar_end, "faint").strip()

    def _around_line(self, scene: Scene, entry: Around, width: int, *, current: bool) -> Strip:
        look = scene.look
        bar = max(6, width // 5)
        line = StyledLine(look, width, "selected" if current else "plain")
        name = f"   {entry.text}"
        line.add(fit(name, line.left - bar - 10, look.glyphs.ellipsis), "muted")
        line.add(fit_right(format_duration(entry.end_ns - entry.start_ns), 7) + " ", "muted")
        line.add(look.glyphs.test_edge, "faint")
        _add_bar(line, scene, (entry.start_ns, entry.end_ns), (), "faint", bar)
        return line.add(look.glyphs.bar_end, "faint").strip()


def _shown_words(shown: TestsShown) -> str:
    return "all tests" if shown is TestsShown.ALL else f"only the {shown} tests"


def _package_line(scene: Scene, entry: PackageEntry, width: int, *, current: bool) -> Strip:
    glyphs = scene.look.glyphs
    line = StyledLine(scene.look, width, "selected" if current else "plain")
    line.add(f" {glyphs.opened if entry.open else glyphs.closed} ", "faint")
    line.add(f"{glyphs.failure} " if entry.failed else "", "bad")
    room = line.left - len(entry.note) - 1
    name = cut_left(entry.package or "a package without a name", room, glyphs.ellipsis)
    line.found(name, "strong" if entry.open else "text", scene.view.filter)
    return line.add(f" {entry.note}", "muted").strip()


def _add_bar(
    line: StyledLine,
    scene: Scene,
    span: tuple[int, int],
    waits: tuple[tuple[int, int], ...],
    role: Role,
    width: int,
) -> None:
    """Append when something ran within the whole case, its pauses lighter."""
    look, axis = scene.look, scene.view.extent_axis(width)

    def column(time_ns: int) -> int:
        return min(width - 1, max(0, axis.column(time_ns)))

    characters = [" "] * width
    styles = [look.style(role, line.ground)] * width
    begin, end = column(span[0]), column(span[1])
    if begin == end:
        characters[begin] = look.glyphs.test_moment
    else:
        characters[begin : end + 1] = look.glyphs.test_bar * (end + 1 - begin)
    for start_ns, end_ns in waits:
        first, last = column(start_ns), column(end_ns)
        if last > first:
            characters[first:last] = look.glyphs.test_pause * (last - first)
    mark_gaps(characters, styles, axis.gaps, look, line.ground)
    line.segments(merge(characters, styles), width)
