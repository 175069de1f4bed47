"""Matches of a search: moments to jump to, in order of time; the panes find them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flakecore.timeline import Case
from flaketui.view.lanes import goroutine_lane
from flaketui.view.navigation import show_line
from flaketui.view.viewport import SelectionKind, Viewport


@dataclass(frozen=True, slots=True, order=True)
class Match:
    """One place that a search found; ordered by time, then tests before goroutines before lines.

    Attributes:
        time_ns: when it is.
        subject: what it is: a test, an output line or a lane (a goroutine).
        index: the test's or line's index, the goroutine's number.
        text: what the bottom line shows of it.
    """

    time_ns: int
    rank: int
    index: int
    subject: SelectionKind
    text: str


Search = Callable[[Case, str], list[Match]]
"""Returns what is found of a text in lower case in one part of a case, in any order."""


def find(case: Case, wanted: str, searches: Iterable[Search]) -> list[Match]:
    """Return every match of all searches in order of time; letters match in either case."""
    needle = wanted.lower()
    return sorted(match for search in searches for match in search(case, needle))


def match_view(case: Case, view: Viewport, match: Match) -> Viewport:
    """Go to a match."""
    if match.subject is SelectionKind.LINE:
        return show_line(case, view, match.index)
    moved = view.at(match.time_ns)
    if match.subject is SelectionKind.TEST:
        lane = goroutine_lane(case.tests[match.index].goroutine)
        return moved.select(test=match.index, lane=lane, subject=SelectionKind.TEST)
    return moved.select(lane=goroutine_lane(match.index), subject=SelectionKind.LANE)


class Matches:
    """The matches of the last search and which of them one is at."""

    def __init__(self, wanted: str, found: list[Match]) -> None:
        self.wanted = wanted
        self.found = found
        self._at = -1

    def first_from(self, time_ns: int) -> Match | None:
        """Return the first match at or after a moment, or the first of all."""
        if not self.found:
            return None
        at = bisect_left(self.found, time_ns, key=lambda match: match.time_ns)
        self._at = at % len(self.found)
        return self.found[self._at]

    def step(self, time_ns: int, delta: int) -> Match | None:
        """Return the next or previous match, beginning again after the last.

        After the cursor has been moved elsewhere it goes on from there.
        """
        if not self.found:
            return None
        if self._at < 0 or self.found[self._at].time_ns != time_ns:
            times = bisect_right if delta > 0 else bisect_left
            after = times(self.found, time_ns, key=lambda match: match.time_ns)
            self._at = (after if delta > 0 else after - 1) % len(self.found)
        else:
            self._at = (self._at + delta) % len(self.found)
        return self.found[self._at]

    @property
    def place(self) -> str:
        """The number of the current match and of all: ``2 of 7``."""
        return f"{self._at + 1} of {len(self.found)}"
