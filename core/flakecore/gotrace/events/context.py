"""The context of each event: the goroutine and proc bound to its thread just before it.

Go's reader replays the scheduler event by event (``src/internal/trace/order.go``). But the
goroutine that a thread runs changes only at a few types of the thread's own events, so it is a
forward fill along the thread's stream from the last such event; the same holds for its proc. There
are two exceptions. The status of a goroutine in a syscall since before the generation may be
written by another thread; it names the thread that the goroutine is bound to. And a proc is stolen
from a thread in a syscall by another thread; the victim's own stream shows it by what follows: it
starts a proc, or leaves the syscall through GoSyscallEndBlocked with none.
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
    """Goroutine and proc bound to the thread just before each event; every column (n,).

    Attributes:
        goroutine: NO_GOROUTINE where none.
        proc: NO_PROC where none.
        goroutine_span: sequence number with which the goroutine started on this thread; 0 if
            that was before the generation.
        proc_span: last sequence number of the bound proc on this thread.
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
        rows: rows of the events.
        goroutine, thread, status: their arguments.
        binds_writer: bool, it binds the goroutine to the thread that wrote it.
    """

    rows: NDArray[np.intp]
    goroutine: IntColumn
    thread: IntColumn
    status: IntColumn
    binds_writer: NDArray[np.bool_]

    @property
    def binds_other(self) -> NDArray[np.bool_]:
        """Which are of a goroutine in a syscall on another thread than the writer; bool, (k,)."""
        binds_other: NDArray[np.bool_] = (self.status == GoStatus.SYSCALL) & ~self.binds_writer
        return binds_other


@dataclass(frozen=True, slots=True)
class NamedGoroutines:
    """The events of a generation whose first argument is a goroutine; every column (k,).

    Attributes:
        rows: rows of the events, ascending.
        kind: uint8, their types.
        goroutine: the one that each names.
        sequence: the goroutine's sequence number; 0 for types without one.
    """

    rows: NDArray[np.intp]
    kind: NDArray[np.uint8]
    goroutine: IntColumn
    sequence: IntColumn


def read_named_goroutines(events: EventColumns) -> NamedGoroutines:
    """Return the events of a generation that name a goroutine."""
    rows = np.flatnonzero(_NAMES_G[events.type])
    kind = events.type[rows]
    sequenced = np.flatnonzero(_SEQUENCED[kind])
    numbers = events.argument(1, rows[sequenced])
    sequence = _scatter(0, numbers, sequenced, len(rows))
    return NamedGoroutines(rows, kind, events.argument(0, rows), sequence)


def read_statuses(events: EventColumns) -> Statuses:
    """Return the goroutine statuses among the events of a generation."""
    rows = events.of_types(_STATUS)
    thread, status = events.argument(1, rows), events.argument(2, rows)
    in_syscall = (status == GoStatus.SYSCALL) & (thread == events.thread(rows))
    binds_writer = (status == GoStatus.RUNNING) | in_syscall
    return Statuses(rows, events.argument(0, rows), thread, status, binds_writer)


def bind(events: EventColumns, statuses: Statuses) -> Context:
    """Return the context of every event of a generation."""
    initial = initial_goroutines(events, statuses)
    native = events.native(initial)
    bound = None if native is None else bind_threads(native)
    if bound is not None:
        return Context(*bound)
    goroutine, goroutine_span = _bind_goroutines(
        events, statuses, read_named_goroutines(events), initial
    )
    proc, proc_span = _bind_procs(events)
    return Context(goroutine, proc, goroutine_span, proc_span)


def initial_goroutines(events: EventColumns, statuses: Statuses) -> NDArray[np.int64]:
    """Return the goroutine in a syscall on each thread when the generation began; (streams,)."""
    initial = np.full(len(events.threads), NO_GOROUTINE, np.int64)
    binds_other = statuses.binds_other
    if binds_other.any():
        stream = np.searchsorted(events.threads, statuses.thread[binds_other])
        stream = np.minimum(stream, len(events.threads) - 1)
        has_stream = events.threads[stream] == statuses.thread[binds_other]
        initial[stream[has_stream]] = statuses.goroutine[binds_other][has_stream]
    return initial


def _bind_goroutines(
    events: EventColumns, statuses: Statuses, named: NamedGoroutines, initial: NDArray[np.int64]
) -> tuple[IntColumn, IntColumn]:
    binds = _BINDS_G[named.kind]
    status_rows = np.searchsorted(named.rows, statuses.rows)
    binds[status_rows] = statuses.binds_writer
    changes = _CHANGES_G[events.type]
    changes[statuses.rows[statuses.binds_writer]] = True
    rows = np.flatnonzero(changes)
    kind = events.type[rows]
    at = np.flatnonzero(_BINDS_G[kind] | _STATUS[kind])
    span = _scatter(0, named.sequence[binds], at, len(rows))
    value = _scatter(NO_GOROUTINE, named.goroutine[binds], at, len(rows))
    runs = _ForwardFill(rows, events.streams)
    return runs.fill(value, initial), runs.fill(span, np.zeros_like(initial))


def _bind_procs(events: EventColumns) -> tuple[IntColumn, IntColumn]:
    rows = np.flatnonzero(_CHANGES_P[events.type])
    kind = events.type[rows]
    none = np.full(len(events.threads), NO_PROC, np.int64)
    zero = np.zeros(len(events.threads), np.int64)

    started, stole = kind == Ev.PROC_START, kind == Ev.PROC_STEAL
    status_rows, blocked = kind == Ev.PROC_STATUS, kind == Ev.GO_SYSCALL_END_BLOCKED
    begins = kind == Ev.GO_SYSCALL_BEGIN
    named = np.flatnonzero(started | stole | status_rows)
    proc = _scatter(0, events.argument(0, rows[named]), named, len(rows))
    second = _scatter(0, events.argument(1, rows[named]), named, len(rows))
    thieves = np.flatnonzero(stole)
    third = _scatter(0, events.argument(2, rows[thieves]), thieves, len(rows))
    own_steal = stole & (third == events.thread(rows))
    in_syscall = status_rows & (second == ProcStatus.SYSCALL)
    states = (status_rows & (second == ProcStatus.RUNNING)) | in_syscall
    entered = begins | in_syscall | (kind == Ev.GO_CREATE_SYSCALL)

    # The last of these rows that determines whether the thread is in a syscall.
    streams = np.searchsorted(rows, events.streams)
    relevant = started | entered | states | blocked
    runs = _ForwardFill(np.flatnonzero(relevant), streams)
    running = started | (states & ~in_syscall)
    regained = runs.fill(running[relevant].astype(np.int64), zero) == 1
    relevant |= kind == Ev.GO_SYSCALL_END
    runs = _ForwardFill(np.flatnonzero(relevant), streams)
    inside = runs.fill(entered[relevant].astype(np.int64), zero) == 1
    # Only a thread that has lost its own proc steals another on its way out of a syscall.
    gone = (blocked & ~regained) | (stole & ~own_steal & inside)

    freed = (kind == Ev.PROC_STOP) | (kind == Ev.GO_DESTROY_SYSCALL)
    binds = started | states
    changes = binds | gone | freed | own_steal
    value = np.where(binds, proc, NO_PROC)[changes]
    bound = _ForwardFill(rows[changes], events.streams).fill(value, none)
    # A thread that starts a proc has none before.
    bound[rows[started | gone]] = NO_PROC

    syscalls = np.flatnonzero(begins)
    span = np.where(started, second, 0)
    span = np.where(
        begins, _scatter(0, events.argument(0, rows[syscalls]), syscalls, len(rows)), span
    )
    changes |= begins
    return bound, _ForwardFill(rows[changes], events.streams).fill(span[changes], zero)


def _scatter(default: int, values: IntColumn, at: NDArray[np.intp], count: int) -> IntColumn:
    """Return a column of ``count`` rows, ``default`` but for ``values`` at some rows."""
    column: IntColumn = np.full(count, default, values.dtype)
    column[at] = values
    return column


class _ForwardFill:
    """Fills columns forward: each row gets the value of the last change before it in its stream."""

    def __init__(self, changes: NDArray[np.intp], streams: NDArray[np.int64]) -> None:
        """Take the rows of changes, ascending, and the bounds of the streams."""
        effective = changes + 1
        # A stream begins with its initial value, whatever the one before it ended with.
        self._positions = np.searchsorted(effective, streams[:-1], side="right")
        begins = np.insert(effective, self._positions, streams[:-1])
        self._lengths = np.diff(np.append(begins, streams[-1]))

    def fill(self, value: IntColumn, initial: NDArray[np.int64]) -> IntColumn:
        """Return the filled column from each change's value and each stream's initial one."""
        fits = np.int32 if int(initial.max(initial=0)) < 1 << 31 else np.int64
        wide = value.astype(np.result_type(value, fits), copy=False)
        filled: IntColumn = np.repeat(np.insert(wide, self._positions, initial), self._lengths)
        return filled
