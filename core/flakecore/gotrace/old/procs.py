"""State changes of procs, and of the threads that run them.

All that happens to a proc stands in its own stream, in order. A thread has no stream: it is what
it was bound to, from the procs that it started; there time alone gives the order. A thread that
loses its proc in a syscall stays in the syscall until the goroutine's GoSysExit.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.context import NO_GOROUTINE, NO_PROC
from flakecore.gotrace.old.context import NO_THREAD, STARTS, STOPS, OldContext
from flakecore.gotrace.old.events import OldEvents
from flakecore.gotrace.old.sequence import Named
from flakecore.gotrace.old.wire import Ev, of_types
from flakecore.gotrace.sequence import lane_order
from flakecore.gotrace.states import State
from flakecore.gotrace.transitions import Transitions
from flakecore.gotrace.varint import Places

_CHANGES = STARTS | STOPS | of_types(Ev.PROC_START, Ev.PROC_STOP)
_ENTERS = of_types(Ev.GO_IN_SYSCALL, Ev.GO_SYS_BLOCK)
_LEAVES = of_types(Ev.GO_SYS_EXIT, Ev.GO_SYS_EXIT_LOCAL)


def proc_transitions(events: OldEvents, context: OldContext, named: Named) -> Transitions:
    """Return the state changes of every proc, with the goroutine it runs.

    A proc is RUNNING also while it runs no goroutine but looks for one to run. The first that is
    heard of it tells what was so already.
    """
    rows, state = _proc_changes(events)
    lane = events.proc[rows]
    rows, state, lane = rows[lane >= 0], state[lane >= 0], lane[lane >= 0]
    kind = events.type[rows]
    first = np.ones(len(rows), np.bool_)
    first[1:] = lane[1:] != lane[:-1]
    goroutine = _goroutine_after(events, context, named, rows)
    goroutine[state == State.IDLE] = NO_GOROUTINE
    thread = context.thread_after(events, rows)
    thread[state == State.IDLE] = NO_THREAD
    none = np.zeros(len(rows), np.int8)
    return Transitions(
        lane=lane,
        tick=events.tick[rows],
        state=state,
        reason=none,
        stack=none,
        actor=context.goroutine[rows],
        goroutine=goroutine,
        proc=lane,
        thread=thread,
        status=first & ((kind == Ev.PROC_START) | (kind == Ev.PROC_STOP)),
    )


def thread_transitions(events: OldEvents, context: OldContext, named: Named) -> Transitions:
    """Return what every thread that ran a proc was doing: its goroutine, its proc, a syscall."""
    rows, state = _proc_changes(events)
    kind = events.type[rows]
    lane = context.thread_after(events, rows)
    goroutine = _goroutine_after(events, context, named, rows)
    state[(state == State.RUNNING) & (goroutine == NO_GOROUTINE)] = State.IDLE
    lost = kind == Ev.GO_SYS_BLOCK
    state[lost], goroutine[lost] = State.SYSCALL, context.goroutine[rows[lost]]
    proc = events.proc[rows]
    proc[lost | (kind == Ev.PROC_STOP)] = NO_PROC
    # The proc stops next, but the thread stays where it is.
    stays = np.zeros(len(rows), np.bool_)
    stays[1:] = lost[:-1] & (kind[1:] == Ev.PROC_STOP) & (lane[1:] == lane[:-1])
    left, leaves = _syscall_ends(events, context, named)
    count = len(left)

    kept = np.flatnonzero((lane != NO_THREAD) & ~stays)
    rows = np.concatenate((rows[kept], leaves))
    lane = np.concatenate((lane[kept], left))
    order = np.argsort(events.tick[rows], kind="stable")
    order = order[lane_order(lane[order], np.zeros(len(order), np.int32))]
    lane = lane[order]
    first = np.ones(len(lane), np.bool_)
    first[1:] = lane[1:] != lane[:-1]
    none = np.zeros(len(lane), np.int8)
    idle = np.full(count, State.IDLE, np.uint8)
    actor = context.goroutine[rows]
    return Transitions(
        lane=lane,
        tick=events.tick[rows[order]],
        state=np.concatenate((state[kept], idle))[order],
        reason=none,
        stack=none,
        actor=actor[order],
        goroutine=np.concatenate((goroutine[kept], np.full(count, NO_GOROUTINE, np.int8)))[order],
        proc=np.concatenate((proc[kept], np.full(count, NO_PROC, np.int8)))[order],
        thread=lane,
        status=first,
    )


def _proc_changes(events: OldEvents) -> tuple[NDArray[np.intp], NDArray[np.uint8]]:
    """Return the rows that change what a proc does, and its state from there on.

    A syscall counts where it lost the proc: the others are over as they begin.
    """
    changes = _CHANGES[events.type]
    lost = np.flatnonzero(events.type == Ev.GO_SYS_BLOCK)
    calls = lost[lost > 0] - 1
    calls = calls[events.type[calls] == Ev.GO_SYS_CALL]
    calls = calls[events.proc[calls] == events.proc[calls + 1]]
    changes[calls] = True
    rows = np.flatnonzero(changes)
    kind = events.type[rows]
    state = np.full(len(rows), State.RUNNING, np.uint8)
    state[kind == Ev.GO_SYS_CALL] = State.SYSCALL
    state[kind == Ev.PROC_STOP] = State.IDLE
    return rows, state


def _goroutine_after(
    events: OldEvents, context: OldContext, named: Named, rows: NDArray[np.intp]
) -> Places:
    """Return the goroutine that runs from each row on."""
    kind = events.type[rows]
    goroutine = np.where(STARTS[kind], named.goroutine[rows], NO_GOROUTINE)
    calls = kind == Ev.GO_SYS_CALL
    goroutine[calls] = context.goroutine[rows[calls]]
    return goroutine


def _syscall_ends(
    events: OldEvents, context: OldContext, named: Named
) -> tuple[Places, NDArray[np.intp]]:
    """Return the threads that came back from a syscall in which they lost their proc, and where.

    A goroutine that sat in a syscall when the trace began is on a thread nobody knows.
    """
    rows = np.flatnonzero((_ENTERS | _LEAVES)[events.type])
    kind = events.type[rows]
    blocks = kind == Ev.GO_SYS_BLOCK
    goroutine = np.where(blocks, context.goroutine[rows], named.goroutine[rows])
    order = np.lexsort((events.tick[rows], goroutine))
    rows, goroutine = rows[order], goroutine[order]
    leaves = np.flatnonzero(_LEAVES[events.type[rows[1:]]]) + 1
    before = rows[leaves - 1]
    known = (goroutine[leaves] == goroutine[leaves - 1]) & (context.thread[before] != NO_THREAD)
    known &= events.type[before] == Ev.GO_SYS_BLOCK
    return context.thread[before[known]], rows[leaves[known]]
