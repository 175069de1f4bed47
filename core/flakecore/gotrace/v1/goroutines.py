"""State changes of goroutines, in true order, and who created whom.

An event that names a goroutine has a sequence number; what a goroutine does itself happens on the
proc where it runs, after the number with which it started there. So the order of its changes is
that of (number, place in the proc's stream), as in the newer format. The states are those to
which the reference converts the old events (``src/internal/trace/tracev1.go``): a syscall that
keeps its proc has a beginning and no end of its own, so it begins and ends at once; one that
loses its proc lasts until GoSysExit.
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
from flakecore.gotrace.v1.segments import NO_THREAD, STARTS, STOPS, Segment

_STATE = np.full(256, State.OTHER_WAIT, np.uint8)
_STATE[STARTS] = State.RUNNING
_STATE[[EvV1.GO_CREATE, EvV1.GO_SCHED, EvV1.GO_PREEMPT]] = State.RUNNABLE
_STATE[[EvV1.GO_UNBLOCK, EvV1.GO_UNBLOCK_LOCAL]] = State.RUNNABLE
_STATE[[EvV1.GO_SYS_EXIT, EvV1.GO_SYS_EXIT_LOCAL]] = State.RUNNABLE
_STATE[[EvV1.GO_SYS_CALL, EvV1.GO_IN_SYSCALL]] = State.SYSCALL
_STATE[EvV1.GO_END] = State.ABSENT

# A goroutine that loses its proc in a syscall stays in the syscall.
_OWN = (STOPS & ~of_types(EvV1.GO_SYS_BLOCK)) | of_types(EvV1.GO_SYS_CALL)
_TELLS = STARTS | of_types(EvV1.GO_WAITING, EvV1.GO_IN_SYSCALL)


@dataclass(frozen=True, slots=True)
class OldCreations:
    """Goroutines created while the trace ran, in the order of the file; every column (n,).

    Attributes:
        goroutine: the new one.
        creator: NO_GOROUTINE where no goroutine did it.
        tick: int64, when.
        stack: stack number of the ``go`` statement.
        function: stack number of what it starts with.
    """

    goroutine: IntColumn
    creator: IntColumn
    tick: NDArray[np.int64]
    stack: IntColumn
    function: IntColumn


def find_creations(stretch: Segment) -> OldCreations:
    """Return what goroutines were created, but for those that the trace began with."""
    which = np.flatnonzero(stretch.type == EvV1.GO_CREATE)
    which = which[~stretch.is_initial(which)]
    return OldCreations(
        goroutine=stretch.named[which],
        creator=stretch.running[which],
        tick=stretch.tick[which],
        stack=stretch.stack(which),
        function=stretch.argument(1, which),
    )


def goroutine_transitions(stretch: Segment, reasons: Mapping[EvV1, int]) -> Transitions:
    """Return the state changes of every goroutine.

    Of goroutines that the trace began with nothing is known but the function they began with: it
    stands in for the stack. ``reasons`` are the string numbers of the reasons that types of events
    stand for.
    """
    kind = stretch.type
    own = _OWN[kind] & (stretch.running != NO_GOROUTINE)
    relevant = own | SEQUENCED[kind]
    relevant[_told_better(stretch)] = False
    rows = np.flatnonzero(relevant)
    # A call that kept its proc stands here twice: it ends as it begins.
    calls = np.flatnonzero(kind[rows] == EvV1.GO_SYS_CALL)
    calls = calls[~stretch.is_blocked(rows[calls])]
    ends = calls + np.arange(1, len(calls) + 1)
    rows = np.insert(rows, calls + 1, rows[calls])

    types, is_own = kind[rows], own[rows]
    lane = np.where(is_own, stretch.running[rows], stretch.named[rows])
    order, _ = sequence_order(lane, stretch.sequence[rows], is_own)
    state, stack = _STATE[types], stretch.stack(rows)
    state[ends], stack[ends] = State.RUNNING, 0
    status = stretch.is_initial(rows)
    _tell_functions(stretch, lane, status, stack)
    bound = (state == State.RUNNING) | ((state == State.SYSCALL) & is_own)
    reason = np.zeros(256, np.int32)
    reason[list(reasons)] = list(reasons.values())

    rows, lane, bound = rows[order], lane[order], bound[order]
    return Transitions(
        lane=lane,
        tick=stretch.tick[rows],
        state=state[order],
        reason=reason[types[order]],
        stack=stack[order],
        actor=stretch.running[rows],
        goroutine=lane,
        proc=np.where(bound, stretch.proc[rows], NO_PROC),
        thread=np.where(bound, stretch.thread[rows], NO_THREAD),
        status=status[order],
    )


def _told_better(stretch: Segment) -> NDArray[np.intp]:
    """Return the initial creations of goroutines whose state another initial event tells."""
    rows = stretch.initial_rows()
    kind = stretch.type[rows]
    created, told = rows[kind == EvV1.GO_CREATE], rows[_TELLS[kind]]
    better: NDArray[np.intp] = created[np.isin(stretch.named[created], stretch.named[told])]
    return better


def _tell_functions(
    stretch: Segment, lane: IntColumn, status: NDArray[np.bool_], stack: IntColumn
) -> None:
    """Give those that were there when the trace began their functions for a stack, in place."""
    rows = stretch.initial_rows()
    created = rows[stretch.type[rows] == EvV1.GO_CREATE]
    stated = np.flatnonzero(status)
    if not len(created) or not len(stated):
        return
    goroutine, function = stretch.named[created], stretch.argument(1, created)
    by_number = np.argsort(goroutine, kind="stable")
    goroutine, function = goroutine[by_number], function[by_number]
    place = np.minimum(np.searchsorted(goroutine, lane[stated]), len(goroutine) - 1)
    stack[stated] = np.where(goroutine[place] == lane[stated], function[place], 0)
