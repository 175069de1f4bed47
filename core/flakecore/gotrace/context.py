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

from flakecore.gotrace.events import EventColumns
from flakecore.gotrace.wire import Ev, GoStatus, ProcStatus, of_types

NO_GOROUTINE = -1
NO_PROC = -1

_STATUS = of_types(Ev.GO_STATUS, Ev.GO_STATUS_STACK)
_BIND_G = of_types(Ev.GO_START, Ev.GO_SWITCH, Ev.GO_SWITCH_DESTROY, Ev.GO_CREATE_SYSCALL)
_SEQUENCED_G = of_types(Ev.GO_START, Ev.GO_SWITCH, Ev.GO_SWITCH_DESTROY)
_FREE_G = of_types(
    Ev.GO_STOP, Ev.GO_BLOCK, Ev.GO_DESTROY, Ev.GO_DESTROY_SYSCALL, Ev.GO_SYSCALL_END_BLOCKED
)
_FREE_P = of_types(Ev.PROC_STOP, Ev.GO_DESTROY_SYSCALL)
_ENTER_SYSCALL = of_types(Ev.GO_SYSCALL_BEGIN, Ev.GO_CREATE_SYSCALL)


@dataclass(frozen=True, slots=True)
class Context:
    """What was bound to the thread just before each event; every column int64, (n,).

    Attributes:
        goroutine: NO_GOROUTINE where none.
        proc: NO_PROC where none.
        goroutine_span: sequence number with which the goroutine came to run on this thread;
            0 if it did so before the generation began.
        proc_span: the last sequence number the bound proc had reached on this thread.
    """

    goroutine: NDArray[np.int64]
    proc: NDArray[np.int64]
    goroutine_span: NDArray[np.int64]
    proc_span: NDArray[np.int64]


def bind(events: EventColumns) -> Context:
    """Return the context of every event of a generation."""
    goroutine, goroutine_span = _bind_goroutines(events)
    proc, proc_span = _bind_procs(events)
    return Context(goroutine, proc, goroutine_span, proc_span)


def syscall_elsewhere(events: EventColumns) -> NDArray[np.bool_]:
    """Return which events are statuses of goroutines in a syscall on another thread; (n,)."""
    in_syscall = _STATUS[events.type] & (events.arguments[2] == GoStatus.SYSCALL)
    elsewhere: NDArray[np.bool_] = in_syscall & (events.arguments[1] != events.thread)
    return elsewhere


def _bind_goroutines(events: EventColumns) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    kind, arguments = events.type, events.arguments
    status = _STATUS[kind]
    here = status & (
        (arguments[2] == GoStatus.RUNNING)
        | ((arguments[2] == GoStatus.SYSCALL) & (arguments[1] == events.thread))
    )
    binds = _BIND_G[kind] | here
    changes = binds | _FREE_G[kind]
    value = np.where(binds, arguments[0], NO_GOROUTINE)
    initial = np.full(len(events.streams) - 1, NO_GOROUTINE, np.int64)
    elsewhere = np.flatnonzero(syscall_elsewhere(events))
    if len(elsewhere):
        threads = events.thread[events.streams[:-1]]
        stream = np.searchsorted(threads, arguments[1, elsewhere])
        stream_there = np.minimum(stream, len(threads) - 1)
        known = threads[stream_there] == arguments[1, elsewhere]
        initial[stream_there[known]] = arguments[0, elsewhere[known]]
    goroutine = _fill_before(changes, value, initial, events.streams)
    span_value = np.where(_SEQUENCED_G[kind], arguments[1], 0)
    span = _fill_before(changes, span_value, np.zeros_like(initial), events.streams)
    return goroutine, span


def _bind_procs(events: EventColumns) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    kind, arguments, streams = events.type, events.arguments, events.streams
    status = kind == Ev.PROC_STATUS
    binds_status = status & (
        (arguments[1] == ProcStatus.RUNNING) | (arguments[1] == ProcStatus.SYSCALL)
    )
    started = kind == Ev.PROC_START
    blocked = kind == Ev.GO_SYSCALL_END_BLOCKED
    status_syscall = status & (arguments[1] == ProcStatus.SYSCALL)
    steal = kind == Ev.PROC_STEAL
    own_steal = steal & (arguments[2] == events.thread)
    binds = binds_status | started
    # The last of these before a GoSyscallEndBlocked tells whether a proc came back in time.
    entering = _ENTER_SYSCALL[kind] | binds_status | blocked
    regained = _fill_before(
        entering | started, started.astype(np.int64), np.zeros(len(streams) - 1, np.int64), streams
    )
    in_syscall = _fill_before(
        entering | started | (kind == Ev.GO_SYSCALL_END),
        (_ENTER_SYSCALL[kind] | status_syscall).astype(np.int64),
        np.zeros(len(streams) - 1, np.int64),
        streams,
    )
    # Only a thread that has lost its own proc takes another's on its way out of a syscall.
    gone = (blocked & (regained == 0)) | (steal & ~own_steal & (in_syscall == 1))
    lost = gone | _FREE_P[kind] | own_steal
    changes = binds | lost
    value = np.where(binds, arguments[0], NO_PROC)
    none = np.full(len(streams) - 1, NO_PROC, np.int64)
    proc = _fill_before(changes, value, none, streams)
    # A thread that starts a proc has none before.
    proc[started | gone] = NO_PROC
    begins = kind == Ev.GO_SYSCALL_BEGIN
    span_value = np.where(started, arguments[1], np.where(begins, arguments[0], 0))
    span = _fill_before(changes | begins, span_value, np.zeros_like(none), streams)
    return proc, span


def _fill_before(
    changes: NDArray[np.bool_],
    value: NDArray[np.int64],
    initial: NDArray[np.int64],
    streams: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Return, for every row, the value of the last change before it in its stream."""
    count = len(changes)
    filled = np.empty(count, np.int64)
    if not count:
        return filled
    lengths = np.diff(streams)
    first = np.repeat(streams[:-1], lengths)
    # last[i]: the last changing row up to i, from any stream.
    last = np.where(changes, np.arange(count), -1)
    np.maximum.accumulate(last, out=last)
    before = np.empty(count, np.int64)
    before[0] = -1
    before[1:] = last[:-1]
    inside = before >= first
    filled[inside] = value[before[inside]]
    outside = ~inside
    filled[outside] = np.repeat(initial, lengths)[outside]
    return filled
