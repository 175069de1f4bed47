"""From state changes, generation by generation, to intervals that may outlast their generation.

Generations are decoded apart, and each states what was so when it began. Where that repeats what
is known it is dropped; the interval that was open goes on, and ends where the lane changes next,
be it generations later.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.intervals import IntervalColumns, Intervals
from flakecore.gotrace.stacks import Renumbering, StackTable
from flakecore.gotrace.states import State
from flakecore.gotrace.transitions import Transitions
from flakecore.gotrace.varint import Places
from flakecore.gotrace.waits import wait_state

_PAIRS = 1 << 24
"""Pairs of a reason and a stack that are told apart by a table; more are sorted."""
_CLOSED = -1


@dataclass(frozen=True, slots=True)
class Changes:
    """The transitions of one generation on the trace's clock and under its numbers.

    The columns are those of ``Transitions``; ``start_ns`` is when the generation began.
    """

    lane: Places
    time: NDArray[np.int64]
    state: NDArray[np.uint8]
    reason: Places
    stack: Places
    actor: Places
    goroutine: Places
    proc: Places
    thread: Places
    status: NDArray[np.bool_]
    start_ns: int

    def at(self, rows: NDArray[np.bool_]) -> Changes:
        """Return some of the changes."""
        return Changes(
            lane=self.lane[rows],
            time=self.time[rows],
            state=self.state[rows],
            reason=self.reason[rows],
            stack=self.stack[rows],
            actor=self.actor[rows],
            goroutine=self.goroutine[rows],
            proc=self.proc[rows],
            thread=self.thread[rows],
            status=self.status[rows],
            start_ns=self.start_ns,
        )


def place(
    transitions: Transitions,
    to_ns: Callable[[NDArray[np.int64]], NDArray[np.int64]],
    strings: Renumbering,
    stacks: Renumbering,
    start_ns: int,
) -> Changes:
    """Put a generation's transitions on the trace's clock and under the trace's numbers."""
    return Changes(
        lane=_narrow(transitions.lane),
        time=to_ns(transitions.tick),
        state=transitions.state,
        reason=_narrow(strings(transitions.reason)),
        stack=_narrow(stacks(transitions.stack)),
        actor=_narrow(transitions.actor),
        goroutine=_narrow(transitions.goroutine),
        proc=_narrow(transitions.proc),
        thread=_narrow(transitions.thread),
        status=transitions.status,
        start_ns=start_ns,
    )


def _narrow(column: Places) -> Places:
    """Return a column in the narrowest of 16, 32 and 64 bits that holds its values."""
    low, high = (int(column.min()), int(column.max())) if len(column) else (0, 0)
    for dtype in (np.int16, np.int32):
        if np.iinfo(dtype).min <= low and high <= np.iinfo(dtype).max:
            return column.astype(dtype)
    return column


class IntervalBuilder:
    """Takes the changes of one generation after another and closes intervals as lanes change."""

    def __init__(self, table: StackTable) -> None:
        """Make a builder; ``table`` knows the strings and stacks that changes name."""
        self._table = table
        self._generations: list[IntervalColumns] = []
        # Of every lane seen so far: where its last interval stands, and what it is.
        self._lanes = np.zeros(0, np.int64)
        self._generation = np.zeros(0, np.int32)
        self._row = np.zeros(0, np.int64)
        self._state = np.zeros(0, np.uint8)
        self._start = np.zeros(0, np.int64)

    def add(self, changes: Changes) -> None:
        """Take the next generation's changes."""
        self._know(np.unique(changes.lane).astype(np.int64))
        changes = self._news(changes)
        if not len(changes.lane):
            return
        begins = _begins(changes.lane)
        first = np.flatnonzero(begins)
        known = np.searchsorted(self._lanes, changes.lane[first])
        start = changes.time
        if changes.status.any():
            began = np.minimum(start, changes.start_ns)
            start = np.where(changes.status, began, start)
        start[first] = np.maximum(start[first], self._start[known])
        start = _forward_only(start, begins)
        self._close(known, start[first])
        end = np.zeros(len(start), np.int64)
        last = np.ones(len(start), np.bool_)
        last[:-1] = begins[1:]
        end[:-1] = start[1:]
        finals = np.append(first[1:], len(start)) - 1
        self._state[known], self._start[known] = changes.state[finals], start[finals]

        present = changes.state != State.ABSENT
        self._generation[known] = np.where(present[finals], len(self._generations), _CLOSED)
        self._row[known] = np.cumsum(present)[finals] - 1
        if not present.all():
            changes, start, end, last = (
                changes.at(present),
                start[present],
                end[present],
                last[present],
            )
        self._generations.append(self._columns(changes, start, end, last))

    def finish(self, end_ns: int) -> Intervals:
        """Return all intervals; those that are open end with the trace."""
        for columns in self._generations:
            columns.end[columns.last] = end_ns
            np.maximum(columns.end, columns.start, out=columns.end)
        held = (columns.lanes for columns in self._generations)
        lanes = np.unique(np.concatenate([np.zeros(0, np.int64), *held]))
        return Intervals(tuple(self._generations), lanes)

    def _know(self, lanes: NDArray[np.int64]) -> None:
        """Make room for lanes that are new."""
        new = np.setdiff1d(lanes, self._lanes, assume_unique=True)
        if not len(new):
            return
        place = np.searchsorted(self._lanes, new)
        self._lanes = np.insert(self._lanes, place, new)
        self._generation = np.insert(self._generation, place, _CLOSED)
        self._row = np.insert(self._row, place, 0)
        self._state = np.insert(self._state, place, State.ABSENT)
        self._start = np.insert(self._start, place, np.iinfo(np.int64).min)

    def _news(self, changes: Changes) -> Changes:
        """Leave out statuses that repeat the state a lane is known to be in."""
        begins = _begins(changes.lane)
        before = np.empty_like(changes.state)
        before[1:] = changes.state[:-1]
        first = np.flatnonzero(begins)
        before[first] = self._state[np.searchsorted(self._lanes, changes.lane[first])]
        repeats = changes.status & (changes.state == _undetermined(before))
        return changes.at(~repeats) if repeats.any() else changes

    def _close(self, known: NDArray[np.intp], at: NDArray[np.int64]) -> None:
        """End the open intervals of lanes."""
        generation, row = self._generation[known], self._row[known]
        for number in np.unique(generation[generation != _CLOSED]).tolist():
            columns = self._generations[number]
            here = generation == number
            columns.end[row[here]] = at[here]
            columns.last[row[here]] = False

    def _columns(
        self,
        changes: Changes,
        start: NDArray[np.int64],
        end: NDArray[np.int64],
        last: NDArray[np.bool_],
    ) -> IntervalColumns:
        first = np.flatnonzero(_begins(changes.lane))
        return IntervalColumns(
            lanes=changes.lane[first].astype(np.int64),
            first=np.append(first, len(start)).astype(np.int64),
            start=start,
            end=end,
            state=_told_apart(changes.state, changes.reason, changes.stack, self._table),
            reason=changes.reason,
            stack=changes.stack,
            actor=changes.actor,
            goroutine=changes.goroutine,
            proc=changes.proc,
            thread=changes.thread,
            before=changes.status,
            last=last,
        )


def _begins(lane: Places) -> NDArray[np.bool_]:
    """Return which rows are the first of their lane."""
    begins = np.ones(len(lane), np.bool_)
    begins[1:] = lane[1:] != lane[:-1]
    return begins


def _undetermined(state: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return states as a status tells them: for it every wait is the same."""
    waiting = (state >= State.CHAN_SEND) & (state <= State.OTHER_WAIT)
    return np.where(waiting, State.OTHER_WAIT, state).astype(np.uint8)


def _forward_only(time: NDArray[np.int64], begins: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Let no change of a lane stand before the one it follows, where threads' clocks disagree."""
    late = np.flatnonzero((time[1:] < time[:-1]) & ~begins[1:]) + 1
    if not len(late):
        return time
    bounds = np.append(np.flatnonzero(begins), len(time))
    time = time.copy()
    for lane in np.unique(np.searchsorted(bounds, late, side="right") - 1):
        rows = slice(bounds[lane], bounds[lane + 1])
        time[rows] = np.maximum.accumulate(time[rows])
    return time


def _told_apart(
    state: NDArray[np.uint8], reason: Places, stack: Places, table: StackTable
) -> NDArray[np.uint8]:
    """Return the states with every wait told by its reason and stack."""
    waits = np.flatnonzero(state == State.OTHER_WAIT)
    stacks = len(table)
    pair = reason[waits].astype(np.int64) * stacks + stack[waits]
    span = int(pair.max(initial=0)) + 1
    if span <= _PAIRS:
        occurs = np.zeros(span, np.bool_)
        occurs[pair] = True
        distinct, which = np.flatnonzero(occurs), np.cumsum(occurs)[pair] - 1
    else:
        distinct, which = np.unique(pair, return_inverse=True)
    told = [
        wait_state(table.string(each // stacks), table.stack(each % stacks))
        for each in distinct.tolist()
    ]
    state = state.copy()
    state[waits] = np.array(told, np.uint8)[which]
    return state
