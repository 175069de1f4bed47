"""The rows of the timeline: which lanes stand in which group, in which order, and which are folded.

The test one looks at comes first, then its subtests, then what belongs to no test, then the other
tests; procs and threads follow, and the runtime's own goroutines are last. A group's lanes are
looked up when it is opened, so that a trace of many thousand goroutines costs nothing before.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from flakecore.timeline import Case, Goroutine, Lane, LaneKind, Schedule
from flaketui.scene import bare_function
from flaketui.testtree import family, tree_order

OPEN_UP_TO = 16
"""A group of procs, threads or stray goroutines of at most this size is open at first."""


@dataclass(frozen=True, slots=True)
class Heading:
    """The line above a group.

    Attributes:
        key: the group's name in ``Rows.toggle``.
        open: whether its lanes are listed.
    """

    key: str
    text: str
    count: int
    open: bool

    @property
    def noun(self) -> str:
        """What it holds, as a word for that many."""
        if self.key in ("procs", "threads"):
            return ""
        return "goroutine" if self.count == 1 else "goroutines"


@dataclass(frozen=True, slots=True)
class LaneRow:
    """One lane with the words for it."""

    lane: Lane
    label: str


Row = Heading | LaneRow


class Rows:
    """The rows of one case, as folded and opened by the person."""

    def __init__(self, case: Case, schedule: Schedule) -> None:
        self._case = case
        self._schedule = schedule
        self._toggled: dict[str, bool] = {}
        self._made: dict[tuple[int, int], list[Row]] = {}
        self._labels: dict[int, str] = {}

    def rows(self, first_test: int, only_test: int) -> list[Row]:
        """Return all rows, those of ``first_test`` on top, other tests left out if asked for."""
        key = (first_test, only_test)
        if key not in self._made:
            self._made = {key: self._make(first_test, only_test)}
        return self._made[key]

    def toggle(self, heading: Heading) -> None:
        """Open or fold a group."""
        self._toggled[heading.key] = not heading.open
        self._made.clear()

    def reveal(self, lane: Lane) -> None:
        """Open the group that a lane stands in."""
        key = self._group_of(lane)
        if not self._toggled.get(key, False):
            self._toggled[key] = True
            self._made.clear()

    def label(self, goroutine: Goroutine) -> str:
        """Return what a goroutine is called: its test's name if it is the test's own.

        A function literal of its test goes without that test's name, which stands above it.
        """
        known = self._labels.get(goroutine.id)
        if known is None:
            test = self._case.tests[goroutine.test] if goroutine.test >= 0 else None
            known = bare_function(goroutine.function) or "goroutine"
            if test is not None and test.goroutine == goroutine.id:
                known = test.short_name
            elif test is not None:
                known = known.removeprefix(test.name.partition("/")[0] + ".")
            self._labels[goroutine.id] = known
        return known

    def _make(self, first_test: int, only_test: int) -> list[Row]:
        rows: list[Row] = []
        tests = self._case.tests
        first = family(tests, first_test)
        for test in first:
            self._add_test(rows, test, opened=True)
        if only_test < 0:
            self._add(rows, "other", "outside tests", self._strays, len(self._strays) <= OPEN_UP_TO)
            for span in tree_order(tests):
                if span.index not in first:
                    self._add_test(rows, span.index, opened=len(tests) == 1)
        procs = self._schedule.lanes(LaneKind.PROC)
        threads = self._schedule.lanes(LaneKind.THREAD)
        self._add(rows, "procs", "procs", procs, len(procs) <= OPEN_UP_TO)
        self._add(rows, "threads", "threads", threads, len(threads) <= OPEN_UP_TO)
        if only_test < 0:
            self._add(rows, "system", "runtime", self._system, opened=False)
        return rows

    def _add_test(self, rows: list[Row], test: int, *, opened: bool) -> None:
        numbers = self._schedule.goroutines_of(test)
        # A test that starts the collector is the ancestor of its workers, which are no part of it.
        lanes = [Lane(LaneKind.GOROUTINE, one) for one in numbers if not self._is_system(one)]
        span = self._case.tests[test]
        name = span.name if span.attempt == 1 else f"{span.name} #{span.attempt}"
        self._add(rows, f"test {test}", name, lanes, opened)

    def _add(
        self,
        rows: list[Row],
        key: str,
        text: str,
        lanes: tuple[Lane, ...] | list[Lane],
        opened: bool,
    ) -> None:
        if not lanes:
            return
        opened = self._toggled.get(key, opened)
        rows.append(Heading(key, text, len(lanes), opened))
        if opened:
            rows += [LaneRow(lane, self._lane_label(lane)) for lane in lanes]

    def _lane_label(self, lane: Lane) -> str:
        if lane.kind is not LaneKind.GOROUTINE:
            return ""
        goroutine = self._schedule.goroutine(lane.id)
        return self.label(goroutine) if goroutine is not None else ""

    def _group_of(self, lane: Lane) -> str:
        if lane.kind is LaneKind.PROC:
            return "procs"
        if lane.kind is LaneKind.THREAD:
            return "threads"
        if self._is_system(lane.id):
            return "system"
        goroutine = self._schedule.goroutine(lane.id)
        return "other" if goroutine is None or goroutine.test < 0 else f"test {goroutine.test}"

    def _is_system(self, number: int) -> bool:
        goroutine = self._schedule.goroutine(number)
        return goroutine is not None and goroutine.system

    @cached_property
    def _goroutines(self) -> tuple[Goroutine, ...]:
        lanes = self._schedule.lanes(LaneKind.GOROUTINE)
        looked_up = (self._schedule.goroutine(lane.id) for lane in lanes)
        return tuple(found for found in looked_up if found is not None)

    @cached_property
    def _strays(self) -> list[Lane]:
        """Goroutines that belong to no test."""
        return [
            Lane(LaneKind.GOROUTINE, one.id)
            for one in self._goroutines
            if one.test < 0 and not one.system
        ]

    @cached_property
    def _system(self) -> list[Lane]:
        return [Lane(LaneKind.GOROUTINE, one.id) for one in self._goroutines if one.system]
