"""Rows of a generation's goroutines that stay in memory: looked up over the whole trace.

Columns of intervals are freed again after they have been used. These rows stay: the longest waits,
which a table of waits shows; the writes to files, as each write of test output is one; and the
first stack of each goroutine's own, which names it where the trace does not hold its creation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.format.columns import chosen, one_after_another
from flakecore.gotrace.format.stacks import Stack
from flakecore.gotrace.format.table_remap import TableRemap
from flakecore.gotrace.format.varint import IntColumn
from flakecore.gotrace.intervals.generation_intervals import GenerationIntervals
from flakecore.gotrace.intervals.states import State
from flakecore.gotrace.native.native_intervals import first_stacks, longest_waits

MAX_WAITS = 512
"""Waits retained of each generation."""
_WRITE_FUNCTIONS = ("os.(*File).", "syscall.write", "syscall.Write", "internal/poll.(*FD).Write")
_OTHER_FUNCTIONS = (
    "net.(*netFD).",
    "net.(*conn).",
    "internal/poll.(*FD).Read",
    "internal/poll.(*FD).Pread",
)
UNLISTED_WAITS = (State.GC, State.SYSTEM, State.COROUTINE)
"""Waits that a table of waits leaves out: the runtime's own, and coroutines switched away from."""
_WAITING = np.array([state.waiting and state not in UNLISTED_WAITS for state in State], np.bool_)


@dataclass(frozen=True, slots=True)
class Waits:
    """Waits of goroutines that have ended; every column (n,).

    Attributes:
        goroutine: int64, the one that waits.
        start, end: int64, nanoseconds since the trace began.
        state: uint8, ``State``.
        reason, stack: string number of the runtime's reason, stack number of the wait.
        waker: goroutine that ended the wait; -1 for none.
        wake_stack: stack number of the event that ended the wait.
        before: bool, the wait began before the goroutine's first event, a status.
    """

    goroutine: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    state: NDArray[np.uint8]
    reason: IntColumn
    stack: IntColumn
    waker: IntColumn
    wake_stack: IntColumn
    before: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Writes:
    """System calls that may write to a file, in order of time; every column (n,).

    Attributes:
        goroutine: int64.
        start, end: int64, nanoseconds since the trace began.
        stack: stack number.
    """

    goroutine: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    stack: IntColumn


@dataclass(frozen=True, slots=True)
class FirstStacks:
    """First stack number of each goroutine, of an event of its own or a status; columns (n,)."""

    goroutine: NDArray[np.int64]
    stack: IntColumn


@dataclass(frozen=True, slots=True)
class RetainedEvents:
    """Rows retained of the goroutines of a generation, or of a whole trace."""

    waits: Waits
    writes: Writes
    first_stacks: FirstStacks


def find_retained(intervals: GenerationIntervals, remap: TableRemap) -> RetainedEvents:
    """Return the rows retained of a generation, under its string and stack numbers."""
    return RetainedEvents(
        waits=_longest_waits(intervals),
        writes=_writes(intervals, remap),
        first_stacks=_first_stacks(intervals),
    )


def join_retained(generations: Sequence[RetainedEvents]) -> RetainedEvents:
    """Return the rows of all generations; those of each goroutine's first stack only once."""
    writes = one_after_another([each.writes for each in generations])
    firsts = one_after_another([each.first_stacks for each in generations])
    return RetainedEvents(
        waits=one_after_another([each.waits for each in generations]),
        writes=chosen(writes, np.argsort(writes.start, kind="stable")),
        first_stacks=chosen(firsts, np.unique(firsts.goroutine, return_index=True)[1]),
    )


def is_waiting(state: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return which states are waits that a table of waits shows; bool, (n,)."""
    return _WAITING[state]


def _longest_waits(intervals: GenerationIntervals) -> Waits:
    native = intervals.native()
    rows = None if native is None else longest_waits(native, _WAITING, MAX_WAITS)
    if rows is None:
        rows = _longest_wait_rows(intervals)
    # An interval that lies within a generation is followed there by the one that ended it.
    return Waits(
        intervals.goroutine[rows].astype(np.int64),
        *_times(intervals, rows),
        state=intervals.state[rows],
        reason=intervals.reason[rows],
        stack=intervals.stack[rows],
        waker=intervals.actor[rows + 1],
        wake_stack=intervals.stack[rows + 1],
        before=intervals.status[rows],
    )


def _longest_wait_rows(intervals: GenerationIntervals) -> NDArray[np.int64]:
    """Return the rows of the ``MAX_WAITS`` longest waits; of equally long ones the first."""
    rows = np.flatnonzero(is_waiting(intervals.state) & intervals.within())
    length = intervals.since[rows + 1] - intervals.since[rows]
    if len(rows) <= MAX_WAITS:
        return rows
    least = np.partition(length, -MAX_WAITS)[-MAX_WAITS]
    longer, rest = np.flatnonzero(length > least), np.flatnonzero(length == least)
    return rows[np.sort(np.append(longer, rest[: MAX_WAITS - len(longer)]))]


def _writes(intervals: GenerationIntervals, remap: TableRemap) -> Writes:
    rows = np.flatnonzero((intervals.state == State.SYSCALL) & (intervals.stack > 0))
    stacks, which = np.unique(intervals.stack[rows], return_inverse=True)
    may_write = np.array([_may_write(remap.stack(each)) for each in stacks.tolist()], np.bool_)
    rows = rows[may_write[which]]
    rows = rows[np.argsort(intervals.since[rows], kind="stable")]
    return Writes(
        intervals.goroutine[rows].astype(np.int64),
        *_times(intervals, rows),
        intervals.stack[rows],
    )


def _times(
    intervals: GenerationIntervals, rows: NDArray[np.intp]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return start and end of some intervals, in nanoseconds since the trace began; int64."""
    origin = np.int64(intervals.origin_ns)
    return intervals.since[rows] + origin, intervals.ends(rows) + origin


def _may_write(stack: Stack) -> bool:
    functions = [frame.function for frame in stack]
    return any(each.startswith(_WRITE_FUNCTIONS) for each in functions) and not any(
        each.startswith(_OTHER_FUNCTIONS) for each in functions
    )


def _first_stacks(intervals: GenerationIntervals) -> FirstStacks:
    native, rows = intervals.native(), None
    goroutine, actor, stack = intervals.goroutine, intervals.actor, intervals.stack
    if native is not None:
        rows = first_stacks(native, goroutine, actor, stack)
    if rows is None:
        rows = np.flatnonzero(((actor == goroutine) | intervals.status) & (stack > 0))
        place = np.searchsorted(rows, intervals.first)
        rows = rows[place[:-1][place[1:] > place[:-1]]]
    return FirstStacks(goroutine[rows].astype(np.int64), stack[rows])
