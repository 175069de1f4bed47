"""Builds the rows of the timeline for one arrangement: groups, their order, and what is folded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flakecore.timeline import Lane, LaneKind
from flaketui.panes.timeline.lane_groups import LaneGroups
from flaketui.panes.timeline.row_table import (
    TASKS,
    AnnotationRow,
    Fold,
    Heading,
    LaneRow,
    Row,
    TaskRow,
)
from flaketui.view.arrangement import Arrangement, Grouping

OPEN_UP_TO = 16
"""A group of procs, threads or stray goroutines of at most this size is open at first."""
NAMED = "named"
"""Key of the group of other tests' goroutines, or nobody's, that the failure's cause names."""
PARTNERS = "partners"
"""Key of the group of those that a test's goroutines waited on, or that waited on them."""
FOLD_FROM = 6
"""Goroutines of one function in a group, from so many on, are folded into one row."""


class RowBuilder:
    """One arrangement's rows under construction."""

    def __init__(
        self,
        source: LaneGroups,
        arrangement: Arrangement,
        selected: Lane | None,
        named: frozenset[Lane],
    ) -> None:
        self._source = source
        self._arrangement = arrangement
        self._turned = dict(arrangement.turned)
        self._selected = selected
        self._named = named
        self._excluded = set(arrangement.pinned) | (arrangement.hidden - {selected})
        self._group_of_selected = (
            source.group_of(selected, arrangement)
            if selected is not None and selected not in arrangement.pinned
            else ""
        )
        self._rows: list[Row] = []
        self._only = -1

    def rows(self, first_test: int, only_test: int) -> list[Row]:
        """Return the rows, those of ``first_test`` on top; ``only_test`` leaves other tests out."""
        self._only = only_test
        source, pinned = self._source, self._arrangement.pinned
        if pinned:
            self._rows.append(Heading("pinned", "pinned", len(pinned), True))
            for lane in pinned:
                self._rows.append(LaneRow(lane, source.lane_label(lane), pinned=True))
                self._rows += [AnnotationRow(lane, depth) for depth in range(source.depths(lane))]
        if self._arrangement.grouping is Grouping.CREATOR:
            self._by_creator(only_test)
            self._add_processors()
        else:
            self._by_test(first_test, only_test)
        self._add_tasks(only_test)
        if only_test < 0:
            self._add("system", "runtime", source.system, opened=False)
        return self._rows

    def _by_test(self, first_test: int, only_test: int) -> None:
        source = self._source
        first = source.family(first_test)
        if first:
            own = {lane for test in first for lane in source.of_test(test)}
            named = sorted(self._named - own - self._excluded, key=lambda lane: lane.id)
            self._add(NAMED, "named by the cause", named, opened=True)
            self._excluded |= set(named) - {self._selected}
        for test in first:
            self._add(f"test {test}", source.test_name(test), source.of_test(test), opened=True)
        if partners := [one for one in source.partners(first_test) if one not in self._excluded]:
            self._add(
                PARTNERS,
                f"woken or waited on by {source.test_name(first_test)}",
                partners,
                opened=True,
            )
            self._excluded |= set(partners) - {self._selected}
        if first:
            self._add_processors()
        if only_test >= 0:
            return
        strays = source.strays
        self._add("other", "outside tests", strays, opened=len(strays) <= OPEN_UP_TO)
        for test in source.test_order(first):
            lanes, alone = source.of_test(test), source.only_one_test
            self._add(f"test {test}", source.test_name(test), lanes, opened=alone or not first)
        if not first:
            self._add_processors()

    def _add_processors(self) -> None:
        for key, kind in (("procs", LaneKind.PROC), ("threads", LaneKind.THREAD)):
            lanes = self._source.of_kind(kind)
            self._add(key, key, lanes, opened=len(lanes) <= OPEN_UP_TO)

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
        kept = [lane for lane in lanes if lane not in self._excluded] if self._excluded else lanes
        hidden = self._arrangement.hidden
        gone = sum(lane in hidden for lane in lanes) if hidden else 0
        self._rows.append(Heading(key, text, len(lanes), opened, gone))
        if not opened:
            if key == self._group_of_selected and self._selected is not None:
                self._add_lanes([self._selected])
            return
        if len(kept) < FOLD_FROM or kept[0].kind is not LaneKind.GOROUTINE:
            self._add_lanes(kept)
            return
        left_out = self._excluded
        for label, members in self._source.by_function(f"{key} of {self._only}", lanes).items():
            present = [lane for lane in members if lane not in left_out] if left_out else members
            if len(present) < FOLD_FROM:
                self._add_lanes(present)
                continue
            self._add_lanes([lane for lane in present if lane in self._named])
            rest = tuple(lane for lane in present if lane not in self._named)
            self._add_fold(f"{key}/{label}", label, rest)

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
            self._rows += [AnnotationRow(lane, depth) for depth in range(source.depths(lane))]
