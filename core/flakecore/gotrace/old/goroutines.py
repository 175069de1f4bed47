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

from flakecore.gotrace.context import NO_GOROUTINE, NO_PROC
from flakecore.gotrace.old.context import NO_THREAD, STARTS, STOPS, OldContext
from flakecore.gotrace.old.events import OldEvents
from flakecore.gotrace.old.sequence import SEQUENCED
from flakecore.gotrace.old.wire import Ev, of_types
from flakecore.gotrace.states import State
from flakecore.gotrace.transitions import Transitions, lane_order

_STATE = np.full(256, State.OTHER_WAIT, np.uint8)
_STATE[STARTS] = State.RUNNING
_STATE[[Ev.GO_CREATE, Ev.GO_SCHED, Ev.GO_PREEMPT]] = State.RUNNABLE
_STATE[[Ev.GO_UNBLOCK, Ev.GO_UNBLOCK_LOCAL]] = State.RUNNABLE
_STATE[[Ev.GO_SYS_EXIT, Ev.GO_SYS_EXIT_LOCAL]] = State.RUNNABLE
_STATE[[Ev.GO_SYS_CALL, Ev.GO_IN_SYSCALL]] = State.SYSCALL
_STATE[Ev.GO_END] = State.ABSENT

# A goroutine that loses its proc in a syscall stays in the syscall.
_OWN = (STOPS & ~of_types(Ev.GO_SYS_BLOCK)) | of_types(Ev.GO_SYS_CALL)
_TELLS = STARTS | of_types(Ev.GO_WAITING, Ev.GO_IN_SYSCALL)


@dataclass(frozen=True, slots=True)
class OldCreations:
    """Goroutines created while the trace ran, in the order of the file; columns int64, (n,).

    Attributes:
        goroutine: the new one.
        creator: NO_GOROUTINE where no goroutine did it.
        tick: when.
        stack: stack number of the ``go`` statement.
        function: stack number of what it starts with.
    """

    goroutine: NDArray[np.int64]
    creator: NDArray[np.int64]
    tick: NDArray[np.int64]
    stack: NDArray[np.int64]
    function: NDArray[np.int64]


def find_creations(events: OldEvents, context: OldContext) -> OldCreations:
    """Return what goroutines were created, but for those that the trace began with."""
    rows = np.flatnonzero(events.type == Ev.GO_CREATE)
    rows = rows[~_is_initial(rows, context)]
    return OldCreations(
        goroutine=events.argument(0, rows),
        creator=context.goroutine[rows],
        tick=events.tick[rows],
        stack=events.argument(2, rows),
        function=events.argument(1, rows),
    )


def goroutine_transitions(
    events: OldEvents,
    context: OldContext,
    sequence: NDArray[np.int64],
    reasons: Mapping[Ev, int],
) -> Transitions:
    """Return the state changes of every goroutine.

    Of goroutines that the trace began with nothing is known but the function they began with: it
    stands in for the stack. ``reasons`` are the string numbers of the reasons that types of events
    stand for.
    """
    kind = events.type
    own = _OWN[kind] & (context.goroutine != NO_GOROUTINE)
    relevant = own | SEQUENCED[kind]
    relevant[_told_better(events, context)] = False
    rows = np.flatnonzero(relevant)
    # A call that kept its proc stands here twice: it ends as it begins.
    again = rows[kind[rows] == Ev.GO_SYS_CALL]
    again = again[~_is_blocked(events, again)]
    rows = np.concatenate((rows, again))
    order = np.argsort(rows, kind="stable")
    ends = (np.arange(len(rows)) >= len(rows) - len(again))[order]
    rows = rows[order]

    types, is_own = kind[rows], own[rows]
    lane = context.goroutine[rows]
    named = np.flatnonzero(~is_own)
    lane[named] = events.argument(0, rows[named])
    place = 2 * np.where(is_own, context.span[rows], sequence[rows]) + is_own
    state = _STATE[types]
    state[ends] = State.RUNNING
    tick, stack = events.tick[rows], events.stack(rows)
    stack[ends] = 0
    status = _is_initial(rows, context)
    _tell_initial(events, context, rows, lane, status, tick, stack)
    reason = np.zeros(256, np.int64)
    reason[list(reasons)] = list(reasons.values())
    bound = (state == State.RUNNING) | ((state == State.SYSCALL) & is_own)

    order = lane_order(lane, place)
    rows, lane, bound = rows[order], lane[order], bound[order]
    return Transitions(
        lane=lane,
        tick=tick[order],
        state=state[order],
        reason=reason[types[order]],
        stack=stack[order],
        actor=context.goroutine[rows],
        goroutine=lane,
        proc=np.where(bound, events.proc(rows), NO_PROC),
        thread=np.where(bound, context.thread[rows], NO_THREAD),
        status=status[order],
    )


def _is_initial(rows: NDArray[np.intp], context: OldContext) -> NDArray[np.bool_]:
    initial: NDArray[np.bool_] = (rows >= context.initial.start) & (rows < context.initial.stop)
    return initial


def _is_blocked(events: OldEvents, rows: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Return which syscalls lost their proc: it is the next that happens on it."""
    after = np.minimum(rows + 1, len(events) - 1)
    blocked: NDArray[np.bool_] = (events.type[after] == Ev.GO_SYS_BLOCK) & (after > rows)
    blocked &= events.proc(after) == events.proc(rows)
    return blocked


def _told_better(events: OldEvents, context: OldContext) -> NDArray[np.intp]:
    """Return the initial creations of goroutines whose state another initial event tells."""
    rows = np.arange(context.initial.start, context.initial.stop)
    kind = events.type[rows]
    created, told = rows[kind == Ev.GO_CREATE], rows[_TELLS[kind]]
    better: NDArray[np.intp] = created[
        np.isin(events.argument(0, created), events.argument(0, told))
    ]
    return better


def _tell_initial(
    events: OldEvents,
    context: OldContext,
    rows: NDArray[np.intp],
    lane: NDArray[np.int64],
    status: NDArray[np.bool_],
    tick: NDArray[np.int64],
    stack: NDArray[np.int64],
) -> None:
    """Complete the changes that tell what was so when the trace began, in place.

    The trace begins by creating every goroutine that exists. Those that then neither wait nor
    run are runnable, which shows only when it has told of all of them.
    """
    initial = np.arange(context.initial.start, context.initial.stop)
    created = initial[events.type[initial] == Ev.GO_CREATE]
    stated = np.flatnonzero(status)
    if not len(created) or not len(stated):
        return
    goroutine, function = events.argument(0, created), events.argument(1, created)
    by_number = np.argsort(goroutine, kind="stable")
    goroutine, function = goroutine[by_number], function[by_number]
    place = np.minimum(np.searchsorted(goroutine, lane[stated]), len(goroutine) - 1)
    stack[stated] = np.where(goroutine[place] == lane[stated], function[place], 0)
    # The next event on the proc is the one with which the world goes on.
    end = min(context.initial.stop, len(events) - 1)
    tick[stated[events.type[rows[stated]] == Ev.GO_CREATE]] = events.tick[end]
