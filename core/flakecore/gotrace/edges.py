"""One generation's state changes as intervals: those within it, and those that touch its edges.

A generation is decoded without the others, and states what was so when it began. So of each lane
the first interval may have begun earlier and the last may end later: these are its edges, to be
joined with those of its neighbours. All others are whole.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.clock import TickClock
from flakecore.gotrace.columns import chosen
from flakecore.gotrace.intervals import IntervalColumns
from flakecore.gotrace.names import Names
from flakecore.gotrace.states import State
from flakecore.gotrace.transitions import Transitions
from flakecore.gotrace.varint import Places
from flakecore.gotrace.waits import wait_state

_PAIRS = 1 << 24
"""Pairs of a reason and a stack that are told apart by a table; more are sorted."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A generation's intervals of one kind of lane, on the trace's clock.

    The columns are those of ``Transitions``, but for:

    Attributes:
        lanes: int64, (lanes,), ascending.
        first: int64, (lanes + 1,), row at which each lane's intervals begin, and n.
        start, end: int64, (n,), nanoseconds; a lane's last interval ends where the generation
            does.
        state: uint8, (n,), every wait told by its reason and stack.
        reason, stack: (n,), the generation's own numbers.
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
    status: NDArray[np.bool_]

    @property
    def is_head(self) -> NDArray[np.bool_]:
        """Which lanes' first interval may have begun before the generation; (lanes,)."""
        return self.status[self.first[:-1]]

    @property
    def is_open(self) -> NDArray[np.bool_]:
        """Which lanes' last interval may go on after the generation; (lanes,)."""
        is_open: NDArray[np.bool_] = self.state[self.first[1:] - 1] != State.ABSENT
        return is_open

    def within(self) -> NDArray[np.bool_]:
        """Return which intervals lie within the generation as a whole; (n,)."""
        within: NDArray[np.bool_] = self.state != State.ABSENT
        within[self.first[:-1][self.is_head]] = False
        within[self.first[1:] - 1] = False
        return within


@dataclass(frozen=True, slots=True)
class Ends:
    """The first or last intervals of some lanes, by lane; every column (k,).

    Attributes:
        lane, start, end: int64.
        state: uint8.
        reason, stack: the generation's own numbers.
        actor, goroutine, proc, thread: as in ``IntervalColumns``.
        status: bool, stated at the beginning of the generation.
    """

    lane: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    state: NDArray[np.uint8]
    reason: Places
    stack: Places
    actor: Places
    goroutine: Places
    proc: Places
    thread: Places
    status: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Edges:
    """What of a generation's lanes may touch its neighbours.

    Attributes:
        lanes: int64, (lanes,), all lanes it has, ascending.
        start: int64, (lanes,), when each is first seen.
        heads: intervals that may have begun earlier.
        alone: bool, (heads,), the head is all there is of the lane, and may go on.
        tails: intervals that may go on, without the heads that are alone.
        gone, gone_at: int64, the lanes that ended, and when.
    """

    lanes: NDArray[np.int64]
    start: NDArray[np.int64]
    heads: Ends
    alone: NDArray[np.bool_]
    tails: Ends
    gone: NDArray[np.int64]
    gone_at: NDArray[np.int64]


def place_changes(
    transitions: Transitions,
    clock: TickClock,
    extent: tuple[int, int],
    names: Names,
) -> Placed:
    """Put a generation's state changes on the trace's clock, as intervals.

    Args:
        transitions: of one kind of lane.
        clock: turns their ticks into nanoseconds.
        extent: first and last moment of the generation, in nanoseconds.
        names: the strings and stacks under the generation's numbers.
    """
    transitions = _news(transitions)
    begins = _begins(transitions.lane)
    first = np.flatnonzero(begins)
    start = clock.to_ns(transitions.tick)
    stated = np.flatnonzero(transitions.status)
    start[stated] = np.minimum(start[stated], extent[0])
    start = _forward_only(start, begins)
    end = np.empty_like(start)
    end[:-1] = start[1:]
    bounds = np.append(first, len(start))
    end[bounds[1:] - 1] = np.maximum(start[bounds[1:] - 1], extent[1])
    return Placed(
        lanes=transitions.lane[first].astype(np.int64),
        first=bounds,
        start=start,
        end=end,
        state=_told_apart(transitions, names),
        reason=transitions.reason,
        stack=transitions.stack,
        actor=transitions.actor,
        goroutine=transitions.goroutine,
        proc=transitions.proc,
        thread=transitions.thread,
        status=transitions.status,
    )


def edges_of(placed: Placed) -> Edges:
    """Return the intervals that may touch neighbouring generations."""
    heads, opens = placed.is_head, placed.is_open
    first, last = placed.first[:-1], placed.first[1:] - 1
    single = first == last
    return Edges(
        lanes=placed.lanes,
        start=placed.start[first],
        heads=_ends(placed, heads, first[heads]),
        alone=(single & opens)[heads],
        tails=_ends(placed, tails := opens & ~(single & heads), last[tails]),
        gone=placed.lanes[~opens],
        gone_at=placed.start[last[~opens]],
    )


def _ends(placed: Placed, lanes: NDArray[np.bool_], rows: NDArray[np.int64]) -> Ends:
    return Ends(
        lane=placed.lanes[lanes],
        start=placed.start[rows],
        end=placed.end[rows],
        state=placed.state[rows],
        reason=placed.reason[rows],
        stack=placed.stack[rows],
        actor=placed.actor[rows],
        goroutine=placed.goroutine[rows],
        proc=placed.proc[rows],
        thread=placed.thread[rows],
        status=placed.status[rows],
    )


def columns_within(placed: Placed, names: Names, origin_ns: int) -> IntervalColumns:
    """Return the intervals that lie within the generation, as narrow as they can be."""
    rows = np.flatnonzero(placed.within())
    count = np.add.reduceat(placed.within(), placed.first[:-1]) if len(placed.lanes) else rows
    first = np.concatenate(([0], np.cumsum(count)))
    none = np.broadcast_to(np.False_, len(rows))
    return IntervalColumns(
        lanes=placed.lanes,
        first=first,
        origin_ns=origin_ns,
        since=_narrow(placed.start[rows] - origin_ns),
        until=_narrow(placed.end[rows] - origin_ns),
        state=placed.state[rows],
        reason=_narrow(names.strings(placed.reason[rows])),
        stack=_narrow(names.stacks(placed.stack[rows])),
        actor=_narrow(placed.actor[rows]),
        goroutine=_narrow(placed.goroutine[rows]),
        proc=_narrow(placed.proc[rows]),
        thread=_narrow(placed.thread[rows]),
        before=none,
        last=none,
    )


def undetermined(state: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return states as a status tells them: for it every wait is the same."""
    waiting = (state >= State.CHAN_SEND) & (state <= State.OTHER_WAIT)
    return np.where(waiting, State.OTHER_WAIT, state).astype(np.uint8)


def _narrow(column: Places) -> Places:
    """Return a column in the narrowest of 16, 32 and 64 bits that holds its values."""
    low, high = (int(column.min()), int(column.max())) if len(column) else (0, 0)
    if low == high:
        return np.broadcast_to(column[:1], len(column)) if len(column) else column
    for dtype in (np.int16, np.int32):
        if np.iinfo(dtype).min <= low and high <= np.iinfo(dtype).max:
            return column.astype(dtype)
    return column


def _news(transitions: Transitions) -> Transitions:
    """Leave out statuses that repeat the state a lane is known to be in."""
    stated = np.flatnonzero(transitions.status)
    stated = stated[stated > 0]
    before = stated - 1
    repeats = stated[
        (transitions.lane[before] == transitions.lane[stated])
        & (transitions.state[stated] == undetermined(transitions.state[before]))
    ]
    if not len(repeats):
        return transitions
    kept = np.ones(len(transitions.lane), np.bool_)
    kept[repeats] = False
    return chosen(transitions, kept)


def _begins(lane: Places) -> NDArray[np.bool_]:
    """Return which rows are the first of their lane."""
    begins = np.ones(len(lane), np.bool_)
    begins[1:] = lane[1:] != lane[:-1]
    return begins


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


def _told_apart(transitions: Transitions, names: Names) -> NDArray[np.uint8]:
    """Return the states with every wait told by its reason and stack."""
    state = transitions.state
    waits = np.flatnonzero(state == State.OTHER_WAIT)
    reason, stack = transitions.reason[waits], transitions.stack[waits]
    width = int(stack.max(initial=0)) + 1
    if int(reason.max(initial=0)) * width < _PAIRS:
        pair = reason.astype(np.int32) * width + stack
        occurs = np.zeros((int(reason.max(initial=0)) + 1) * width, np.bool_)
        occurs[pair] = True
        distinct = np.flatnonzero(occurs)
        which = np.cumsum(occurs, dtype=np.int32)[pair] - 1
        pairs = np.stack((distinct // width, distinct % width), axis=1)
    else:  # only damage makes such numbers
        both = np.stack((reason, stack), axis=1).astype(np.int64)
        pairs, which = np.unique(both, axis=0, return_inverse=True)
    told = [wait_state(names.string(why), names.stack(where)) for why, where in pairs.tolist()]
    state = state.copy()
    state[waits] = np.array(told, np.uint8)[which]
    return state
