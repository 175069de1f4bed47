"""On which goroutine and proc each event happened: what was bound to its thread at that moment.

The reference reader replays the scheduler event by event (``src/internal/trace/order.go``). But
which goroutine a thread runs changes only at few types of its own events, so it is a forward
fill along each thread's stream from the last such event; the same for its proc. Two things come
from elsewhere. A goroutine that sat in a syscall since before the generation may have its status
written by another thread, which names the thread it is bound to. And a proc is stolen from a
thread in a syscall by another thread; the thread itself shows it by what follows in its own
stream: it starts a proc, or leaves the syscall through GoSyscallEndBlocked with none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.events.event_columns import EventColumns
from flakecore.gotrace.format.columns import chosen
from flakecore.gotrace.format.varint import IntColumn
from flakecore.gotrace.format.wire import Ev, GoStatus, ProcStatus, of_types
from flakecore.gotrace.native.thread_context import bind_threads

NO_GOROUTINE = -1
NO_PROC = -1

_STATUS = of_types(Ev.GO_STATUS, Ev.GO_STATUS_STACK)
_SEQUENCED = of_types(Ev.GO_START, Ev.GO_UNBLOCK, Ev.GO_SWITCH, Ev.GO_SWITCH_DESTROY)
_BINDS_G = of_types(Ev.GO_START, Ev.GO_SWITCH, Ev.GO_SWITCH_DESTROY, Ev.GO_CREATE_SYSCALL)
_NAMES_G = _STATUS | _SEQUENCED | _BINDS_G | of_types(Ev.GO_CREATE, Ev.GO_CREATE_BLOCKED)
_CHANGES_G = _BINDS_G | of_types(
    Ev.GO_STOP, Ev.GO_BLOCK, Ev.GO_DESTROY, Ev.GO_DESTROY_SYSCALL, Ev.GO_SYSCALL_END_BLOCKED
)
_CHANGES_P = of_types(
    Ev.PROC_START,
    Ev.PROC_STOP,
    Ev.PROC_STEAL,
    Ev.PROC_STATUS,
    Ev.GO_DESTROY_SYSCALL,
    Ev.GO_SYSCALL_BEGIN,
    Ev.GO_SYSCALL_END,
    Ev.GO_SYSCALL_END_BLOCKED,
    Ev.GO_CREATE_SYSCALL,
)


@dataclass(frozen=True, slots=True)
class Context:
    """What was bound to the thread just before each event; every column (n,).

    Attributes:
        goroutine: NO_GOROUTINE where none.
        proc: NO_PROC where none.
        goroutine_span: sequence number with which the goroutine came to run on this thread;
            0 if it did so before the generation began.
        proc_span: the last sequence number the bound proc had reached on this thread.
    """

    goroutine: IntColumn
    proc: IntColumn
    goroutine_span: IntColumn
    proc_span: IntColumn

    def at(self, rows: NDArray[np.intp]) -> Context:
        """Return the context of some rows."""
        return chosen(self, rows)


@dataclass(frozen=True, slots=True)
class Statuses:
    """The goroutine statuses of a generation; every column (k,).

    Attributes:
        rows: which events they are.
        goroutine, thread, status: their arguments.
        here: bool, it binds the goroutine to the thread that wrote it.
    """

    rows: NDArray[np.intp]
    goroutine: IntColumn
    thread: IntColumn
    status: IntColumn
    here: NDArray[np.bool_]

    @property
    def elsewhere(self) -> NDArray[np.bool_]:
        """Whether it is of a goroutine in a syscall on another thread than the one writing."""
        elsewhere: NDArray[np.bool_] = (self.status == GoStatus.SYSCALL) & ~self.here
        return elsewhere


@dataclass(frozen=True, slots=True)
class Named:
    """The events of a generation whose first argument is a goroutine; every column (k,).

    Attributes:
        rows: which events they are, ascending.
        kind: uint8, their types.
        goroutine: which one each names.
        sequence: its sequence number with which it happened to it; 0 for events without one.
    """

    rows: NDArray[np.intp]
    kind: NDArray[np.uint8]
    goroutine: IntColumn
    sequence: IntColumn


def read_named(events: EventColumns) -> Named:
    """Return the events of a generation that name a goroutine."""
    rows = np.flatnonzero(_NAMES_G[events.type])
    kind = events.type[rows]
    sequenced = np.flatnonzero(_SEQUENCED[kind])
    numbers = events.argument(1, rows[sequenced])
    sequence = _spread(0, numbers, sequenced, len(rows))
    return Named(rows, kind, events.argument(0, rows), sequence)


def read_statuses(events: EventColumns) -> Statuses:
    """Return the goroutine statuses among the events of a generation."""
    rows = events.of_types(_STATUS)
    thread, status = events.argument(1, rows), events.argument(2, rows)
    in_syscall = (status == GoStatus.SYSCALL) & (thread == events.thread(rows))
    here = (status == GoStatus.RUNNING) | in_syscall
    return Statuses(rows, events.argument(0, rows), thread, status, here)


def bind(events: EventColumns, statuses: Statuses) -> Context:
    """Return the context of every event of a generation."""
    initial = initial_goroutines(events, statuses)
    outline = events.outline(initial)
    bound = None if outline is None else bind_threads(outline)
    if bound is not None:
        return Context(*bound)
    goroutine, goroutine_span = _bind_goroutines(events, statuses, read_named(events), initial)
    proc, proc_span = _bind_procs(events)
    return Context(goroutine, proc, goroutine_span, proc_span)


def initial_goroutines(events: EventColumns, statuses: Statuses) -> NDArray[np.int64]:
    """Return the goroutine that each thread had in a syscall when the generation began."""
    initial = np.full(len(events.threads), NO_GOROUTINE, np.int64)
    elsewhere = statuses.elsewhere
    if elsewhere.any():
        stream = np.searchsorted(events.threads, statuses.thread[elsewhere])
        stream = np.minimum(stream, len(events.threads) - 1)
        known = events.threads[stream] == statuses.thread[elsewhere]
        initial[stream[known]] = statuses.goroutine[elsewhere][known]
    return initial


def _bind_goroutines(
    events: EventColumns, statuses: Statuses, named: Named, initial: NDArray[np.int64]
) -> tuple[IntColumn, IntColumn]:
    binds = _BINDS_G[named.kind]
    stated = np.searchsorted(named.rows, statuses.rows)
    binds[stated] = statuses.here
    changes = _CHANGES_G[events.type]
    changes[statuses.rows[statuses.here]] = True
    rows = np.flatnonzero(changes)
    kind = events.type[rows]
    at = np.flatnonzero(_BINDS_G[kind] | _STATUS[kind])
    span = _spread(0, named.sequence[binds], at, len(rows))
    value = _spread(NO_GOROUTINE, named.goroutine[binds], at, len(rows))
    runs = _Runs(rows, events.streams)
    return runs.fill(value, initial), runs.fill(span, np.zeros_like(initial))


def _bind_procs(events: EventColumns) -> tuple[IntColumn, IntColumn]:
    rows = np.flatnonzero(_CHANGES_P[events.type])
    kind = events.type[rows]
    none = np.full(len(events.threads), NO_PROC, np.int64)
    zero = np.zeros(len(events.threads), np.int64)

    started, stole = kind == Ev.PROC_START, kind == Ev.PROC_STEAL
    stated, blocked = kind == Ev.PROC_STATUS, kind == Ev.GO_SYSCALL_END_BLOCKED
    begins = kind == Ev.GO_SYSCALL_BEGIN
    named = np.flatnonzero(started | stole | stated)
    proc = _spread(0, events.argument(0, rows[named]), named, len(rows))
    second = _spread(0, events.argument(1, rows[named]), named, len(rows))
    thieves = np.flatnonzero(stole)
    third = _spread(0, events.argument(2, rows[thieves]), thieves, len(rows))
    own_steal = stole & (third == events.thread(rows))
    in_syscall = stated & (second == ProcStatus.SYSCALL)
    states = (stated & (second == ProcStatus.RUNNING)) | in_syscall
    entered = begins | in_syscall | (kind == Ev.GO_CREATE_SYSCALL)

    # Within these rows alone: what was the last word on the syscall the thread is in?
    streams = np.searchsorted(rows, events.streams)
    word = started | entered | states | blocked
    runs = _Runs(np.flatnonzero(word), streams)
    running = started | (states & ~in_syscall)
    regained = runs.fill(running[word].astype(np.int64), zero) == 1
    word |= kind == Ev.GO_SYSCALL_END
    runs = _Runs(np.flatnonzero(word), streams)
    inside = runs.fill(entered[word].astype(np.int64), zero) == 1
    # Only a thread that has lost its own proc takes another's on its way out of a syscall.
    gone = (blocked & ~regained) | (stole & ~own_steal & inside)

    freed = (kind == Ev.PROC_STOP) | (kind == Ev.GO_DESTROY_SYSCALL)
    binds = started | states
    changes = binds | gone | freed | own_steal
    value = np.where(binds, proc, NO_PROC)[changes]
    bound = _Runs(rows[changes], events.streams).fill(value, none)
    # A thread that starts a proc has none before.
    bound[rows[started | gone]] = NO_PROC

    begun = np.flatnonzero(begins)
    span = np.where(started, second, 0)
    span = np.where(begins, _spread(0, events.argument(0, rows[begun]), begun, len(rows)), span)
    changes |= begins
    return bound, _Runs(rows[changes], events.streams).fill(span[changes], zero)


def _spread(otherwise: int, values: IntColumn, at: NDArray[np.intp], count: int) -> IntColumn:
    """Return a column with ``values`` at some rows, and ``otherwise`` everywhere else."""
    column: IntColumn = np.full(count, otherwise, values.dtype)
    column[at] = values
    return column


class _Runs:
    """Fills columns forward: every row gets the value of the last change before it."""

    def __init__(self, changes: NDArray[np.intp], streams: NDArray[np.int64]) -> None:
        """Take the rows that change the value, ascending, and the bounds of the streams."""
        takes_effect = changes + 1
        # A stream begins anew, whatever the last row of the one before it changed.
        self._places = np.searchsorted(takes_effect, streams[:-1], side="right")
        begins = np.insert(takes_effect, self._places, streams[:-1])
        self._lengths = np.diff(np.append(begins, streams[-1]))

    def fill(self, value: IntColumn, initial: NDArray[np.int64]) -> IntColumn:
        """Return the filled column from each change's value and each stream's initial one."""
        fits = np.int32 if int(initial.max(initial=0)) < 1 << 31 else np.int64
        wide = value.astype(np.result_type(value, fits), copy=False)
        filled: IntColumn = np.repeat(np.insert(wide, self._places, initial), self._lengths)
        return filled
