"""The goroutines, procs and threads of a case by the groups that the timeline shows them in.

A group's lanes are looked up when they are asked for, so that a trace of many thousand goroutines
costs nothing before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

from flakecore.diagnosis.waits.wake_partners import partners_of
from flakecore.timeline import Case, Goroutine, Lane, LaneKind, Schedule, Stack, own_frame
from flakecore.timeline.lanes.user_annotations import Span
from flaketui.view.arrangement import Arrangement, Grouping
from flaketui.view.folding import PARTNERS_MOST
from flaketui.view.scene import bare_function
from flaketui.view.test_tree import family, tree_order

_LITERAL = re.compile(r"func\d+(\.\d+)*")


def _line_of(stack: Stack, package: str) -> str:
    """Return where a goroutine was started, `` :17``; "" where that is not known."""
    frame = own_frame(stack, package)
    return f" :{frame.line}" if frame is not None else ""


class LaneGroups:
    """The lanes of one case, each group looked up once.

    Attributes:
        revealed: keys of the groups that were opened because a lane in them was selected.
    """

    def __init__(self, case: Case, schedule: Schedule) -> None:
        self._case = case
        self._schedule = schedule
        self._labels: dict[int, str] = {}
        self._of_tests: dict[int, tuple[Lane, ...]] = {}
        self._partners: dict[int, tuple[Lane, ...]] = {}
        self._functions: dict[str, dict[str, list[Lane]]] = {}
        self.revealed: set[str] = set()

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

        A function literal of its test goes without that test's name, which stands above it, and
        with the line that started it.
        """
        known = self._labels.get(goroutine.id)
        if known is None:
            test = self._case.tests[goroutine.test] if goroutine.test >= 0 else None
            known = bare_function(goroutine.function) or "goroutine"
            if test is not None and test.goroutine == goroutine.id:
                known = test.short_name
            elif test is not None:
                known = known.removeprefix(test.name.partition("/")[0] + ".")
            if _LITERAL.fullmatch(known):
                known += _line_of(goroutine.creation_stack, self._case.package)
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
        lanes_of = self._functions.get(key)
        if lanes_of is None:
            lanes_of = self._functions[key] = {}
            for lane in lanes:
                lanes_of.setdefault(self.lane_label(lane), []).append(lane)
        return lanes_of

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
        annotations = self._case.annotations
        if annotations is None or lane.kind is not LaneKind.GOROUTINE:
            return 0
        return annotations.depths(lane.id)

    @property
    def tasks(self) -> tuple[Span, ...]:
        """User tasks, in order of their beginning."""
        return self._case.annotations.tasks if self._case.annotations is not None else ()

    def partners(self, test: int) -> tuple[Lane, ...]:
        """Return goroutines of others that a test's waited on, or that waited on a test's."""
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
