"""State changes of goroutines, procs and threads within one generation, in true order.

Clocks tie and may disagree between threads, so the order of a lane's changes does not come from
time. An event that another thread could have raced with carries a sequence number of the
goroutine or proc it names; everything else happens on the thread that the goroutine or proc is
bound to, between that thread's own events. So (sequence number, place in the thread's stream)
orders each lane exactly, and one stable sort does it for all lanes at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.context import NO_GOROUTINE, NO_PROC, Context
from flakecore.gotrace.events import EventColumns
from flakecore.gotrace.states import State
from flakecore.gotrace.wire import Ev, GoStatus, ProcStatus, of_types


@dataclass(frozen=True, slots=True)
class Transitions:
    """Changes of state, grouped by lane and in true order within each; every column (n,).

    Attributes:
        lane: int64, number of the goroutine, proc or thread that changed.
        tick: int64, when.
        state: uint8, the ``State`` it changed to; ``OTHER_WAIT`` for any wait.
        reason: int64, the generation's string number of the reason; 0 for none.
        stack: int64, the generation's stack number where it happened; 0 for none.
        actor: int64, the goroutine on which the event happened (the waker of an unblock, the
            creator of a goroutine); NO_GOROUTINE for none.
        goroutine, proc, thread: int64, what is bound to the lane from here on; -1 for none.
        status: bool, it states what was so already when the generation began.
    """

    lane: NDArray[np.int64]
    tick: NDArray[np.int64]
    state: NDArray[np.uint8]
    reason: NDArray[np.int64]
    stack: NDArray[np.int64]
    actor: NDArray[np.int64]
    goroutine: NDArray[np.int64]
    proc: NDArray[np.int64]
    thread: NDArray[np.int64]
    status: NDArray[np.bool_]


def _states(states: dict[Ev, State]) -> NDArray[np.uint8]:
    table = np.zeros(256, np.uint8)
    for event, state in states.items():
        table[event] = state
    return table


_OWN = _states(
    {
        Ev.GO_STOP: State.RUNNABLE,
        Ev.GO_BLOCK: State.OTHER_WAIT,
        Ev.GO_SWITCH: State.COROUTINE,
        Ev.GO_SYSCALL_BEGIN: State.SYSCALL,
        Ev.GO_SYSCALL_END: State.RUNNING,
        Ev.GO_SYSCALL_END_BLOCKED: State.RUNNABLE,
    }
)
_NAMED = _states(
    {
        Ev.GO_CREATE: State.RUNNABLE,
        Ev.GO_CREATE_BLOCKED: State.COROUTINE,
        Ev.GO_CREATE_SYSCALL: State.SYSCALL,
        Ev.GO_START: State.RUNNING,
        Ev.GO_UNBLOCK: State.RUNNABLE,
        Ev.GO_SWITCH: State.RUNNING,
        Ev.GO_SWITCH_DESTROY: State.RUNNING,
    }
)
_STATUS_STATE = np.zeros(256, np.uint8)
_STATUS_STATE[GoStatus.RUNNABLE] = State.RUNNABLE
_STATUS_STATE[GoStatus.RUNNING] = State.RUNNING
_STATUS_STATE[GoStatus.SYSCALL] = State.SYSCALL
_STATUS_STATE[GoStatus.WAITING] = State.OTHER_WAIT

_IS_OWN = of_types(
    Ev.GO_STOP,
    Ev.GO_BLOCK,
    Ev.GO_SWITCH,
    Ev.GO_SWITCH_DESTROY,
    Ev.GO_DESTROY,
    Ev.GO_DESTROY_SYSCALL,
    Ev.GO_SYSCALL_BEGIN,
    Ev.GO_SYSCALL_END,
    Ev.GO_SYSCALL_END_BLOCKED,
)
_IS_STATUS = of_types(Ev.GO_STATUS, Ev.GO_STATUS_STACK)
_IS_NAMED = _NAMED.astype(np.bool_) | _IS_STATUS
_SEQUENCED = of_types(Ev.GO_START, Ev.GO_UNBLOCK, Ev.GO_SWITCH, Ev.GO_SWITCH_DESTROY)
_HAS_REASON = of_types(Ev.GO_STOP, Ev.GO_BLOCK)
_SWITCH = of_types(Ev.GO_SWITCH, Ev.GO_SWITCH_DESTROY)


def goroutine_transitions(events: EventColumns, context: Context) -> Transitions:
    """Return the state changes of every goroutine in a generation."""
    kind = events.type
    own = np.flatnonzero(_IS_OWN[kind] & (context.goroutine != NO_GOROUTINE))
    named = np.flatnonzero(_IS_NAMED[kind])
    rows = np.concatenate((own, named))
    is_own = np.arange(len(rows)) < len(own)
    arguments, types = events.arguments, kind[rows]
    lane = np.where(is_own, context.goroutine[rows], arguments[0, rows])
    status = _IS_STATUS[types] & ~is_own
    state = np.where(is_own, _OWN[types], _NAMED[types])
    state[status] = _STATUS_STATE[np.clip(arguments[2, rows[status]], 0, 255)]
    sequence = np.where(_SEQUENCED[types], arguments[1, rows], 0)
    sequence[is_own] = context.goroutine_span[own]
    order = _lane_order(lane, 2 * sequence + is_own, rows)
    rows, is_own, types = rows[order], is_own[order], types[order]
    state, lane, status = state[order], lane[order], status[order]

    bound = (state == State.RUNNING) | (state == State.SYSCALL)
    thread = np.where(bound, events.thread[rows], -1)
    foreign = status & bound & (state == State.SYSCALL)
    thread[foreign] = arguments[1, rows[foreign]]
    proc = np.where(bound, context.proc[rows], NO_PROC)
    proc[foreign & (thread != events.thread[rows])] = NO_PROC
    reason = np.where(_HAS_REASON[types] & is_own, arguments[0, rows], 0)
    stack = events.stack[rows]
    stack[_SWITCH[types]] = 0
    return Transitions(
        lane=lane,
        tick=events.tick[rows],
        state=state,
        reason=reason,
        stack=stack,
        actor=context.goroutine[rows],
        goroutine=lane,
        proc=proc,
        thread=thread,
        status=status,
    )


_PROC_OWN = of_types(
    Ev.PROC_STOP,
    Ev.GO_START,
    Ev.GO_STOP,
    Ev.GO_BLOCK,
    Ev.GO_DESTROY,
    Ev.GO_SWITCH,
    Ev.GO_SWITCH_DESTROY,
    Ev.GO_SYSCALL_BEGIN,
    Ev.GO_SYSCALL_END,
    Ev.GO_SYSCALL_END_BLOCKED,
    Ev.GO_DESTROY_SYSCALL,
    Ev.GO_STATUS,
    Ev.GO_STATUS_STACK,
)
_PROC_STOPS = of_types(Ev.PROC_STOP, Ev.PROC_STEAL, Ev.GO_DESTROY_SYSCALL)
_PROC_NAMED = of_types(Ev.PROC_START, Ev.PROC_STEAL, Ev.PROC_STATUS)
_PROC_RUNS_NAMED = of_types(Ev.GO_START, Ev.GO_SWITCH, Ev.GO_SWITCH_DESTROY)


def proc_transitions(events: EventColumns, context: Context) -> Transitions:
    """Return the state changes of every proc in a generation, with the goroutine it runs.

    A proc is RUNNING also while it runs no goroutine but looks for one to run; it is then bound
    to a thread and to no goroutine.
    """
    kind, arguments = events.type, events.arguments
    # Of the statuses only those matter that bind a goroutine here.
    binding = ~_IS_STATUS[kind] | (
        (arguments[2] == GoStatus.RUNNING)
        | ((arguments[2] == GoStatus.SYSCALL) & (arguments[1] == events.thread))
    )
    own = np.flatnonzero(_PROC_OWN[kind] & binding & (context.proc != NO_PROC))
    named = np.flatnonzero(_PROC_NAMED[kind])
    rows = np.concatenate((own, named))
    is_own = np.arange(len(rows)) < len(own)
    types = kind[rows]
    lane = np.where(is_own, context.proc[rows], arguments[0, rows])
    status = types == Ev.PROC_STATUS
    sequence = np.where(status, 0, arguments[1, rows])
    sequence[is_own] = context.proc_span[own]
    begins = types == Ev.GO_SYSCALL_BEGIN
    sequence[begins] = arguments[0, rows[begins]]
    order = _lane_order(lane, 2 * sequence + (is_own & ~begins), rows)
    rows, types, lane, status = rows[order], types[order], lane[order], status[order]

    state = np.full(len(rows), State.RUNNING, np.uint8)
    state[types == Ev.GO_SYSCALL_BEGIN] = State.SYSCALL
    in_syscall = _IS_STATUS[types] & (arguments[2, rows] == GoStatus.SYSCALL)
    state[in_syscall] = State.SYSCALL
    state[_PROC_STOPS[types]] = State.IDLE
    told = arguments[1, rows]
    state[status & (told == ProcStatus.SYSCALL)] = State.SYSCALL
    idle = (told == ProcStatus.IDLE) | (told == ProcStatus.SYSCALL_ABANDONED)
    state[status & idle] = State.IDLE

    runs_named = _PROC_RUNS_NAMED[types] | _IS_STATUS[types]
    goroutine = np.where(runs_named, arguments[0, rows], NO_GOROUTINE)
    in_place = (types == Ev.GO_SYSCALL_BEGIN) | (types == Ev.GO_SYSCALL_END)
    in_place |= types == Ev.PROC_START
    goroutine[in_place] = context.goroutine[rows[in_place]]
    goroutine[state == State.IDLE] = NO_GOROUTINE
    none = np.zeros(len(rows), np.int64)
    return Transitions(
        lane=lane,
        tick=events.tick[rows],
        state=state,
        reason=none,
        stack=none,
        actor=context.goroutine[rows],
        goroutine=goroutine,
        proc=lane,
        thread=np.where(state == State.IDLE, -1, events.thread[rows]),
        status=status,
    )


def thread_transitions(events: EventColumns, context: Context) -> Transitions:
    """Return what every thread that wrote events was doing: its goroutine, its proc, a syscall."""
    kind, streams = events.type, events.streams
    count = len(events)
    goroutine, proc = context.goroutine, context.proc
    # A row's context is the state before it: the state after it is the next row's context.
    changed = np.zeros(count, np.bool_)
    changed[1:] = (goroutine[1:] != goroutine[:-1]) | (proc[1:] != proc[:-1])
    changed |= (kind == Ev.GO_SYSCALL_BEGIN) | (kind == Ev.GO_SYSCALL_END)
    changed[streams[:-1][streams[:-1] < count]] = True
    # A begin or end of a syscall takes effect at its own row, a change of binding at the row
    # that caused it, one before the row that shows it.
    rows = np.flatnonzero(changed)
    begins = kind[rows] == Ev.GO_SYSCALL_BEGIN
    first = np.isin(rows, streams[:-1])
    cause = np.where(begins | (kind[rows] == Ev.GO_SYSCALL_END) | first, rows, rows - 1)
    state = np.full(len(rows), State.RUNNING, np.uint8)
    state[goroutine[rows] == NO_GOROUTINE] = State.IDLE
    state[begins | ((goroutine[rows] != NO_GOROUTINE) & (proc[rows] == NO_PROC))] = State.SYSCALL
    none = np.zeros(len(rows), np.int64)
    return Transitions(
        lane=events.thread[rows],
        tick=events.tick[cause],
        state=state,
        reason=none,
        stack=none,
        actor=goroutine[rows],
        goroutine=goroutine[rows],
        proc=proc[rows],
        thread=events.thread[rows],
        status=first,
    )


def _lane_order(
    lane: NDArray[np.int64], within: NDArray[np.int64], rows: NDArray[np.int64]
) -> NDArray[np.intp]:
    """Return the order by lane, then sequence, then place in the thread's stream."""
    # One key for the last two would overflow on hostile sequence numbers; three stable passes,
    # the least significant first, cannot.
    order = np.argsort(rows, kind="stable")
    order = order[np.argsort(within[order], kind="stable")]
    return order[np.argsort(lane[order], kind="stable")]
