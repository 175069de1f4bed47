"""One generation's state changes as intervals on the trace's clock.

A generation is decoded without the others. So of each lane the first interval may have begun
earlier, where the generation states what was so when it began, and the last may end later.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.format.clock import Extent, TickClock
from flakecore.gotrace.format.columns import chosen
from flakecore.gotrace.format.table_remap import TableRemap
from flakecore.gotrace.format.varint import IntColumn
from flakecore.gotrace.intervals.states import State
from flakecore.gotrace.intervals.transitions import Transitions
from flakecore.gotrace.intervals.wait_states import wait_state
from flakecore.gotrace.native.native_intervals import IntervalOutline, intervals_of

_SMALL = (1 << 31) - 1
"""Nanoseconds that 32 bits hold, either way."""
_TILE = 1 << 16
"""Times converted together: they stay in the processor's cache."""
_PAIRS = 1 << 18
"""Pairs of a reason and a stack that are told apart by a table however few waits there are; more
than these and four a wait are sorted: damage makes numbers that no table should be made for."""


@dataclass(frozen=True, slots=True)
class GenerationIntervals:
    """A generation's intervals of one kind of lane, on the trace's clock.

    The columns are those of ``Transitions``, but for:

    Attributes:
        lanes: int64, (lanes,), ascending.
        first: int64, (lanes + 1,), row at which each lane's intervals begin, and n.
        origin_ns: when the generation began, in nanoseconds since the trace did.
        length_ns: how long it lasted.
        since: int32 or int64, (n,), nanoseconds since the generation began; an interval ends where
            the lane's next one begins, and a lane's last one where the generation ends.
        state: uint8, (n,), every wait told by its reason and stack.
        reason, stack: (n,), the generation's own numbers.
        thread: (n,), the thread, or its place in ``threads`` where that is given.
        threads: the threads, and as the last -1 for none.
    """

    lanes: NDArray[np.int64]
    first: NDArray[np.int64]
    origin_ns: int
    length_ns: int
    since: IntColumn
    state: NDArray[np.uint8]
    reason: IntColumn
    stack: IntColumn
    actor: IntColumn
    goroutine: IntColumn
    proc: IntColumn
    thread: IntColumn
    status: NDArray[np.bool_]
    threads: IntColumn | None = None

    def thread_numbers(self, thread: IntColumn) -> IntColumn:
        """Return the threads that values of the column ``thread`` stand for."""
        return thread if self.threads is None else self.threads[thread]

    def outline(self) -> IntervalOutline | None:
        """Return the intervals as compiled loops take them; None where those cannot."""
        return intervals_of(self.since, self.state, self.status, self.first)

    @property
    def until(self) -> IntColumn:
        """Where each interval ends, in nanoseconds since the generation began; (n,)."""
        until = np.empty_like(self.since)
        until[:-1] = self.since[1:]
        last = self.first[1:] - 1
        until[last] = np.maximum(self.since[last], self.length_ns)
        return until

    def ends(self, rows: NDArray[np.intp]) -> IntColumn:
        """Return where some intervals end, in nanoseconds since the generation began."""
        ends: IntColumn = self.since[np.minimum(rows + 1, len(self.since) - 1)]
        bounds = self.first[np.searchsorted(self.first, rows, side="right")]
        last = np.flatnonzero(bounds == rows + 1)
        ends[last] = np.maximum(self.since[rows[last]], self.length_ns)
        return ends

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


def place_changes(
    transitions: Transitions,
    clock: TickClock,
    extent: Extent,
    names: TableRemap,
) -> GenerationIntervals:
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
    since = _since(transitions.tick, clock, extent)
    stated = np.flatnonzero(transitions.status)
    since[stated] = np.minimum(since[stated], 0)
    since = _forward_only(since, begins)
    return GenerationIntervals(
        lanes=transitions.lane[first].astype(np.int64),
        first=np.append(first, len(since)),
        origin_ns=extent[0],
        length_ns=extent[1] - extent[0],
        since=since,
        state=tell_apart(transitions.state, transitions.reason, transitions.stack, names),
        reason=transitions.reason,
        stack=transitions.stack,
        actor=transitions.actor,
        goroutine=transitions.goroutine,
        proc=transitions.proc,
        thread=transitions.thread,
        status=transitions.status,
    )


def undetermined(state: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return states as a status tells them: for it every wait is the same."""
    waiting = (state >= State.CHAN_SEND) & (state <= State.OTHER_WAIT)
    return np.where(waiting, State.OTHER_WAIT, state).astype(np.uint8)


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


def _begins(lane: IntColumn) -> NDArray[np.bool_]:
    """Return which rows are the first of their lane."""
    begins = np.ones(len(lane), np.bool_)
    begins[1:] = lane[1:] != lane[:-1]
    return begins


def _since(tick: NDArray[np.int64], clock: TickClock, extent: Extent) -> IntColumn:
    """Return the times of ticks since a generation began, 32 bits wide where they fit."""
    small = extent[1] - extent[0] < _SMALL
    since: IntColumn = np.empty(len(tick), np.int32 if small else np.int64)
    for at in range(0, len(tick), _TILE):
        time = clock.to_ns(tick[at : at + _TILE]) - extent[0]
        since[at : at + _TILE] = np.maximum(time, -_SMALL) if small else time
    return since


def _forward_only(time: IntColumn, begins: NDArray[np.bool_]) -> IntColumn:
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


def tell_apart(
    state: NDArray[np.uint8], reason: IntColumn, stack: IntColumn, names: TableRemap
) -> NDArray[np.uint8]:
    """Return states with every wait told by its reason and stack."""
    waits = np.flatnonzero(state == State.OTHER_WAIT)
    reason, stack = reason[waits], stack[waits]
    width = int(stack.max(initial=0)) + 1
    most = (int(reason.max(initial=0)) + 1) * width
    least = min(int(reason.min(initial=0)), int(stack.min(initial=0)))
    if least >= 0 and most <= _PAIRS + 4 * len(waits):
        pair = reason.astype(np.int32) * width + stack
        occurs = np.zeros(most, np.bool_)
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
