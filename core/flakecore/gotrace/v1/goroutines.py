"""State transitions of goroutines, in true order, and their creations.

An event that names a goroutine has a sequence number; an event of the goroutine itself happens on
the proc where it runs, after the sequence number with which it started there. So (sequence number,
position in the proc's stream) orders its transitions, as in the newer format. The states are those
to which Go's reader converts the events (``src/internal/trace/tracev1.go``): a syscall that keeps
its proc has a begin and no end of its own, so it begins and ends at once; one that loses its proc
lasts until GoSysExit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.events.context import NO_GOROUTINE, NO_PROC
from flakecore.gotrace.events.sequence import sequence_order
from flakecore.gotrace.format.varint import IntColumn
from flakecore.gotrace.intervals.states import State
from flakecore.gotrace.intervals.transitions import Transitions
from flakecore.gotrace.v1.format.wire import SEQUENCED, EvV1, of_types
from flakecore.gotrace.v1.proc_bindings import NO_THREAD, STARTS, STOPS
from flakecore.gotrace.v1.segments import Segment

_STATE = np.full(256, State.OTHER_WAIT, np.uint8)
_STATE[STARTS] = State.RUNNING
_STATE[[EvV1.GO_CREATE, EvV1.GO_SCHED, EvV1.GO_PREEMPT]] = State.RUNNABLE
_STATE[[EvV1.GO_UNBLOCK, EvV1.GO_UNBLOCK_LOCAL]] = State.RUNNABLE
_STATE[[EvV1.GO_SYS_EXIT, EvV1.GO_SYS_EXIT_LOCAL]] = State.RUNNABLE
_STATE[[EvV1.GO_SYS_CALL, EvV1.GO_IN_SYSCALL]] = State.SYSCALL
_STATE[EvV1.GO_END] = State.ABSENT

# A goroutine that loses its proc in a syscall stays in the syscall.
_OWN = (STOPS & ~of_types(EvV1.GO_SYS_BLOCK)) | of_types(EvV1.GO_SYS_CALL)
_STATE_EVENTS = STARTS | of_types(EvV1.GO_WAITING, EvV1.GO_IN_SYSCALL)


@dataclass(frozen=True, slots=True)
class CreationsV1:
    """Goroutines created while the trace ran, by row; every column (n,).

    Attributes:
        goroutine: the new one.
        creator: NO_GOROUTINE where no goroutine created it.
        tick: int64.
        stack: stack number of the ``go`` statement.
        function: stack number of a stack whose only frame is its first function.
    """

    goroutine: IntColumn
    creator: IntColumn
    tick: NDArray[np.int64]
    stack: IntColumn
    function: IntColumn


def find_creations(segment: Segment) -> CreationsV1:
    """Return the goroutines created in a segment, without those that existed before the trace."""
    which = np.flatnonzero(segment.type == EvV1.GO_CREATE)
    which = which[~segment.is_initial(which)]
    return CreationsV1(
        goroutine=segment.named[which],
        creator=segment.running[which],
        tick=segment.tick[which],
        stack=segment.stack(which),
        function=segment.argument(1, which),
    )


def goroutine_transitions(segment: Segment, reasons: Mapping[EvV1, int]) -> Transitions:
    """Return the state transitions of every goroutine in a segment.

    Goroutines that existed before the trace have no stack; that of their first function is used.

    Args:
        segment: the events.
        reasons: by type, string number of the reason for a stop or a wait.
    """
    kind = segment.type
    own = _OWN[kind] & (segment.running != NO_GOROUTINE)
    relevant = own | SEQUENCED[kind]
    relevant[_superseded_creations(segment)] = False
    rows = np.flatnonzero(relevant)
    # A syscall that keeps its proc is repeated: it ends when it begins.
    calls = np.flatnonzero(kind[rows] == EvV1.GO_SYS_CALL)
    calls = calls[~segment.lost_proc(rows[calls])]
    ends = calls + np.arange(1, len(calls) + 1)
    rows = np.insert(rows, calls + 1, rows[calls])

    types, is_own = kind[rows], own[rows]
    lane = np.where(is_own, segment.running[rows], segment.named[rows])
    order, _ = sequence_order(lane, segment.sequence[rows], is_own)
    state, stack = _STATE[types], segment.stack(rows)
    state[ends], stack[ends] = State.RUNNING, 0
    status = segment.is_initial(rows)
    _fill_initial_stacks(segment, lane, status, stack)
    bound = (state == State.RUNNING) | ((state == State.SYSCALL) & is_own)
    reason = np.zeros(256, np.int32)
    reason[list(reasons)] = list(reasons.values())

    rows, lane, bound = rows[order], lane[order], bound[order]
    return Transitions(
        lane=lane,
        tick=segment.tick[rows],
        state=state[order],
        reason=reason[types[order]],
        stack=stack[order],
        actor=segment.running[rows],
        goroutine=lane,
        proc=np.where(bound, segment.proc[rows], NO_PROC),
        thread=np.where(bound, segment.thread[rows], NO_THREAD),
        status=status[order],
    )


def _superseded_creations(segment: Segment) -> NDArray[np.intp]:
    """Return the initial GoCreate events of goroutines whose state another initial event holds."""
    rows = segment.initial_rows()
    kind = segment.type[rows]
    created, stated = rows[kind == EvV1.GO_CREATE], rows[_STATE_EVENTS[kind]]
    superseded: NDArray[np.intp] = created[np.isin(segment.named[created], segment.named[stated])]
    return superseded


def _fill_initial_stacks(
    segment: Segment, lane: IntColumn, status: NDArray[np.bool_], stack: IntColumn
) -> None:
    """Set the stack of initial events to that of the goroutine's first function, in place."""
    rows = segment.initial_rows()
    created = rows[segment.type[rows] == EvV1.GO_CREATE]
    stated = np.flatnonzero(status)
    if not len(created) or not len(stated):
        return
    goroutine, function = segment.named[created], segment.argument(1, created)
    by_number = np.argsort(goroutine, kind="stable")
    goroutine, function = goroutine[by_number], function[by_number]
    index = np.minimum(np.searchsorted(goroutine, lane[stated]), len(goroutine) - 1)
    stack[stated] = np.where(goroutine[index] == lane[stated], function[index], 0)
