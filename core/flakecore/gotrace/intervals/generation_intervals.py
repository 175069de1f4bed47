"""The intervals of one generation, on the trace's clock.

A generation is decoded without the others. The first interval of a lane may have begun earlier, if
it comes from a status at the generation's beginning; the last interval may end later.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.distinct import distinct
from flakecore.gotrace.format.clock import Extent, TickClock
from flakecore.gotrace.format.columns import chosen
from flakecore.gotrace.format.table_remap import TableRemap
from flakecore.gotrace.format.varint import IntColumn
from flakecore.gotrace.intervals.state_columns import StateColumns
from flakecore.gotrace.intervals.states import State
from flakecore.gotrace.intervals.transitions import Transitions
from flakecore.gotrace.intervals.wait_states import wait_state
from flakecore.gotrace.native.native_intervals import IntervalOutline, intervals_of

_MAX_INT32 = (1 << 31) - 1
"""Largest time, in nanoseconds, of an int32 column."""
_TILE = 1 << 16
"""Times converted at a time: half a megabyte, which stays in a processor's second-level cache."""
_TABLE_PAIRS = 1 << 18
"""Pairs of a reason and a stack that are looked up in a table however few waits there are; more
than these and four a wait are sorted instead, as damage may hold numbers of any size."""


@dataclass(frozen=True, slots=True)
class GenerationIntervals(StateColumns):
    """A generation's intervals of one type of lane, on the trace's clock.

    Columns that are not listed are those of ``Transitions``.

    Attributes:
        lanes: int64, (lanes,), ascending.
        first: int64, (lanes + 1,), row at which each lane's intervals begin, and n.
        origin_ns: when the generation began, in nanoseconds since the trace did.
        length_ns: how long it lasted.
        since: int32 or int64, (n,), nanoseconds since the generation began; an interval ends where
            the lane's next one begins, and a lane's last one where the generation ends.
        state: uint8, (n,), ``State``; waits by their reason and stack.
        reason, stack: (n,), the generation's string and stack numbers.
        thread: (n,), the thread, or its index in ``threads`` where that is given.
        status: bool, (n,), as the lane began the generation, by a status event.
        threads: (k + 1,), threads, the last of which is -1 for none; None where ``thread`` names
            them.
    """

    lanes: NDArray[np.int64]
    first: NDArray[np.int64]
    origin_ns: int
    length_ns: int
    since: IntColumn
    status: NDArray[np.bool_]
    threads: IntColumn | None = None

    def thread_numbers(self, thread: IntColumn) -> IntColumn:
        """Return thread numbers from values of the column ``thread``."""
        return thread if self.threads is None else self.threads[thread]

    def native(self, lanes: slice = slice(None)) -> IntervalOutline | None:
        """Return the intervals in the form of the compiled loops; None where they do not fit.

        ``lanes`` are those that the loops go through.
        """
        begin, end, _ = lanes.indices(len(self.lanes))
        return intervals_of(self.since, self.state, self.status, self.first[begin : end + 1])

    @property
    def nbytes(self) -> int:
        """Bytes of memory that the columns take."""
        times = (self.since, self.state, self.reason, self.stack, self.actor)
        bound = (self.goroutine, self.proc, self.thread, self.status)
        # A column that is one number for all rows takes no memory.
        return sum(column.nbytes for column in (*times, *bound) if any(column.strides))

    @property
    def until(self) -> IntColumn:
        """End of each interval, in nanoseconds since the generation began; (n,)."""
        until = np.empty_like(self.since)
        until[:-1] = self.since[1:]
        last = self.first[1:] - 1
        until[last] = np.maximum(self.since[last], self.length_ns)
        return until

    def ends(self, rows: NDArray[np.intp]) -> IntColumn:
        """Return the ends of some intervals, in nanoseconds since the generation began."""
        ends: IntColumn = self.since[np.minimum(rows + 1, len(self.since) - 1)]
        bounds = self.first[np.searchsorted(self.first, rows, side="right")]
        last = np.flatnonzero(bounds == rows + 1)
        ends[last] = np.maximum(self.since[rows[last]], self.length_ns)
        return ends

    @property
    def is_head(self) -> NDArray[np.bool_]:
        """Lanes whose first interval may have begun before the generation; bool, (lanes,)."""
        return self.status[self.first[:-1]]

    @property
    def is_open(self) -> NDArray[np.bool_]:
        """Lanes whose last interval may go on after the generation; bool, (lanes,)."""
        is_open: NDArray[np.bool_] = self.state[self.first[1:] - 1] != State.ABSENT
        return is_open

    def within(self) -> NDArray[np.bool_]:
        """Return which intervals begin and end within the generation; bool, (n,)."""
        within = np.ones(len(self.state), np.bool_)
        within[self.rows_not_within()] = False
        return within

    def rows_not_within(self) -> NDArray[np.int64]:
        """Return the rows of the others, and of what is no interval: a lane that is ABSENT."""
        absent = np.flatnonzero(self.state == State.ABSENT)
        return distinct(np.concatenate((self.first[:-1][self.is_head], self.first[1:] - 1, absent)))


def transition_intervals(
    transitions: Transitions,
    clock: TickClock,
    extent: Extent,
    remap: TableRemap,
) -> GenerationIntervals:
    """Return a generation's state transitions as intervals.

    Args:
        transitions: of one type of lane.
        clock: converts their ticks to nanoseconds.
        extent: first and last moment of the generation, in nanoseconds.
        remap: the strings and stacks of the generation, by its numbers.
    """
    transitions = _without_repeated_statuses(transitions)
    begins = _lane_begins(transitions.lane)
    first = np.flatnonzero(begins)
    since = _times_since(transitions.tick, clock, extent)
    statuses = np.flatnonzero(transitions.status)
    since[statuses] = np.minimum(since[statuses], 0)
    since = _monotonic_by_lane(since, begins)
    return GenerationIntervals(
        lanes=transitions.lane[first].astype(np.int64),
        first=np.append(first, len(since)),
        origin_ns=extent[0],
        length_ns=extent[1] - extent[0],
        since=since,
        state=refine_wait_states(transitions.state, transitions.reason, transitions.stack, remap),
        reason=transitions.reason,
        stack=transitions.stack,
        actor=transitions.actor,
        goroutine=transitions.goroutine,
        proc=transitions.proc,
        thread=transitions.thread,
        status=transitions.status,
    )


def without_wait_reason(state: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return states with every wait as OTHER_WAIT, as a status event states them; uint8."""
    waiting = (state >= State.CHAN_SEND) & (state <= State.OTHER_WAIT)
    return np.where(waiting, State.OTHER_WAIT, state).astype(np.uint8)


def _without_repeated_statuses(transitions: Transitions) -> Transitions:
    """Return transitions without statuses that repeat the state their lane is in."""
    statuses = np.flatnonzero(transitions.status)
    statuses = statuses[statuses > 0]
    before = statuses - 1
    repeated = statuses[
        (transitions.lane[before] == transitions.lane[statuses])
        & (transitions.state[statuses] == without_wait_reason(transitions.state[before]))
    ]
    if not len(repeated):
        return transitions
    is_new = np.ones(len(transitions.lane), np.bool_)
    is_new[repeated] = False
    return chosen(transitions, is_new)


def _lane_begins(lane: IntColumn) -> NDArray[np.bool_]:
    """Return which rows are the first of their lane; bool, (n,)."""
    begins = np.ones(len(lane), np.bool_)
    begins[1:] = lane[1:] != lane[:-1]
    return begins


def _times_since(tick: NDArray[np.int64], clock: TickClock, extent: Extent) -> IntColumn:
    """Return ticks as nanoseconds since a generation began; int32 where they fit, else int64."""
    small = extent[1] - extent[0] < _MAX_INT32
    since: IntColumn = np.empty(len(tick), np.int32 if small else np.int64)
    for at in range(0, len(tick), _TILE):
        time = clock.to_ns(tick[at : at + _TILE]) - extent[0]
        since[at : at + _TILE] = np.maximum(time, -_MAX_INT32) if small else time
    return since


def _monotonic_by_lane(time: IntColumn, begins: NDArray[np.bool_]) -> IntColumn:
    """Return times that do not decrease within a lane, where threads' clocks disagree."""
    decreasing = np.flatnonzero((time[1:] < time[:-1]) & ~begins[1:]) + 1
    if not len(decreasing):
        return time
    bounds = np.append(np.flatnonzero(begins), len(time))
    time = time.copy()
    for lane in np.unique(np.searchsorted(bounds, decreasing, side="right") - 1):
        rows = slice(bounds[lane], bounds[lane + 1])
        time[rows] = np.maximum.accumulate(time[rows])
    return time


def refine_wait_states(
    state: NDArray[np.uint8], reason: IntColumn, stack: IntColumn, remap: TableRemap
) -> NDArray[np.uint8]:
    """Return states with each OTHER_WAIT replaced by the state that its reason and stack give."""
    waits = np.flatnonzero(state == State.OTHER_WAIT)
    reason, stack = reason[waits], stack[waits]
    width = int(stack.max(initial=0)) + 1
    most = (int(reason.max(initial=0)) + 1) * width
    least = min(int(reason.min(initial=0)), int(stack.min(initial=0)))
    if least >= 0 and most <= _TABLE_PAIRS + 4 * len(waits):
        pair_ranges = reason.astype(np.int32) * width + stack
        occurs = np.zeros(most, np.bool_)
        occurs[pair_ranges] = True
        distinct = np.flatnonzero(occurs)
        which = np.cumsum(occurs, dtype=np.int32)[pair_ranges] - 1
        pairs = np.stack((distinct // width, distinct % width), axis=1)
    else:  # numbers this large come from damage
        both = np.stack((reason, stack), axis=1).astype(np.int64)
        pairs, which = np.unique(both, axis=0, return_inverse=True)
    states = [
        wait_state(remap.string(reason_id), remap.stack(stack_id))
        for reason_id, stack_id in pairs.tolist()
    ]
    state = state.copy()
    state[waits] = np.array(states, np.uint8)[which]
    return state
