"""Joining the edges of generations into the intervals that cross from one into another.

Each generation begins with a status for every lane. Where it repeats the lane's last state, the
open interval continues; otherwise that interval ends there and another begins, as it does at the
first event of a lane without a status. So the edges alone, in the order of generations, give all
intervals that touch an edge.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.format.columns import chosen
from flakecore.gotrace.intervals.generation_edges import Causes, EdgeIntervals, Edges
from flakecore.gotrace.intervals.generation_intervals import without_wait_reason
from flakecore.gotrace.intervals.intervals import Crossing, IntervalColumns
from flakecore.gotrace.intervals.states import State

_NONE = -1


def join_edges(
    generations: Iterable[Edges], end_ns: int, breaks: Mapping[int, int] | None = None
) -> Crossing:
    """Return the intervals at the edges of generations.

    Args:
        generations: in order.
        end_ns: when the last one ends, and the intervals that are open then.
        breaks: of each generation that does not follow on the one before it, when that one ended:
            what was open then ends there, and what is so later is another interval.
    """
    joiner = _EdgeJoiner()
    for index, edges in enumerate(generations):
        if breaks is not None and index in breaks:
            joiner.interrupt(breaks[index])
        joiner.add(index, edges)
    return joiner.finish(end_ns)


class _EdgeJoiner:
    """Keeps the open interval of each lane, if any, as its row among all intervals so far."""

    def __init__(self) -> None:
        self._lanes = np.zeros(0, np.int64)
        self._open = np.zeros(0, np.int64)
        self._state = np.zeros(0, np.uint8)
        self._intervals: list[EdgeIntervals] = []
        self._homes: list[NDArray[np.int32]] = []
        self._unended: list[NDArray[np.int64]] = []
        self._start = np.zeros(0, np.int64)
        self._end = np.zeros(0, np.int64)
        self._waker = np.zeros(0, np.int64)
        self._wake_stack = np.zeros(0, np.int64)

    def add(self, index: int, edges: Edges) -> None:
        """Add the next generation's edges; ``index`` is its index."""
        self._add_lanes(edges.lanes)
        position = np.searchsorted(self._lanes, edges.lanes)
        of_head = np.searchsorted(self._lanes, edges.heads.lane)
        heads = _not_before(edges.heads, self._open_since(of_head))
        continues = self._open[of_head] != _NONE
        continues &= without_wait_reason(heads.state) == without_wait_reason(self._state[of_head])
        ending = np.ones(len(self._lanes), np.bool_)
        ending[of_head[continues]] = False
        ending_lanes = ending[position]
        self._close_intervals(
            position[ending_lanes], edges.start[ending_lanes], chosen(edges.first, ending_lanes)
        )

        self._open_intervals(heads, ~continues, 2 * index)
        ending_lanes = ~edges.spanning
        self._close_intervals(
            of_head[ending_lanes], heads.end[ending_lanes], chosen(edges.second, ending_lanes)
        )
        self._open_intervals(edges.tails, np.ones(len(edges.tails.lane), np.bool_), 2 * index + 1)

    def interrupt(self, end_ns: int) -> None:
        """End all open intervals: nothing shows what became of them."""
        still = self._open[self._open != _NONE]
        self._end[still] = end_ns
        self._unended.append(still)
        self._open[:] = _NONE

    def finish(self, end_ns: int) -> Crossing:
        """Return all intervals added; those still open end at ``end_ns``."""
        self.interrupt(end_ns)
        last = np.zeros(len(self._end), np.bool_)
        last[np.concatenate(self._unended)] = True
        home = np.concatenate([np.zeros(0, np.int32), *self._homes])
        lane = self._column("lane")
        order = np.lexsort((home, lane))
        lane = lane[order]
        first = np.flatnonzero(np.diff(lane, prepend=_NONE - 1))
        start = self._start[order]
        columns = IntervalColumns(
            lanes=lane[first],
            first=np.append(first, len(lane)),
            origin_ns=0,
            since=start,
            until=np.maximum(self._end[order], start),
            state=self._column("state")[order].astype(np.uint8),
            reason=self._column("reason")[order],
            stack=self._column("stack")[order],
            actor=self._column("actor")[order],
            goroutine=self._column("goroutine")[order],
            proc=self._column("proc")[order],
            thread=self._column("thread")[order],
            before=self._column("status")[order].astype(np.bool_),
            last=last[order],
        )
        return Crossing(columns, home[order], self._waker[order], self._wake_stack[order])

    def _column(self, name: str) -> NDArray[np.int64]:
        parts = [getattr(ending_lanes, name).astype(np.int64) for ending_lanes in self._intervals]
        return np.concatenate([np.zeros(0, np.int64), *parts])

    def _add_lanes(self, lanes: NDArray[np.int64]) -> None:
        """Add lanes that have not been seen before."""
        new = np.setdiff1d(lanes, self._lanes, assume_unique=True)
        if not len(new):
            return
        index = np.searchsorted(self._lanes, new)
        self._lanes = np.insert(self._lanes, index, new)
        self._open = np.insert(self._open, index, _NONE)
        self._state = np.insert(self._state, index, State.ABSENT)

    def _open_since(self, lanes: NDArray[np.intp]) -> NDArray[np.int64]:
        """Return when the open interval of each of some lanes began; long ago where there is none.

        The lanes are given by their indices in ``self._lanes``.
        """
        since = np.append(self._start, np.iinfo(np.int64).min)
        return since[self._open[lanes]]  # the last one where none is open

    def _close_intervals(
        self, lanes: NDArray[np.intp], at: NDArray[np.int64], causes: Causes
    ) -> None:
        """End the open intervals of lanes, given by their indices in ``self._lanes``."""
        was_open = self._open[lanes] != _NONE
        rows = self._open[lanes[was_open]]
        self._end[rows] = at[was_open]
        self._waker[rows] = causes.waker[was_open]
        self._wake_stack[rows] = causes.wake_stack[was_open]
        self._open[lanes] = _NONE

    def _open_intervals(
        self, ending_lanes: EdgeIntervals, wanted: NDArray[np.bool_], home: int
    ) -> None:
        """Add the intervals where ``wanted`` is true, as open ones of generation ``home // 2``."""
        taken = chosen(ending_lanes, wanted)
        lanes = np.searchsorted(self._lanes, taken.lane)
        count = len(lanes)
        self._open[lanes] = len(self._end) + np.arange(count)
        self._state[lanes] = taken.state
        self._intervals.append(taken)
        self._homes.append(np.full(count, home, np.int32))
        self._start = np.append(self._start, taken.start)
        self._end = np.append(self._end, taken.end)
        self._waker = np.append(self._waker, np.full(count, _NONE))
        self._wake_stack = np.append(self._wake_stack, np.zeros(count, np.int64))


def _not_before(heads: EdgeIntervals, since: NDArray[np.int64]) -> EdgeIntervals:
    """Return a generation's first intervals, none of which begins before its lane's last one did.

    A generation begins with the first event of any thread, and other threads write their last
    events of the generation before it a little later.
    """
    start, end = np.maximum(heads.start, since), np.maximum(heads.end, since)
    return replace(heads, start=start, end=end)
