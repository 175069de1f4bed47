"""The rows of the timeline: which lanes stand in which group, in which order, and which are folded.

What is pinned comes first, then goroutines of others that the failure's cause names. Then the test
one looks at, its subtests, its partners: those that it waited on or that waited on it, procs and
threads, what belongs to no test, and the other tests; user tasks follow, and the runtime's own
goroutines are last. Within a group, goroutines of one
function are folded into one row where they are many; the selected one stands below it by itself,
and those that the failure's cause names stand above it.
"""

from __future__ import annotations

from flakecore.timeline import Case, Lane, Schedule
from flaketui.panes.timeline.lane_groups import LaneGroups
from flaketui.panes.timeline.row_builder import RowBuilder
from flaketui.panes.timeline.row_table import Table
from flaketui.view.arrangement import Arrangement
from flaketui.view.viewport import Viewport


class Rows:
    """The rows of one case, built again when what shapes them changes."""

    def __init__(self, case: Case, schedule: Schedule) -> None:
        self._groups = LaneGroups(case, schedule)
        self._shape: object = None
        self._made: dict[Lane | None, Table] = {}

    def table(
        self,
        view: Viewport,
        arrangement: Arrangement,
        standing: str = "",
        named: frozenset[Lane] = frozenset(),
    ) -> Table:
        """Return the rows: the selected test's on top, other tests left out if asked for.

        The group of a lane that is selected is opened, and stays so, unless it was folded by
        hand; a lane that a fold holds, or a group that was, stands below it by itself, but not
        while one is ``standing`` on a heading. Lanes that the failure's cause has ``named`` are in
        no fold.
        """
        table = self._table(view, arrangement, None, named)
        lane = view.selection.lane
        if lane is None or standing or table.place(lane) >= 0:
            return table
        group = self._groups.group_of(lane, arrangement)
        if group not in self._groups.revealed and group not in dict(arrangement.turned):
            self._groups.revealed.add(group)
            self._made.clear()
            table = self._table(view, arrangement, None, named)
        return table if table.place(lane) >= 0 else self._table(view, arrangement, lane, named)

    def _table(
        self, view: Viewport, arrangement: Arrangement, alone: Lane | None, named: frozenset[Lane]
    ) -> Table:
        """Return the rows with the lane ``alone`` shown even where its group is folded.

        The rows without it stay cached as well.
        """
        shape = (
            view.selection.test,
            view.only_test,
            arrangement.pinned,
            arrangement.hidden,
            arrangement.turned,
            arrangement.grouping,
            named,
        )
        if self._shape != shape:
            self._shape = shape
            self._made.clear()
        if alone not in self._made:
            for lane in [lane for lane in self._made if lane is not None]:
                del self._made[lane]
            build = RowBuilder(self._groups, arrangement, alone, named)
            self._made[alone] = Table(build.rows(view.selection.test, view.only_test))
        return self._made[alone]
