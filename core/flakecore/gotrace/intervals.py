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
from flakecore.gotrace.varint import Places
from flakecore.gotrace.waits import wait_state

_T = TypeVar("_T", bound=np.generic)
_PAIRS = 1 << 24
"""Pairs of a reason and a stack that are told apart by a table; more are sorted."""


@dataclass(frozen=True, slots=True)
class Changes:
    """The transitions of one generation with times in nanoseconds and trace-wide numbers.

    The columns are those of ``Transitions``, each as narrow as its values allow: a trace may hold
    twenty million changes. ``start_ns`` is when the generation began.
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


@dataclass(frozen=True, slots=True)
class IntervalColumns:
    """Intervals of all lanes of one kind, by lane and then by time; one row an interval.

    Numbers are 16, 32 or 64 bits wide, as narrow as a column's values allow.

    Attributes:
        lanes: int64, (lanes,), the lanes' numbers, ascending.
        first: int64, (lanes + 1,), row at which each lane's intervals begin, and n.
        start, end: int64, (n,), nanoseconds since the trace began.
        state: uint8, (n,), ``State``; a lane has no row for when it is ABSENT.
        reason: (n,), string number of the runtime's reason for entering the state.
        stack: (n,), stack number of where the lane, or who changed it, was.
        actor: (n,), goroutine that caused the change into the state; -1 for none. Of a
            wait's next row it is who ended the wait.
        goroutine, proc, thread: (n,), what ran together; -1 for none.
        before: bool, (n,), the lane was so already when it was first seen.
        last: bool, (n,), nothing had ended it when the trace stopped.
    """

    lanes: NDArray[np.int64]
    first: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    state: NDArray[np.uint8]
    reason: Places
    stack: Places
    actor: Places
    goroutine: Places
    proc: Places
    thread: Places
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


def join(generations: Sequence[Changes], end_ns: int, table: StackTable) -> IntervalColumns:
    """Join the changes of all generations, in their order, into intervals."""
    lane = _joined([g.lane for g in generations])
    # Stable, so that each lane's generations stay in order; each is sorted already, and merging
    # sorted runs is what numpy's stable sort is quick at.
    order = np.argsort(lane, kind="stable")
    lane = lane[order]
    state = _joined([g.state for g in generations])[order]
    status = _joined([g.status for g in generations])[order]
    new_lane = _begins(lane)
    # A later status that repeats the state before it says nothing new.
    repeats = np.zeros(len(lane), np.bool_)
    repeats[1:] = status[1:] & ~new_lane[1:] & (state[1:] == state[:-1])
    if repeats.any():
        keep = ~repeats
        order, lane, state, status = order[keep], lane[keep], state[keep], status[keep]
        new_lane = _begins(lane)

    start = _joined([g.time for g in generations])[order]
    stated = np.flatnonzero(status)
    bounds = np.cumsum([len(g.lane) for g in generations])
    began = np.array([g.start_ns for g in generations], np.int64)
    of_generation = np.searchsorted(bounds, order[stated], side="right")
    start[stated] = np.minimum(start[stated], began[of_generation])
    start = _forward_only(start, new_lane)
    end = np.full(len(start), end_ns, np.int64)
    end[:-1] = np.where(new_lane[1:], max(end_ns, 0), start[1:])
    last = np.ones(len(start), np.bool_)
    last[:-1] = new_lane[1:]

    present = state != State.ABSENT
    if not present.all():
        order, lane, state, status = order[present], lane[present], state[present], status[present]
        start, end, last = start[present], end[present], last[present]
    np.maximum(end, start, out=end)
    first = np.flatnonzero(_begins(lane))
    reason = _joined([g.reason for g in generations])[order]
    stack = _joined([g.stack for g in generations])[order]
    return IntervalColumns(
        lanes=lane[first].astype(np.int64),
        first=np.append(first, len(lane)).astype(np.int64),
        start=start,
        end=end,
        state=_told_apart(state, reason, stack, table),
        reason=reason,
        stack=stack,
        actor=_joined([g.actor for g in generations])[order],
        goroutine=_joined([g.goroutine for g in generations])[order],
        proc=_joined([g.proc for g in generations])[order],
        thread=_joined([g.thread for g in generations])[order],
        before=status,
        last=last,
    )


def _begins(lane: Places) -> NDArray[np.bool_]:
    """Return which rows are the first of their lane."""
    begins = np.ones(len(lane), np.bool_)
    begins[1:] = lane[1:] != lane[:-1]
    return begins


def _joined(parts: Sequence[NDArray[_T]]) -> NDArray[_T]:
    return np.concatenate(parts)


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
    reason: Places,
    stack: Places,
    table: StackTable,
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
    state[waits] = np.array(told, np.uint8)[which]
    return state
