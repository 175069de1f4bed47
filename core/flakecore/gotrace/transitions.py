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

from flakecore.gotrace.context import NO_GOROUTINE, NO_PROC, Context, Statuses
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


def goroutine_transitions(
    events: EventColumns, context: Context, statuses: Statuses
) -> Transitions:
    """Return the state changes of every goroutine in a generation."""
    kind = events.type
    own = np.flatnonzero(_IS_OWN[kind] & (context.goroutine != NO_GOROUTINE))
    named = np.flatnonzero(_IS_NAMED[kind])
    rows = np.concatenate((own, named))
    is_own = np.zeros(len(rows), np.bool_)
    is_own[: len(own)] = True
    types = kind[rows]
    lane = np.concatenate((context.goroutine[own], events.argument(0, named)))
    sequence = np.zeros(len(rows), np.int64)
    sequence[: len(own)] = context.goroutine_span[own]
    sequenced = np.flatnonzero(_SEQUENCED[kind[named]])
    sequence[len(own) + sequenced] = events.argument(1, named[sequenced])
    state = np.where(is_own, _OWN[types], _NAMED[types])
    status = _IS_STATUS[types] & ~is_own
    thread = events.thread(rows)
    place = len(own) + np.searchsorted(named, statuses.rows)
    state[place] = _STATUS_STATE[np.clip(statuses.status, 0, 255)]
    thread[place] = np.where(statuses.status == GoStatus.SYSCALL, statuses.thread, thread[place])
    proc = context.proc[rows]
    proc[place[statuses.elsewhere]] = NO_PROC
    bound = (state == State.RUNNING) | (state == State.SYSCALL)
    thread[~bound], proc[~bound] = -1, NO_PROC
    reason = np.zeros(len(rows), np.int64)
    reasoned = np.flatnonzero(_HAS_REASON[types])
    reason[reasoned] = events.argument(0, rows[reasoned])

    order = _lane_order(lane, 2 * sequence + is_own, rows)
    return Transitions(
        lane=lane[order],
        tick=events.tick[rows[order]],
        state=state[order],
        reason=reason[order],
        stack=events.stack(rows)[order],
        actor=context.goroutine[rows[order]],
        goroutine=lane[order],
        proc=proc[order],
        thread=thread[order],
        status=status[order],
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
)
_PROC_STOPS = of_types(Ev.PROC_STOP, Ev.PROC_STEAL, Ev.GO_DESTROY_SYSCALL)
_PROC_NAMED = of_types(Ev.PROC_START, Ev.PROC_STEAL, Ev.PROC_STATUS)
_PROC_RUNS_NAMED = of_types(Ev.GO_START, Ev.GO_SWITCH, Ev.GO_SWITCH_DESTROY)
_PROC_RUNS_ON = of_types(Ev.GO_SYSCALL_BEGIN, Ev.GO_SYSCALL_END, Ev.PROC_START)


def proc_transitions(events: EventColumns, context: Context, statuses: Statuses) -> Transitions:
    """Return the state changes of every proc in a generation, with the goroutine it runs.

    A proc is RUNNING also while it runs no goroutine but looks for one to run; it is then bound
    to a thread and to no goroutine.
    """
    kind = events.type
    is_change = _PROC_OWN[kind]
    # Of the goroutine statuses only those matter that bind one here.
    is_change[statuses.rows[statuses.here]] = True
    own = np.flatnonzero(is_change & (context.proc != NO_PROC))
    named = np.flatnonzero(_PROC_NAMED[kind])
    rows = np.concatenate((own, named))
    is_own = np.zeros(len(rows), np.bool_)
    is_own[: len(own)] = True
    types = kind[rows]
    second = events.argument(1, named)
    status = types == Ev.PROC_STATUS
    told = np.where(status, np.concatenate((np.zeros_like(own), second)), 0)
    lane = np.concatenate((context.proc[own], events.argument(0, named)))
    sequence = np.concatenate((context.proc_span[own], second))
    sequence[status] = 0
    begins = types == Ev.GO_SYSCALL_BEGIN
    sequence[begins] = events.argument(0, rows[begins])

    of_goroutine = _IS_STATUS[types]
    in_syscall = np.zeros(len(rows), np.bool_)
    place = np.searchsorted(statuses.rows, rows[of_goroutine])
    in_syscall[of_goroutine] = statuses.status[place] == GoStatus.SYSCALL
    state = np.full(len(rows), State.RUNNING, np.uint8)
    state[begins | in_syscall | (told == ProcStatus.SYSCALL)] = State.SYSCALL
    idle = (told == ProcStatus.IDLE) | (told == ProcStatus.SYSCALL_ABANDONED)
    state[_PROC_STOPS[types] | idle] = State.IDLE

    goroutine = np.full(len(rows), NO_GOROUTINE, np.int64)
    runs_named = np.flatnonzero(_PROC_RUNS_NAMED[types] | of_goroutine)
    goroutine[runs_named] = events.argument(0, rows[runs_named])
    runs_on = _PROC_RUNS_ON[types]
    goroutine[runs_on] = context.goroutine[rows[runs_on]]
    goroutine[state == State.IDLE] = NO_GOROUTINE
    thread = events.thread(rows)
    thread[state == State.IDLE] = -1

    order = _lane_order(lane, 2 * sequence + (is_own & ~begins), rows)
    none = np.zeros(len(rows), np.int64)
    return Transitions(
        lane=lane[order],
        tick=events.tick[rows[order]],
        state=state[order],
        reason=none,
        stack=none,
        actor=context.goroutine[rows[order]],
        goroutine=goroutine[order],
        proc=lane[order],
        thread=thread[order],
        status=status[order],
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
    begin = streams[:-1][streams[:-1] < count]  # damage can leave a stream without events
    changed[begin] = True
    # A begin or end of a syscall takes effect at its own row, a change of binding at the row
    # that caused it, one before the row that shows it.
    rows = np.flatnonzero(changed)
    begins = kind[rows] == Ev.GO_SYSCALL_BEGIN
    first = np.zeros(len(rows), np.bool_)
    first[np.searchsorted(rows, begin)] = True
    cause = np.where(begins | (kind[rows] == Ev.GO_SYSCALL_END) | first, rows, rows - 1)
    state = np.full(len(rows), State.RUNNING, np.uint8)
    state[goroutine[rows] == NO_GOROUTINE] = State.IDLE
    state[begins | ((goroutine[rows] != NO_GOROUTINE) & (proc[rows] == NO_PROC))] = State.SYSCALL
    thread = events.thread(rows)
    none = np.zeros(len(rows), np.int64)
    return Transitions(
        lane=thread,
        tick=events.tick[cause],
        state=state,
        reason=none,
        stack=none,
        actor=goroutine[rows],
        goroutine=goroutine[rows],
        proc=proc[rows],
        thread=thread,
        status=first,
    )


def _lane_order(
    lane: NDArray[np.int64], within: NDArray[np.int64], rows: NDArray[np.intp]
) -> NDArray[np.intp]:
    """Return the order by lane, then sequence, then place in the thread's stream."""
    order = np.argsort(rows, kind="stable")
    order = order[_radix_order(within[order])]
    return order[_radix_order(lane[order])]


def _radix_order(key: NDArray[np.int64]) -> NDArray[np.intp]:
    """Return the stable order of a key; numpy sorts 16 bits at a time by radix, in linear time."""
    if not len(key):
        return np.zeros(0, np.intp)
    digits = key - key.min()
    order = np.argsort((digits & 0xFFFF).astype(np.uint16), kind="stable")
    # As unsigned: a span of more than 63 bits, which only damage makes, still sorts in 4 steps.
    left = int(digits.max()) >> 16 if digits.min() >= 0 else 0xFFFF_FFFF_FFFF
    shift = 16
    while left:
        digit = (digits[order] >> shift & 0xFFFF).astype(np.uint16)
        order = order[np.argsort(digit, kind="stable")]
        left >>= 16
        shift += 16
    return order
