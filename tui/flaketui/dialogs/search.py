"""Search over goroutines, functions, reasons, tests, output and the trace's own notes.

What is found is a place in time to jump to.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from flakecore.timeline import Case, LaneKind
from flaketui.view.navigation import show_line
from flaketui.view.scene import goroutine_lane
from flaketui.view.viewport import SelectionKind, Viewport

WAITS_SEARCHED = 2000
"""The longest waits of the case, whose reasons are searched."""
NOTES_FOUND = 2000
"""The longest regions, and the last logs, that a search finds."""


@dataclass(frozen=True, slots=True, order=True)
class Match:
    """One place that a search found; ordered by time, then tests before goroutines before lines.

    Attributes:
        time_ns: when it is.
        subject: what it is: a test, an output line or a lane (a goroutine).
        index: the test's or line's index, the goroutine's number.
        text: what to say of it.
    """

    time_ns: int
    rank: int
    index: int
    subject: SelectionKind
    text: str


def find(case: Case, wanted: str) -> list[Match]:
    """Return every match in order of time; letters match in either case.

    A number, with or without a ``G`` before it, also finds the goroutine of that number.
    """
    needle = wanted.lower()
    matches = [
        Match(test.start_ns, 0, test.index, SelectionKind.TEST, test.name)
        for test in case.tests
        if needle in test.name.lower()
    ]
    number = needle.removeprefix("g")
    if case.schedule is not None:
        for lane in case.schedule.lanes(LaneKind.GOROUTINE):
            goroutine = case.schedule.goroutine(lane.id)
            if goroutine is None:
                continue
            if number == str(lane.id) or needle in goroutine.function.lower():
                text = f"{lane} {goroutine.short_function}"
                matches.append(Match(goroutine.created_ns, 1, lane.id, SelectionKind.LANE, text))
        matches += [
            Match(
                wait.start_ns, 1, wait.lane.id, SelectionKind.LANE, f"{wait.lane} waits: {reason}"
            )
            for wait in case.schedule.waits(case.start_ns, case.end_ns, WAITS_SEARCHED)
            if needle in (reason := wait.reason or wait.state.label).lower()
            or needle in (reason := wait.state.label)
        ]
    matches += _noted(case, needle)
    matches += [
        Match(line.time_ns, 2, line.index, SelectionKind.LINE, line.text.strip())
        for line in case.output
        if needle in line.text.lower()
    ]
    return sorted(matches)


def _noted(case: Case, needle: str) -> list[Match]:
    """Return the tasks, regions and logs of the trace that match."""
    notes = case.notes
    if notes is None:
        return []

    def is_wanted(text: str) -> bool:
        return needle in text.lower()

    tasks = [task for task in notes.tasks if is_wanted(task.name)]
    regions = notes.regions_named(is_wanted, NOTES_FOUND)
    found = [(task.start_ns, task.goroutine, f"task {task.name}") for task in tasks]
    found += [(region.start_ns, region.goroutine, f"region {region.name}") for region in regions]
    found += [
        (log.time_ns, log.goroutine, f"log {log.category}: {log.message}")
        for log in notes.logs_saying(is_wanted, NOTES_FOUND)
    ]
    return [
        Match(time_ns, 1, goroutine, SelectionKind.LANE, f"G{goroutine} {text}")
        for time_ns, goroutine, text in found
        if goroutine > 0
    ]


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
        """Say which match one is at: ``2 of 7``."""
        return f"{self._at + 1} of {len(self.found)}"
