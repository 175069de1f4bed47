"""Intervals: from the state changes of all generations to who was in which state, when.

Generations are decoded apart and state what was so when they began; joined, those statements
repeat what is known and are dropped. A lane's interval then runs from one of its changes to its
next, across generations.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.stacks import Renumbering, StackTable
from flakecore.gotrace.states import State
from flakecore.gotrace.transitions import Transitions
from flakecore.gotrace.waits import wait_state

_T = TypeVar("_T", bound=np.generic)


@dataclass(frozen=True, slots=True)
class Changes:
    """The transitions of one generation with times in nanoseconds and trace-wide numbers.

    The columns are those of ``Transitions``; ``start_ns`` is when the generation began.
    """

    lane: NDArray[np.int64]
    time: NDArray[np.int64]
    state: NDArray[np.uint8]
    reason: NDArray[np.int32]
    stack: NDArray[np.int32]
    actor: NDArray[np.int64]
    goroutine: NDArray[np.int64]
    proc: NDArray[np.int32]
    thread: NDArray[np.int64]
    status: NDArray[np.bool_]
    start_ns: int


@dataclass(frozen=True, slots=True)
class IntervalColumns:
    """Intervals of all lanes of one kind, by lane and then by time; one row an interval.

    Attributes:
        lanes: int64, (lanes,), the lanes' numbers, ascending.
        first: int64, (lanes + 1,), row at which each lane's intervals begin, and n.
        start, end: int64, (n,), nanoseconds since the trace began.
        state: uint8, (n,), ``State``; a lane has no row for when it is ABSENT.
        reason: int32, (n,), string number of the runtime's reason for entering the state.
        stack: int32, (n,), stack number of where the lane, or who changed it, was.
        actor: int64, (n,), goroutine that caused the change into the state; -1 for none. Of a
            wait's next row it is who ended the wait.
        goroutine, proc, thread: what ran together; -1 for none.
        before: bool, (n,), the lane was so already when it was first seen.
        last: bool, (n,), nothing had ended it when the trace stopped.
    """

    lanes: NDArray[np.int64]
    first: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    state: NDArray[np.uint8]
    reason: NDArray[np.int32]
    stack: NDArray[np.int32]
    actor: NDArray[np.int64]
    goroutine: NDArray[np.int64]
    proc: NDArray[np.int32]
    thread: NDArray[np.int64]
    before: NDArray[np.bool_]
    last: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.start)

    def rows(self, lane: int) -> tuple[int, int]:
        """Return the rows of a lane as a half-open range; an empty one if there is no such lane."""
        place = int(np.searchsorted(self.lanes, lane))
        if place == len(self.lanes) or self.lanes[place] != lane:
            return 0, 0
        return int(self.first[place]), int(self.first[place + 1])


def place(
    transitions: Transitions,
    to_ns: Callable[[NDArray[np.int64]], NDArray[np.int64]],
    strings: Renumbering,
    stacks: Renumbering,
    start_ns: int,
) -> Changes:
    """Put a generation's transitions on the trace's clock and under the trace's numbers."""
    return Changes(
        lane=transitions.lane,
        time=to_ns(transitions.tick),
        state=transitions.state,
        reason=strings(transitions.reason),
        stack=stacks(transitions.stack),
        actor=transitions.actor,
        goroutine=transitions.goroutine,
        proc=transitions.proc.astype(np.int32),
        thread=transitions.thread,
        status=transitions.status,
        start_ns=start_ns,
    )


def join(generations: Sequence[Changes], end_ns: int, table: StackTable) -> IntervalColumns:
    """Join the changes of all generations, in their order, into intervals."""
    lane = np.concatenate([np.zeros(0, np.int64), *(g.lane for g in generations)])
    order = np.argsort(lane, kind="stable")
    lane = lane[order]
    state = _joined([g.state for g in generations], np.uint8)[order]
    status = _joined([g.status for g in generations], np.bool_)[order]
    began = np.repeat([g.start_ns for g in generations], [len(g.lane) for g in generations])
    began = began.astype(np.int64)[order]

    new_lane = np.ones(len(lane), np.bool_)
    new_lane[1:] = lane[1:] != lane[:-1]
    # A later status that repeats the state before it says nothing new.
    repeats = np.zeros(len(lane), np.bool_)
    repeats[1:] = status[1:] & ~new_lane[1:] & (state[1:] == state[:-1])
    keep = np.flatnonzero(~repeats)
    order, lane, state, new_lane = order[keep], lane[keep], state[keep], new_lane[keep]
    status, began = status[keep], began[keep]

    start = _joined([g.time for g in generations], np.int64)[order]
    start = np.where(status, np.minimum(began, start), start)
    start = _forward_only(start, new_lane)
    end = np.full(len(start), end_ns, np.int64)
    end[:-1] = np.where(new_lane[1:], end_ns, start[1:])
    last = np.ones(len(start), np.bool_)
    last[:-1] = new_lane[1:]

    present = np.flatnonzero(state != State.ABSENT)
    lanes, first = np.unique(lane[present], return_index=True)
    pick = order[present]
    reason = _joined([g.reason for g in generations], np.int32)[pick]
    stack = _joined([g.stack for g in generations], np.int32)[pick]
    return IntervalColumns(
        lanes=lanes,
        first=np.append(first, len(present)).astype(np.int64),
        start=start[present],
        end=np.maximum(end[present], start[present]),
        state=_told_apart(state[present], reason, stack, table),
        reason=reason,
        stack=stack,
        actor=_joined([g.actor for g in generations], np.int64)[pick],
        goroutine=_joined([g.goroutine for g in generations], np.int64)[pick],
        proc=_joined([g.proc for g in generations], np.int32)[pick],
        thread=_joined([g.thread for g in generations], np.int64)[pick],
        before=status[present],
        last=last[present],
    )


def _joined(parts: Sequence[NDArray[_T]], dtype: type[_T]) -> NDArray[_T]:
    return np.concatenate([np.zeros(0, dtype), *parts])


def _forward_only(time: NDArray[np.int64], new_lane: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Let no change of a lane stand before the one it follows, where threads' clocks disagree."""
    if not np.any((time[1:] < time[:-1]) & ~new_lane[1:]):
        return time
    # One running maximum over all lanes, each lifted clear of the lanes before it.
    span = int(time.max() - time.min()) + 1
    lift = np.cumsum(new_lane, dtype=np.int64)
    if int(lift[-1]) * span < 1 << 62:
        lifted = time - time.min() + lift * span
        forward: NDArray[np.int64] = np.maximum.accumulate(lifted) - lift * span + time.min()
        return forward
    bounds = np.append(np.flatnonzero(new_lane), len(time))
    time = time.copy()
    late = np.flatnonzero((time[1:] < time[:-1]) & ~new_lane[1:]) + 1
    for lane in np.unique(np.searchsorted(bounds, late, side="right") - 1):
        rows = slice(bounds[lane], bounds[lane + 1])
        time[rows] = np.maximum.accumulate(time[rows])
    return time


def _told_apart(
    state: NDArray[np.uint8],
    reason: NDArray[np.int32],
    stack: NDArray[np.int32],
    table: StackTable,
) -> NDArray[np.uint8]:
    """Return the states with every wait told by its reason and stack."""
    waits = np.flatnonzero(state == State.OTHER_WAIT)
    pairs, which = np.unique(
        reason[waits].astype(np.int64) << 32 | stack[waits], return_inverse=True
    )
    told = [
        wait_state(table.string(pair >> 32), table.stack(pair & 0xFFFFFFFF))
        for pair in pairs.tolist()
    ]
    state = state.copy()
    if told:
        state[waits] = np.array(told, np.uint8)[which]
    return state
