"""From the edges of generations to the intervals that cross from one into another.

Each generation states what was so when it began. Where that repeats what the lane was last known
to be in, the interval that was open goes on; else it ends there and another begins, as it does
where the lane is first seen. So edges alone, in order of the generations, tell all intervals that
touch one.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.format.columns import chosen
from flakecore.gotrace.intervals.generation_edges import Causes, Edges, Ends
from flakecore.gotrace.intervals.generation_intervals import undetermined
from flakecore.gotrace.intervals.intervals import Crossing, IntervalColumns
from flakecore.gotrace.intervals.states import State

_NONE = -1


def join(generations: Iterable[Edges], end_ns: int) -> Crossing:
    """Join the edges of all generations, in order; what is open at the end, ends there."""
    joiner = _Joiner()
    for place, edges in enumerate(generations):
        joiner.add(place, edges)
    return joiner.finish(end_ns)


class _Joiner:
    """Knows of every lane its open interval, if there is one, by its row among those found."""

    def __init__(self) -> None:
        self._lanes = np.zeros(0, np.int64)
        self._open = np.zeros(0, np.int64)
        self._state = np.zeros(0, np.uint8)
        self._found: list[Ends] = []
        self._homes: list[NDArray[np.int32]] = []
        self._end = np.zeros(0, np.int64)
        self._waker = np.zeros(0, np.int64)
        self._wake_stack = np.zeros(0, np.int64)

    def add(self, place: int, edges: Edges) -> None:
        """Take the next generation's edges."""
        self._know(edges.lanes)
        heads = edges.heads
        known = np.searchsorted(self._lanes, edges.lanes)
        of_head = np.searchsorted(self._lanes, heads.lane)
        goes_on = self._open[of_head] != _NONE
        goes_on &= undetermined(heads.state) == undetermined(self._state[of_head])
        ending = np.ones(len(self._lanes), np.bool_)
        ending[of_head[goes_on]] = False
        ends = ending[known]
        self._close(known[ends], edges.start[ends], chosen(edges.first, ends))

        self._begin(heads, ~goes_on, 2 * place)
        ends = ~edges.alone
        self._close(of_head[ends], heads.end[ends], chosen(edges.second, ends))
        self._begin(edges.tails, np.ones(len(edges.tails.lane), np.bool_), 2 * place + 1)

    def finish(self, end_ns: int) -> Crossing:
        """Return all intervals found."""
        last = np.zeros(len(self._end), np.bool_)
        still = self._open[self._open != _NONE]
        self._end[still], last[still] = end_ns, True
        home = np.concatenate([np.zeros(0, np.int32), *self._homes])
        lane = self._column("lane")
        order = np.lexsort((home, lane))
        lane = lane[order]
        first = np.flatnonzero(np.diff(lane, prepend=_NONE - 1))
        start = self._column("start")[order]
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
        parts = [getattr(ends, name).astype(np.int64) for ends in self._found]
        return np.concatenate([np.zeros(0, np.int64), *parts])

    def _know(self, lanes: NDArray[np.int64]) -> None:
        """Make room for lanes that are new."""
        new = np.setdiff1d(lanes, self._lanes, assume_unique=True)
        if not len(new):
            return
        place = np.searchsorted(self._lanes, new)
        self._lanes = np.insert(self._lanes, place, new)
        self._open = np.insert(self._open, place, _NONE)
        self._state = np.insert(self._state, place, State.ABSENT)

    def _close(self, lanes: NDArray[np.intp], at: NDArray[np.int64], causes: Causes) -> None:
        """End the open intervals of lanes, given by their places."""
        having = self._open[lanes] != _NONE
        rows = self._open[lanes[having]]
        self._end[rows] = at[having]
        self._waker[rows] = causes.waker[having]
        self._wake_stack[rows] = causes.wake_stack[having]
        self._open[lanes] = _NONE

    def _begin(self, ends: Ends, wanted: NDArray[np.bool_], home: int) -> None:
        """Take some intervals as new and open."""
        taken = chosen(ends, wanted)
        lanes = np.searchsorted(self._lanes, taken.lane)
        count = len(lanes)
        self._open[lanes] = len(self._end) + np.arange(count)
        self._state[lanes] = taken.state
        self._found.append(taken)
        self._homes.append(np.full(count, home, np.int32))
        self._end = np.append(self._end, taken.end)
        self._waker = np.append(self._waker, np.full(count, _NONE))
        self._wake_stack = np.append(self._wake_stack, np.zeros(count, np.int64))
