"""The rows of the timeline: which lanes stand in which group, in which order, and which are folded.

What is pinned comes first. Then the test one looks at, its subtests, its partners: those that it
waited on or that waited on it, what belongs to no test, and the other tests; user tasks, procs and
threads follow, and the runtime's own goroutines are last. Within a group, goroutines of one
function are folded into one row where they are many; the selected one stands below it by itself.
A group's lanes are looked up when it is opened, so that a trace of many thousand goroutines costs
nothing before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

from flakecore.diagnosis.wake_partners import partners_of
from flakecore.timeline import Case, Goroutine, Lane, LaneKind, Schedule
from flakecore.timeline.lanes.notes import Span
from flaketui.panes.tests.test_tree import family, tree_order
from flaketui.panes.timeline.row_table import (
    TASKS,
    Fold,
    Heading,
    LaneRow,
    NoteRow,
    Row,
    Table,
    TaskRow,
)
from flaketui.view.arrangement import Arrangement, Grouping
from flaketui.view.scene import bare_function
from flaketui.view.viewport import Viewport

OPEN_UP_TO = 16
"""A group of procs, threads or stray goroutines of at most this size is open at first."""
PARTNERS = "partners"
"""Key of the group of those that a test's goroutines waited on, or that waited on them."""
PARTNERS_MOST = 8
"""Lanes in it: those that were waited on longest."""
FOLD_FROM = 6
"""Goroutines of one function in a group, from so many on, are folded into one row."""


class Rows:
    """The rows of one case."""

    def __init__(self, case: Case, schedule: Schedule) -> None:
        self._case = case
        self._schedule = schedule
        self._labels: dict[int, str] = {}
        self._of_tests: dict[int, tuple[Lane, ...]] = {}
        self._partners: dict[int, tuple[Lane, ...]] = {}
        self._kinds: dict[str, dict[str, list[Lane]]] = {}
        self._shape: object = None
        self._made: dict[Lane | None, Table] = {}
        self.revealed: set[str] = set()

    def table(self, view: Viewport, arrangement: Arrangement, standing: str = "") -> Table:
        """Return the rows: the selected test's on top, other tests left out if asked for.

        The group of a lane that is selected is opened, and stays so, unless it was folded by
        hand; a lane that a fold holds, or a group that was, stands below it by itself, but not
        while one is ``standing`` on a heading.
        """
        table = self._table(view, arrangement, None)
        lane = view.selection.lane
        if lane is None or standing or table.place(lane) >= 0:
            return table
        group = self.group_of(lane, arrangement)
        if group not in self.revealed and group not in dict(arrangement.turned):
            self.revealed.add(group)
            self._made.clear()
            table = self._table(view, arrangement, None)
        return table if table.place(lane) >= 0 else self._table(view, arrangement, lane)

    def _table(self, view: Viewport, arrangement: Arrangement, alone: Lane | None) -> Table:
        """Return the rows with one lane shown wherever it is, those without it kept as well."""
        shape = (
            view.selection.test,
            view.only_test,
            arrangement.pinned,
            arrangement.hidden,
            arrangement.turned,
            arrangement.grouping,
        )
        if self._shape != shape:
            self._shape = shape
            self._made.clear()
        if alone not in self._made:
            for lane in [lane for lane in self._made if lane is not None]:
                del self._made[lane]
            build = _Build(self, arrangement, alone)
            self._made[alone] = Table(build.rows(view.selection.test, view.only_test))
        return self._made[alone]

    def group_of(self, lane: Lane, arrangement: Arrangement) -> str:
        """Return the key of the group that a lane stands in."""
        if lane.kind is LaneKind.PROC:
            return "procs"
        if lane.kind is LaneKind.THREAD:
            return "threads"
        goroutine = self._schedule.goroutine(lane.id)
        if goroutine is not None and goroutine.system:
            return "system"
        if arrangement.grouping is Grouping.CREATOR:
            return f"creator {goroutine.creator if goroutine is not None else 0}"
        return "other" if goroutine is None or goroutine.test < 0 else f"test {goroutine.test}"

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

    def lane_label(self, lane: Lane) -> str:
        """Return what a lane is called beside its number."""
        if lane.kind is not LaneKind.GOROUTINE:
            return ""
        goroutine = self._schedule.goroutine(lane.id)
        return self.label(goroutine) if goroutine is not None else ""

    def by_function(self, key: str, lanes: Sequence[Lane]) -> dict[str, list[Lane]]:
        """Return the lanes of a group by what they are called, in order of the first of each."""
        kinds = self._kinds.get(key)
        if kinds is None:
            kinds = self._kinds[key] = {}
            for lane in lanes:
                kinds.setdefault(self.lane_label(lane), []).append(lane)
        return kinds

    def of_test(self, test: int) -> tuple[Lane, ...]:
        """Return the lanes of a test's goroutines.

        A test that starts the collector is the ancestor of its workers, which are no part of it.
        """
        lanes = self._of_tests.get(test)
        if lanes is None:
            numbers = self._schedule.goroutines_of(test)
            known = ((number, self._schedule.goroutine(number)) for number in numbers)
            lanes = self._of_tests[test] = tuple(
                Lane(LaneKind.GOROUTINE, number)
                for number, goroutine in known
                if goroutine is None or not goroutine.system
            )
        return lanes

    def depths(self, lane: Lane) -> int:
        """Return how many rows a lane's regions and logs take."""
        notes = self._case.notes
        if notes is None or lane.kind is not LaneKind.GOROUTINE:
            return 0
        return notes.depths(lane.id)

    @property
    def tasks(self) -> tuple[Span, ...]:
        """User tasks, in order of their beginning."""
        return self._case.notes.tasks if self._case.notes is not None else ()

    def partners(self, test: int) -> tuple[Lane, ...]:
        """Return whom a test's goroutines waited on, or who waited on them, and is none of them."""
        lanes = self._partners.get(test)
        if lanes is None:
            found = partners_of(self._case, test)[:PARTNERS_MOST]
            lanes = self._partners[test] = tuple(Lane(LaneKind.GOROUTINE, one) for one in found)
        return lanes

    def of_kind(self, kind: LaneKind) -> tuple[Lane, ...]:
        """Return all procs or threads."""
        return self._schedule.lanes(kind)

    def test_name(self, test: int) -> str:
        """Return a test's name with its attempt."""
        span = self._case.tests[test]
        return span.name if span.attempt == 1 else f"{span.name} #{span.attempt}"

    def test_order(self, first: Sequence[int]) -> list[int]:
        """Return the tests that do not stand first, in the order of their tree."""
        return [index for index in self._order if index not in first]

    def family(self, test: int) -> list[int]:
        """Return a test and all below it."""
        return family(self._case.tests, test)

    @property
    def only_one_test(self) -> bool:
        """Whether there is but one."""
        return len(self._case.tests) == 1

    @cached_property
    def _order(self) -> list[int]:
        return [span.index for span in tree_order(self._case.tests)]

    @cached_property
    def _goroutines(self) -> tuple[Goroutine, ...]:
        lanes = self._schedule.lanes(LaneKind.GOROUTINE)
        looked_up = (self._schedule.goroutine(lane.id) for lane in lanes)
        return tuple(found for found in looked_up if found is not None)

    @cached_property
    def strays(self) -> list[Lane]:
        """Goroutines that belong to no test."""
        return [
            Lane(LaneKind.GOROUTINE, one.id)
            for one in self._goroutines
            if one.test < 0 and not one.system
        ]

    @cached_property
    def system(self) -> list[Lane]:
        """The runtime's own goroutines."""
        return [Lane(LaneKind.GOROUTINE, one.id) for one in self._goroutines if one.system]

    @cached_property
    def by_creator(self) -> dict[int, list[Lane]]:
        """The person's goroutines by who created them, 0 for nobody known."""
        found: dict[int, list[Lane]] = {}
        for one in self._goroutines:
            if not one.system:
                found.setdefault(one.creator, []).append(Lane(LaneKind.GOROUTINE, one.id))
        return found

    def creator_name(self, number: int) -> str:
        """Return the heading of the goroutines that one created."""
        if number <= 0:
            return "created by nobody known"
        label = self.lane_label(Lane(LaneKind.GOROUTINE, number))
        return f"created by G{number} {label}".rstrip()


class _Build:
    """One arrangement's rows under construction."""

    def __init__(self, source: Rows, arrangement: Arrangement, selected: Lane | None) -> None:
        self._source = source
        self._arrangement = arrangement
        self._turned = dict(arrangement.turned)
        self._selected = selected
        self._away = set(arrangement.pinned) | (arrangement.hidden - {selected})
        self._at_home = (
            source.group_of(selected, arrangement)
            if selected is not None and selected not in arrangement.pinned
            else ""
        )
        self._rows: list[Row] = []
        self._only = -1

    def rows(self, first_test: int, only_test: int) -> list[Row]:
        self._only = only_test
        source, pinned = self._source, self._arrangement.pinned
        if pinned:
            self._rows.append(Heading("pinned", "pinned", len(pinned), True))
            for lane in pinned:
                self._rows.append(LaneRow(lane, source.lane_label(lane), pinned=True))
                self._rows += [NoteRow(lane, depth) for depth in range(source.depths(lane))]
        if self._arrangement.grouping is Grouping.CREATOR:
            self._by_creator(only_test)
        else:
            self._by_test(first_test, only_test)
        self._add_tasks(only_test)
        for key, kind in (("procs", LaneKind.PROC), ("threads", LaneKind.THREAD)):
            lanes = source.of_kind(kind)
            self._add(key, key, lanes, opened=len(lanes) <= OPEN_UP_TO)
        if only_test < 0:
            self._add("system", "runtime", source.system, opened=False)
        return self._rows

    def _by_test(self, first_test: int, only_test: int) -> None:
        source = self._source
        first = source.family(first_test)
        for test in first:
            self._add(f"test {test}", source.test_name(test), source.of_test(test), opened=True)
        if partners := source.partners(first_test):
            self._add(
                PARTNERS,
                f"woken or waited on by {source.test_name(first_test)}",
                partners,
                opened=True,
            )
            self._away |= set(partners) - {self._selected}
        if only_test >= 0:
            return
        strays = source.strays
        self._add("other", "outside tests", strays, opened=len(strays) <= OPEN_UP_TO)
        for test in source.test_order(first):
            lanes, alone = source.of_test(test), source.only_one_test
            self._add(f"test {test}", source.test_name(test), lanes, opened=alone)

    def _by_creator(self, only_test: int) -> None:
        source = self._source
        wanted = {lane for test in source.family(only_test) for lane in source.of_test(test)}
        for creator, lanes in source.by_creator.items():
            kept = [lane for lane in lanes if lane in wanted] if only_test >= 0 else lanes
            name = source.creator_name(creator)
            self._add(f"creator {creator}", name, kept, opened=len(kept) <= OPEN_UP_TO)

    def _add(self, key: str, text: str, lanes: Sequence[Lane], *, opened: bool) -> None:
        if not lanes:
            return
        opened = self._turned.get(key, opened or key in self._source.revealed)
        kept = [lane for lane in lanes if lane not in self._away] if self._away else lanes
        hidden = self._arrangement.hidden
        gone = sum(lane in hidden for lane in lanes) if hidden else 0
        self._rows.append(Heading(key, text, len(lanes), opened, gone))
        if not opened:
            if key == self._at_home and self._selected is not None:
                self._add_lanes([self._selected])
            return
        if len(kept) < FOLD_FROM or kept[0].kind is not LaneKind.GOROUTINE:
            self._add_lanes(kept)
            return
        left_out = self._away
        for label, members in self._source.by_function(f"{key} of {self._only}", lanes).items():
            present = [lane for lane in members if lane not in left_out] if left_out else members
            if len(present) < FOLD_FROM:
                self._add_lanes(present)
            else:
                self._add_fold(f"{key}/{label}", label, tuple(present))

    def _add_tasks(self, only_test: int) -> None:
        tasks = self._source.tasks
        if only_test >= 0:
            family = self._source.family(only_test)
            within = {lane.id for test in family for lane in self._source.of_test(test)}
            tasks = tuple(task for task in tasks if task.goroutine in within)
        if tasks:
            opened = self._turned.get(TASKS, len(tasks) <= OPEN_UP_TO)
            self._rows.append(Heading(TASKS, TASKS, len(tasks), opened))
            if opened:
                self._rows += [TaskRow(f"task {task.task}", task) for task in tasks]

    def _add_fold(self, key: str, text: str, lanes: tuple[Lane, ...]) -> None:
        opened = self._turned.get(key, False)
        self._rows.append(Fold(key, text, lanes, opened))
        if opened:
            self._add_lanes(lanes, inner=True)
        elif self._selected in lanes:
            self._add_lanes([lane for lane in lanes if lane == self._selected], inner=True)

    def _add_lanes(self, lanes: Iterable[Lane], *, inner: bool = False) -> None:
        source = self._source
        for lane in lanes:
            self._rows.append(LaneRow(lane, source.lane_label(lane), inner=inner))
            self._rows += [NoteRow(lane, depth) for depth in range(source.depths(lane))]
