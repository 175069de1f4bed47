"""Actions that search the case and go from match to match."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace

from flakecore.timeline import Case
from flakecore.times import format_time
from flaketui.app.host import ExplorerHost
from flaketui.panes.match_list import SHOWN
from flaketui.panes.registry import searches
from flaketui.view.search import Match, Matches, find, match_view
from flaketui.view.viewport import SelectionKind

SEARCH_PLACEHOLDER = "search functions, goroutines, reasons, tests, tasks, regions, output"
_KINDS = {
    SelectionKind.LANE: "goroutine",
    SelectionKind.LINE: "output",
    SelectionKind.TEST: "test",
}


_LISTED_FROM = 2
"""Letters from which on matches are listed: one letter matches nearly everything."""


def _listed(found: list[Match], cursor_ns: int) -> list[str]:
    """Return how many matches there are, and the first ones from a moment on."""
    if not found:
        return ["no match"]
    at = bisect_left(found, cursor_ns, key=lambda match: match.time_ns)
    first = [*found[at:], *found[:at]][:SHOWN]
    count = "1 match" if len(found) == 1 else f"{len(found)} matches"
    words = [f" {format_time(m.time_ns)}s  {_KINDS[m.subject]} {m.text}" for m in first]
    return [f" {count}, enter goes to the first:", *words]


class Searching:
    """Holds the matches of the last search."""

    def __init__(self, host: ExplorerHost) -> None:
        self._host = host
        self._matches = Matches("", [])

    def forget(self) -> None:
        """Drop the matches, because another case is on screen."""
        self._matches = Matches("", [])

    def ask(self) -> None:
        """Ask what to search for."""
        host = self._host
        host.prompt.ask(SEARCH_PLACEHOLDER, host.view.filter, self.search_for, self.list_matches)

    def list_matches(self, wanted: str) -> None:
        """List what is found of what is typed so far, from the cursor on."""
        host = self._host
        if len(wanted) < _LISTED_FROM:
            host.layout.matches.show_lines(())
            return
        case, cursor = host.case, host.view.cursor_ns

        def show(found: list[Match]) -> None:
            if host.prompt.has_focus:
                host.layout.matches.show_lines(_listed(found, cursor))

        host.background.run(
            lambda: find(case, wanted, searches()), show, group="matches", exclusive=True
        )

    def search_for(self, wanted: str) -> None:
        """Search in a thread of its own, then go to the first match from the cursor on."""
        host = self._host
        if not wanted:
            self.forget()
            host.go(replace(host.view, filter=""), "search")
            return
        case = host.case
        host.background.run(
            lambda: Matches(wanted, find(case, wanted, searches())),
            lambda matches: self._show_matches(matches, case),
            group="search",
            exclusive=True,
        )

    def _show_matches(self, matches: Matches, case: Case) -> None:
        host = self._host
        if case is host.case:
            self._matches = matches
            host.go(replace(host.view, filter=matches.wanted), "search")
            self._show(matches.first_from(host.view.cursor_ns))

    def go_to_match(self, delta: int) -> None:
        """Go to another match of the last search."""
        if not self._matches.wanted:
            self._host.show_sentence("nothing was searched for yet: / searches")
            return
        self._show(self._matches.step(self._host.view.cursor_ns, delta))

    def _show(self, match: Match | None) -> None:
        host = self._host
        if match is None:
            host.show_sentence(f"no match for {self._matches.wanted}")
            return
        host.go(match_view(host.case, host.view, match), "match")
        host.show_sentence(f"{self._matches.place}: {_KINDS[match.subject]} {match.text}")
