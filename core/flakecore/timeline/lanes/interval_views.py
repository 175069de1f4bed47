"""Rows of a trace's columns as the small views that panes and reports show."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from flakecore.gotrace import Intervals, LaneIntervals, State, Trace
from flakecore.timeline.lanes.lane import Interval, Lane, LaneKind, Wake


class IntervalViews:
    """Makes an ``Interval`` of a row, with its stacks and what ended it."""

    def __init__(self, trace: Trace, intervals: Mapping[LaneKind, Intervals]) -> None:
        """Take a trace and its intervals by the kind of lane."""
        self._trace = trace
        self._intervals = intervals

    def at_row(self, lane: Lane, found: LaneIntervals, row: int) -> Interval:
        """Return one of a lane's intervals by its row."""
        table = self._trace.table
        columns, at = found.locate(row)
        state = State(int(columns.state[at]))
        return Interval(
            lane=lane,
            start_ns=columns.start_of(at),
            end_ns=columns.end_of(at),
            state=state,
            reason=table.string(int(columns.reason[at])),
            stack=table.stack(int(columns.stack[at])),
            goroutine=int(columns.goroutine[at]),
            proc=int(columns.proc[at]),
            thread=int(columns.thread[at]),
            before_trace=bool(columns.before[at]),
            to_the_end=bool(columns.last[at]),
            cut=bool(columns.last[at]) and self._trace.starts_late,
            wake=self._wake(lane, found, row) if state.waiting else None,
        )

    def retained_wait(self, lane: Lane, row: int) -> Interval:
        """Return a wait by its row in ``Trace.waits``."""
        waits, table = self._trace.waits, self._trace.table
        end_ns = int(waits.end[row])
        waker, stack = max(int(waits.waker[row]), 0), int(waits.wake_stack[row])
        return Interval(
            lane=lane,
            start_ns=int(waits.start[row]),
            end_ns=end_ns,
            state=State(int(waits.state[row])),
            reason=table.string(int(waits.reason[row])),
            stack=table.stack(int(waits.stack[row])),
            goroutine=lane.id,
            proc=-1,
            thread=-1,
            before_trace=bool(waits.before[row]),
            to_the_end=False,
            wake=Wake(end_ns, waker, table.stack(stack)),
        )

    def crossing(self, lane: Lane, time_ns: int) -> Interval | None:
        """Return the interval across generations that begins at a moment; None where none does."""
        row = self._crossing_row(lane, time_ns)
        if row < 0:
            return None
        columns = self._intervals[lane.kind].crossing.columns
        return self.at_row(lane, LaneIntervals.of_row(columns, row), 0)

    def _crossing_row(self, lane: Lane, time_ns: int) -> int:
        """Return the row of the crossing interval that begins at a moment; -1 for none."""
        columns = self._intervals[lane.kind].crossing.columns
        rows = columns.rows(lane.id)
        at = rows.start + int(np.searchsorted(columns.starts(rows), time_ns))
        return at if at < rows.stop and columns.start_of(at) == time_ns else -1

    def _wake(self, lane: Lane, found: LaneIntervals, row: int) -> Wake | None:
        columns, at = found.locate(row)
        if columns.last[at]:
            return None
        table, crossing = self._trace.table, self._intervals[lane.kind].crossing
        if columns is crossing.columns:
            stack = table.stack(int(crossing.wake_stack[at]))
            return Wake(columns.end_of(at), max(int(crossing.waker[at]), 0), stack)
        if row + 1 == len(found):
            return None  # only damage leaves a wait without what ended it
        columns, at = found.locate(row + 1)
        actor = max(int(columns.actor[at]), 0)
        return Wake(columns.start_of(at), actor, table.stack(int(columns.stack[at])))
