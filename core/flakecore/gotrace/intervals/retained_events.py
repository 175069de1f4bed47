"""Of all a generation's goroutines did, what is asked for over the whole trace.

Whole columns of intervals are let go once they have been looked at. These few rows stay: the
longest waits, since a table of waits shows those; the writes to files, since every line of test
output is one; and for each goroutine the first stack of its own, which names it where the trace
does not hold its creation.
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

LONGEST = 512
"""Waits kept of each generation."""
_WRITERS = ("os.(*File).", "syscall.write", "syscall.Write", "internal/poll.(*FD).Write")
_NO_WRITERS = (
    "net.(*netFD).",
    "net.(*conn).",
    "internal/poll.(*FD).Read",
    "internal/poll.(*FD).Pread",
)
UNWORTHY = (State.GC, State.SYSTEM, State.COROUTINE)
"""Waits that are no news in a table of who waits for what."""
_WAITING = np.array([state.waiting and state not in UNWORTHY for state in State], np.bool_)


@dataclass(frozen=True, slots=True)
class Waits:
    """Waits of goroutines that have ended; every column (n,).

    Attributes:
        goroutine: int64, who waits.
        start, end: int64, nanoseconds since the trace began.
        state: uint8, ``State``.
        reason, stack: numbers of the runtime's reason, and of where it waits.
        waker: goroutine that ended the wait; -1 where none did.
        wake_stack: stack number of where the waker was.
        before: bool, it waited already when it was first seen.
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
    """The first stack of its own of each goroutine, by its number; every column (n,)."""

    goroutine: NDArray[np.int64]
    stack: IntColumn


@dataclass(frozen=True, slots=True)
class RetainedEvents:
    """What stays of a generation's goroutines, or of all of a trace's."""

    waits: Waits
    writes: Writes
    first_stacks: FirstStacks


def find_retained(goroutines: GenerationIntervals, names: TableRemap) -> RetainedEvents:
    """Return what stays of a generation."""
    return RetainedEvents(
        waits=_longest_waits(goroutines),
        writes=_writes(goroutines, names),
        first_stacks=_first_stacks(goroutines),
    )


def join_retained(generations: Sequence[RetainedEvents]) -> RetainedEvents:
    """Return what stays of a trace; its waits are those that lie within a generation."""
    writes = one_after_another([each.writes for each in generations])
    firsts = one_after_another([each.first_stacks for each in generations])
    return RetainedEvents(
        waits=one_after_another([each.waits for each in generations]),
        writes=chosen(writes, np.argsort(writes.start, kind="stable")),
        first_stacks=chosen(firsts, np.unique(firsts.goroutine, return_index=True)[1]),
    )


def is_waiting(state: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return which states are waits worth telling of."""
    return _WAITING[state]


def _longest_waits(goroutines: GenerationIntervals) -> Waits:
    outline = goroutines.outline()
    rows = None if outline is None else longest_waits(outline, _WAITING, LONGEST)
    if rows is None:
        rows = _longest_in_columns(goroutines)
    # What lies within a generation is followed there by what ended it.
    return Waits(
        goroutines.goroutine[rows].astype(np.int64),
        *_times(goroutines, rows),
        state=goroutines.state[rows],
        reason=goroutines.reason[rows],
        stack=goroutines.stack[rows],
        waker=goroutines.actor[rows + 1],
        wake_stack=goroutines.stack[rows + 1],
        before=goroutines.status[rows],
    )


def _longest_in_columns(goroutines: GenerationIntervals) -> NDArray[np.int64]:
    """Return the rows of the longest waits; of two that are as long, the first one."""
    rows = np.flatnonzero(is_waiting(goroutines.state) & goroutines.within())
    length = goroutines.since[rows + 1] - goroutines.since[rows]
    if len(rows) <= LONGEST:
        return rows
    least = np.partition(length, -LONGEST)[-LONGEST]
    longer, rest = np.flatnonzero(length > least), np.flatnonzero(length == least)
    return rows[np.sort(np.append(longer, rest[: LONGEST - len(longer)]))]


def _writes(goroutines: GenerationIntervals, names: TableRemap) -> Writes:
    rows = np.flatnonzero((goroutines.state == State.SYSCALL) & (goroutines.stack > 0))
    stacks, which = np.unique(goroutines.stack[rows], return_inverse=True)
    wanted = np.array([_may_write(names.stack(each)) for each in stacks.tolist()], np.bool_)
    rows = rows[wanted[which]]
    rows = rows[np.argsort(goroutines.since[rows], kind="stable")]
    return Writes(
        goroutines.goroutine[rows].astype(np.int64),
        *_times(goroutines, rows),
        goroutines.stack[rows],
    )


def _times(
    goroutines: GenerationIntervals, rows: NDArray[np.intp]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return when intervals began and ended, in nanoseconds since the trace began."""
    origin = np.int64(goroutines.origin_ns)
    return goroutines.since[rows] + origin, goroutines.ends(rows) + origin


def _may_write(stack: Stack) -> bool:
    functions = [frame.function for frame in stack]
    return any(each.startswith(_WRITERS) for each in functions) and not any(
        each.startswith(_NO_WRITERS) for each in functions
    )


def _first_stacks(goroutines: GenerationIntervals) -> FirstStacks:
    outline, rows = goroutines.outline(), None
    goroutine, actor, stack = goroutines.goroutine, goroutines.actor, goroutines.stack
    if outline is not None:
        rows = first_stacks(outline, goroutine, actor, stack)
    if rows is None:
        rows = np.flatnonzero(((actor == goroutine) | goroutines.status) & (stack > 0))
        place = np.searchsorted(rows, goroutines.first)
        rows = rows[place[:-1][place[1:] > place[:-1]]]
    return FirstStacks(goroutine[rows].astype(np.int64), stack[rows])
