"""The list of a bundle's cases, over the panes, to open another one of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from flakecore.timeline import Case, TestStatus
from flaketui.drawing.lines import StyledLine, cut_left
from flaketui.drawing.palettes import Role
from flaketui.drawing.row_list import RowList
from flaketui.drawing.theme import Look

_PACKAGE, _ATTEMPT, _TESTS = 30, 12, 16


class CaseList(RowList):
    """One line for each case: whether it failed, its package and attempt, and which tests."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right_square_bracket", "failure(1)", "next that failed", show=False),
        Binding("left_square_bracket", "failure(-1)", "previous that failed", show=False),
    ]

    def __init__(self, look: Look, cases: Sequence[Case], current: int) -> None:
        super().__init__(look, "case-list")
        self.cases = cases
        self._named = max((len(case.attempt) for case in cases), default=0)
        self.set_rows(len(cases), self._line, current)

    def action_failure(self, delta: int) -> None:
        """Move on to the next case that failed, from the other end after the last."""
        count = len(self.cases)
        for distance in range(1, count + 1):
            at = (self.row + delta * distance) % count
            if self.cases[at].failures:
                self.action_step(at - self.row)
                return

    def _line(self, at: int, width: int, chosen: bool) -> StyledLine:
        case, look = self.cases[at], self.look
        line = StyledLine(look, width, "cursor" if chosen else "plain")
        glyph, role = _outcome(case, look)
        line.add(f" {glyph} ", role)
        named = min(self._named, _ATTEMPT)
        package = max(_PACKAGE, min(width - named - _TESTS - 30, 60))
        line.add(cut_left(case.package or "(no package named)", package, look.glyphs.ellipsis))
        line.add(" ")
        if named:
            line.cell(case.attempt or "-", named, "accent")
        failed = [test.name for test in case.tests if test.status is TestStatus.FAIL]
        words = f"{len(failed)} of {len(case.tests)} failed" if failed else _tests(case)
        line.cell(words, _TESTS, role if failed else "muted")
        line.add(" ".join(dict.fromkeys(failed[:3])) or _headline(case), "muted")
        return line


class ChooserScreen(ModalScreen[int | None]):
    """Shows the cases over the panes, and gives the index of the one to open, or None."""

    DEFAULT_CSS = """
    ChooserScreen { align: center middle; background: $background; }
    #case-list {
        width: 110; max-width: 100%; height: auto; max-height: 100%;
        border: solid $primary; background: $background; scrollbar-size-vertical: 0;
    }
    .-ascii #case-list { border: ascii $primary; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,c", "dismiss(None)", "close", show=False)
    ]

    def __init__(self, look: Look, cases: Sequence[Case], current: int) -> None:
        super().__init__(id="chooser")
        self._list = CaseList(look, cases, current)

    def compose(self) -> ComposeResult:
        """Show the list in a box."""
        yield self._list

    def on_mount(self) -> None:
        """Name the box and the keys that work in it, and show the case that is open."""
        count = len(self._list.cases)
        failed = sum(bool(case.failures) for case in self._list.cases)
        self._list.border_title = f"{count} cases, {failed} failed"
        self._list.border_subtitle = "enter open, j k move, [ ] failed, q close"
        self._list.focus()
        self.call_after_refresh(self._list.action_step, 0)

    def on_row_list_opened(self) -> None:
        """Open the case under the cursor."""
        self.dismiss(self._list.row)


def _outcome(case: Case, look: Look) -> tuple[str, Role]:
    if case.failures:
        return look.glyphs.statuses[TestStatus.FAIL], "bad"
    if case.tests:
        return look.glyphs.statuses[TestStatus.PASS], "good"
    return " ", "muted"


def _tests(case: Case) -> str:
    count = len(case.tests)
    return f"{count} test{'' if count == 1 else 's'}" if count else "no test output"


def _headline(case: Case) -> str:
    return case.failures[0].message.partition("\n")[0] if case.failures else ""
