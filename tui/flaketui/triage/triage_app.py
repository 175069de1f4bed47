"""The triage screen: flaky tests or clusters above, what is known of the chosen one below."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from flakecore.comparison import Association
from flakecore.errors import FlakeError
from flakecore.fleet import TriageFilter, TriageSession
from flakecore.fleet.triage.clusters import FailurePlace
from flakecore.fleet.triage.flaky_tests import FlakyTest
from flakecore.report.fleet.triage_words import totals_in_short
from flakecore.text.counted import counted
from flakecore.text.printable import printable
from flaketui.app.terminal.settings import DisplaySettings
from flaketui.app.terminal.terminal_app import TerminalApp
from flaketui.dialogs.prompt import Prompt
from flaketui.drawing.lines import as_ascii
from flaketui.drawing.palettes import PALETTES
from flaketui.drawing.row_list import RowList
from flaketui.drawing.theme import textual_theme
from flaketui.triage.filter_words import filter_words, read_filter
from flaketui.triage.rows import cluster_details, cluster_line, test_details, test_line
from flaketui.triage.screen_state import ScreenState

_HINTS = "enter open the latest failure   tab tests, clusters   / filter   j k move   q leave"


class TriageApp(TerminalApp):
    """The Textual application.

    Attributes:
        session: the fleet that is on screen.
        state: what is chosen; it outlives the application.
        to_open: the failure that it was left to open; None where it was left for good.
    """

    CSS = """
    #totals, #hints { height: 1; }
    #rows { height: 1fr; scrollbar-size-vertical: 1; scrollbar-size-horizontal: 0; }
    #details { height: 10; padding: 0 1; border-top: solid $primary; }
    .-ascii #details { border-top: ascii $primary; }
    #prompt { display: none; height: 1; border: none; padding: 0 1; }
    #prompt.-open { display: block; }
    """
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,ctrl+c", "leave", "leave", show=False, priority=False),
        Binding("tab", "other_list", "tests, clusters", show=False, priority=True),
        Binding("slash", "ask_filter", "filter", show=False),
        Binding("escape", "no_filter", "no filter", show=False),
    ]

    def __init__(
        self,
        session: TriageSession,
        read: Callable[[TriageFilter], TriageSession],
        state: ScreenState,
        settings: DisplaySettings,
    ) -> None:
        """Prepare to show a fleet.

        Args:
            session: the fleet as it is looked at first.
            read: looks at it by another filter.
            state: what was chosen when it was left last.
            settings: how to draw.
        """
        super().__init__(ansi_color=True)
        self.session, self.state, self.settings = session, state, settings
        self.to_open: FailurePlace | None = None
        self._read = read
        self._goes_with: dict[int, tuple[Association, ...]] = {}
        self._rows = RowList(settings.look, "rows")
        self._prompt = Prompt(self._rows.focus)
        for each in PALETTES.values():
            self.register_theme(textual_theme(each))
        self.theme = settings.palette.name

    def compose(self) -> ComposeResult:
        """Lay out totals, rows, details and the bottom line."""
        yield Static(id="totals", markup=False)
        yield self._rows
        yield Static(id="details", markup=False)
        yield self._prompt
        yield Static(id="hints", markup=False)

    def on_mount(self) -> None:
        """Show what was on screen when it was left."""
        self.set_class(self.settings.ascii_glyphs, "-ascii")
        self._show_rows()
        self._rows.focus()

    def _show_rows(self) -> None:
        found, look = self.session.found, self.settings.look
        if self.state.clusters:
            self._rows.show_rows(
                len(found.clusters),
                lambda at, width, chosen: cluster_line(
                    found.clusters[at], look, width, chosen=chosen
                ),
                self.state.row,
            )
        else:
            self._rows.show_rows(
                len(found.tests),
                lambda at, width, chosen: test_line(found.tests[at], look, width, chosen=chosen),
                self.state.row,
            )
        tests = counted(len(found.tests), "test") + " that failed"
        groups = counted(len(found.clusters), "cluster")
        shown = f"{groups} [{tests}]" if self.state.clusters else f"{tests} [{groups}]"
        words = filter_words(found.chosen)
        only = f"   only {words}" if words else ""
        self._show_text("totals", f" {shown}{only}   {totals_in_short(found.totals)}")
        self._show_text("hints", f" {self.state.notice or _HINTS}")
        self.state.notice = ""

    def _show_text(self, where: str, text: str) -> None:
        shown = "\n".join(map(printable, text.split("\n")))
        if self.settings.ascii_glyphs:
            shown = "\n".join(map(as_ascii, shown.split("\n")))
        self.query_one(f"#{where}", Static).update(
            Text(shown, no_wrap=True, overflow="ellipsis", end="")
        )

    def on_row_list_chosen(self) -> None:
        """Show what is known of the row that was chosen."""
        self.state.row = self._rows.row
        self._show_details()
        test = self._chosen_test()
        if test is not None and test.number not in self._goes_with:
            session = self.session
            self.run_worker(
                lambda: self._work_out(session, test), thread=True, exclusive=True, group="details"
            )

    def _work_out(self, session: TriageSession, test: FlakyTest) -> None:
        try:
            found = session.associations(test)
        except FlakeError as error:
            self.call_from_thread(self._show_text, "hints", f" {error}")
            return
        self.call_from_thread(self._keep_place, session, test, found)

    def _keep_place(
        self, session: TriageSession, test: FlakyTest, found: tuple[Association, ...]
    ) -> None:
        if session is self.session:
            self._goes_with[test.number] = found
            self._show_details()

    def _show_details(self) -> None:
        found, width = self.session.found, self.size.width - 2
        test = self._chosen_test()
        lines = ["nothing failed"]
        if test is not None:
            lines = test_details(test, self._goes_with.get(test.number), width)
        elif self.state.clusters and found.clusters:
            lines = cluster_details(found.clusters[self._rows.row], width)
        self._show_text("details", "\n".join(lines))

    def _chosen_test(self) -> FlakyTest | None:
        tests = self.session.found.tests
        return None if self.state.clusters or not tests else tests[self._rows.row]

    def on_row_list_opened(self) -> None:
        """Leave, to open the latest failure of the chosen row."""
        test = self._chosen_test()
        try:
            if test is not None:
                place = self.session.latest_failure(test)
            else:
                place = self.session.found.clusters[self._rows.row].examples[0]
        except FlakeError as error:
            self._show_text("hints", f" {error}")
            return
        if place is None or not place.bundle:
            self._show_text("hints", " no bundle holds the evidence of a failure of it")
            return
        self.to_open = place
        self.exit()

    def action_leave(self) -> None:
        """Leave for good."""
        self.exit()

    def action_other_list(self) -> None:
        """Show clusters instead of tests, or tests instead of clusters."""
        self.state.turn()
        self._show_rows()

    def action_ask_filter(self) -> None:
        """Ask what is to be looked at."""
        self._prompt.ask(
            "package:pool rule:race branch:main test:TestDrain",
            filter_words(self.session.found.chosen),
            self._look_at,
        )

    def action_no_filter(self) -> None:
        """Look at everything."""
        if self.session.found.chosen != TriageFilter():
            self._look_at("")

    def _look_at(self, text: str) -> None:
        self._rows.focus()
        try:
            self.session = self._read(read_filter(text))
        except FlakeError as error:
            self._show_text("hints", f" {error}")
            return
        self._goes_with.clear()
        self.state.forget()
        self._show_rows()
