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
from flakecore.gotrace.old.sequence import SEQUENCED, Named
from flakecore.gotrace.old.wire import Ev, of_types
from flakecore.gotrace.sequence import lane_order
from flakecore.gotrace.states import State
from flakecore.gotrace.transitions import Transitions
from flakecore.gotrace.varint import Places

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
    """Goroutines created while the trace ran, in the order of the file; every column (n,).

    Attributes:
        goroutine: the new one.
        creator: NO_GOROUTINE where no goroutine did it.
        tick: int64, when.
        stack: stack number of the ``go`` statement.
        function: stack number of what it starts with.
    """

    goroutine: Places
    creator: Places
    tick: NDArray[np.int64]
    stack: Places
    function: Places


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
    named: Named,
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
    calls = np.flatnonzero(kind[rows] == Ev.GO_SYS_CALL)
    calls = calls[~_is_blocked(events, rows[calls])]
    times = np.ones(len(rows), np.int8)
    times[calls] = 2
    ends = calls + np.arange(1, len(calls) + 1)
    rows = np.repeat(rows, times)

    types, is_own = kind[rows], own[rows]
    lane = np.where(is_own, context.goroutine[rows], named.goroutine[rows])
    place = np.where(is_own, context.span[rows], named.sequence[rows])
    if len(place) and int(place.max()) >= 1 << 30:
        place = place.astype(np.int64)
    place *= 2
    place += is_own
    state = _STATE[types]
    state[ends] = State.RUNNING
    tick, stack = events.tick[rows], events.stack(rows)
    stack[ends] = 0
    status = _is_initial(rows, context)
    _tell_initial(events, context, rows, lane, status, tick, stack)
    reason = np.zeros(256, np.int32)
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
        proc=np.where(bound, events.proc[rows], NO_PROC),
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
    blocked &= events.proc[after] == events.proc[rows]
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
    lane: Places,
    status: NDArray[np.bool_],
    tick: NDArray[np.int64],
    stack: Places,
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
