"""State transitions of goroutines, procs and threads within one generation, in true order.

Clocks tie and may disagree between threads, so time does not order a lane's transitions. An event
that another thread could have raced with has a sequence number of the goroutine or proc that it
names; every other event happens on the thread to which the goroutine or proc is bound, between that
thread's own events. So (sequence number, position in the thread's stream) orders each lane exactly
(``sequence``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.events.context import (
    NO_GOROUTINE,
    NO_PROC,
    Context,
    Statuses,
    read_named_goroutines,
)
from flakecore.gotrace.events.event_columns import EventColumns
from flakecore.gotrace.events.sequence import sequence_order
from flakecore.gotrace.format.columns import everywhere
from flakecore.gotrace.format.varint import IntColumn
from flakecore.gotrace.format.wire import CHANGES_OWN_STATE, Ev, GoStatus, ProcStatus, of_types
from flakecore.gotrace.intervals.state_columns import StateColumns
from flakecore.gotrace.intervals.states import State


@dataclass(frozen=True, slots=True)
class Transitions(StateColumns):
    """State transitions, by lane and in true order within each; every column (n,).

    Attributes:
        lane: number of the goroutine, proc or thread.
        tick: int64.
        state: uint8, the ``State`` it changes to; ``OTHER_WAIT`` for a wait with a reason.
        reason: the generation's string number of the reason; 0 for none.
        stack: the generation's stack number of the event; 0 for none.
        actor: the goroutine on which the event happened (the waker of an unblock, the
            creator of a goroutine); NO_GOROUTINE for none.
        goroutine, proc, thread: what is bound to the lane from here on; -1 for none.
        status: bool, a status event: the state in which the lane began the generation.
    """

    lane: IntColumn
    tick: NDArray[np.int64]
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
_NAMED_OR_OWN = np.concatenate((_NAMED, _OWN))
"""By type the state of the goroutine it names; by type + 256 that of the one it happens on."""
_STATUS_STATE = np.zeros(256, np.uint8)
_STATUS_STATE[GoStatus.RUNNABLE] = State.RUNNABLE
_STATUS_STATE[GoStatus.RUNNING] = State.RUNNING
_STATUS_STATE[GoStatus.SYSCALL] = State.SYSCALL
_STATUS_STATE[GoStatus.WAITING] = State.OTHER_WAIT

_IS_STATUS = of_types(Ev.GO_STATUS, Ev.GO_STATUS_STACK)
_IS_NAMED = _NAMED.astype(np.bool_) | _IS_STATUS
_HAS_REASON = of_types(Ev.GO_STOP, Ev.GO_BLOCK)


def goroutine_transitions(
    events: EventColumns, context: Context, statuses: Statuses
) -> Transitions:
    """Return the state transitions of every goroutine in a generation."""
    named = read_named_goroutines(events)
    kind = events.type
    own = CHANGES_OWN_STATE[kind] & (context.goroutine != NO_GOROUTINE)
    rows = np.flatnonzero(own | _IS_NAMED[kind])
    is_own = own[rows]
    switches = np.flatnonzero(is_own & _IS_NAMED[kind[rows]])
    del own
    if len(switches):
        # A switch changes two goroutines: the one it leaves, then the one it names.
        rows = np.insert(rows, switches + 1, rows[switches])
        is_own = np.insert(is_own, switches + 1, False)
    name = np.flatnonzero(~is_own)
    lane = _replace_at(context.goroutine[rows], name, named.goroutine)
    sequence = _replace_at(context.goroutine_span[rows], name, named.sequence)
    del name
    order, lane = sequence_order(lane, sequence, is_own)
    del sequence
    # Arguments are read in the file's order and permuted then: a third of the time.
    reasoned = np.flatnonzero(_HAS_REASON[kind[rows]])
    reasons = events.argument(0, rows[reasoned])
    reason: IntColumn = np.zeros(len(rows), reasons.dtype)
    reason[reasoned] = reasons
    reason = reason[order]
    stack = events.stack(rows)[order]
    del reasoned, reasons
    rows = rows[order]
    types = kind[rows]
    state = _NAMED_OR_OWN[types + is_own[order] * np.uint16(256)]
    del order, is_own
    status = _IS_STATUS[types]
    status_rows = np.flatnonzero(status)
    place = np.searchsorted(statuses.rows, rows[status_rows])
    state[status_rows] = _STATUS_STATE[np.clip(statuses.status[place], 0, 255)]
    unbound = (state != State.RUNNING) & (state != State.SYSCALL)
    thread, proc = events.thread(rows), context.proc[rows]
    thread[unbound], proc[unbound] = -1, NO_PROC
    in_syscall = statuses.status[place] == GoStatus.SYSCALL
    thread[status_rows[in_syscall]] = statuses.thread[place[in_syscall]]
    proc[status_rows[statuses.binds_other[place]]] = NO_PROC
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


def _replace_at(column: IntColumn, at: NDArray[np.intp], values: IntColumn) -> IntColumn:
    """Return a column with ``values`` at some rows, widened if they need it."""
    column = column.astype(np.result_type(values, column), copy=False)
    column[at] = values
    return column


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
    """Return the state transitions of every proc in a generation, with the goroutine it runs.

    A proc is RUNNING also while its thread looks for a goroutine to run; it is then bound to a
    thread and to no goroutine.
    """
    kind = events.type
    own = _PROC_OWN[kind]
    # Of the goroutine statuses only those count that bind a goroutine to their writer.
    own[statuses.rows[statuses.binds_writer]] = True
    own &= context.proc != NO_PROC
    rows = np.flatnonzero(own | _PROC_NAMED[kind])
    types = kind[rows]
    is_own = own[rows] & ~_PROC_NAMED[types]
    name = np.flatnonzero(~is_own)
    names, second = events.argument(0, rows[name]), events.argument(1, rows[name])
    lane = context.proc[rows].astype(np.result_type(names, context.proc))
    lane[name] = names
    status = types == Ev.PROC_STATUS
    proc_status = np.zeros(len(rows), second.dtype)
    proc_status[name] = second
    begins = np.flatnonzero(types == Ev.GO_SYSCALL_BEGIN)
    numbers = events.argument(0, rows[begins])
    sequence = context.proc_span[rows].astype(np.result_type(numbers, second, context.proc_span))
    sequence[name], sequence[begins] = second, numbers
    sequence[status], proc_status[~status] = 0, 0
    within = is_own.copy()
    within[begins] = False

    of_goroutine = _IS_STATUS[types]
    in_syscall = np.zeros(len(rows), np.bool_)
    place = np.searchsorted(statuses.rows, rows[of_goroutine])
    in_syscall[of_goroutine] = statuses.status[place] == GoStatus.SYSCALL
    state = np.full(len(rows), State.RUNNING, np.uint8)
    state[in_syscall | (proc_status == ProcStatus.SYSCALL)] = State.SYSCALL
    state[begins] = State.SYSCALL
    idle = (proc_status == ProcStatus.IDLE) | (proc_status == ProcStatus.SYSCALL_ABANDONED)
    state[_PROC_STOPS[types] | idle] = State.IDLE

    runs_named = np.flatnonzero(_PROC_RUNS_NAMED[types] | of_goroutine)
    named = events.argument(0, rows[runs_named])
    wide = np.result_type(named, context.goroutine)
    goroutine: IntColumn = np.full(len(rows), NO_GOROUTINE, wide)
    goroutine[runs_named] = named
    runs_on = _PROC_RUNS_ON[types]
    goroutine[runs_on] = context.goroutine[rows[runs_on]]
    goroutine[state == State.IDLE] = NO_GOROUTINE
    thread = np.where(state == State.IDLE, -1, events.thread(rows))

    order, lane = sequence_order(lane, sequence, within)
    none, nobody = everywhere(0, len(rows)), everywhere(NO_GOROUTINE, len(rows))
    rows = rows[order]
    return Transitions(
        lane=lane,
        tick=events.tick[rows],
        state=state[order],
        reason=none,
        stack=none,
        actor=nobody,
        goroutine=goroutine[order],
        proc=lane,
        thread=thread[order],
        status=status[order],
    )


def thread_transitions(events: EventColumns, context: Context) -> Transitions:
    """Return the state transitions of every thread that wrote events, with its bindings."""
    kind, streams = events.type, events.streams
    count = len(events)
    goroutine, proc = context.goroutine, context.proc
    # A row's context is the state before it: the state after it is the next row's context.
    changed = np.zeros(count, np.bool_)
    changed[1:] = (goroutine[1:] != goroutine[:-1]) | (proc[1:] != proc[:-1])
    begin = streams[:-1][streams[:-1] < count]  # damage can leave a stream without events
    changed[begin] = False
    calls = kind == Ev.GO_SYSCALL_BEGIN
    both = np.flatnonzero(changed & calls)
    changed |= calls | (kind == Ev.GO_SYSCALL_END)
    changed[begin] = True
    # A begin or end of a syscall takes effect at its own row, a change of binding at the row that
    # caused it, one before the row whose context shows it. A row that is both is repeated.
    rows = np.flatnonzero(changed)
    rows = np.insert(rows, np.searchsorted(rows, both), both) if len(both) else rows
    begins = calls[rows]
    begins[:-1] &= rows[1:] != rows[:-1]
    first = np.zeros(len(rows), np.bool_)
    first[np.searchsorted(rows, begin)] = True
    cause = np.where(begins | (kind[rows] == Ev.GO_SYSCALL_END) | first, rows, rows - 1)
    state = np.full(len(rows), State.RUNNING, np.uint8)
    state[goroutine[rows] == NO_GOROUTINE] = State.IDLE
    state[begins | ((goroutine[rows] != NO_GOROUTINE) & (proc[rows] == NO_PROC))] = State.SYSCALL
    thread = events.thread(rows)
    none, nobody = everywhere(0, len(rows)), everywhere(NO_GOROUTINE, len(rows))
    return Transitions(
        lane=thread,
        tick=events.tick[cause],
        state=state,
        reason=none,
        stack=none,
        actor=nobody,
        goroutine=goroutine[rows],
        proc=proc[rows],
        thread=thread,
        status=first,
    )
