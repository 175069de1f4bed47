"""State changes of procs, and of the threads that run them.

All that happens to a proc stands in its own stream, in order. A thread has no stream: it is what
it was bound to, from the procs that it started; there time alone gives the order. A thread that
loses its proc in a syscall stays in the syscall until the goroutine's GoSysExit.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.events.context import NO_GOROUTINE, NO_PROC
from flakecore.gotrace.events.sequence import lane_order
from flakecore.gotrace.format.varint import IntColumn
from flakecore.gotrace.intervals.states import State
from flakecore.gotrace.intervals.transitions import Transitions
from flakecore.gotrace.v1.format.wire import EvV1, of_types
from flakecore.gotrace.v1.segments import NO_THREAD, STARTS, STOPS, Segment

_CHANGES = STARTS | STOPS | of_types(EvV1.PROC_START, EvV1.PROC_STOP)
_ENTERS = of_types(EvV1.GO_IN_SYSCALL, EvV1.GO_SYS_BLOCK)
_LEAVES = of_types(EvV1.GO_SYS_EXIT, EvV1.GO_SYS_EXIT_LOCAL)


def proc_transitions(stretch: Segment) -> Transitions:
    """Return the state changes of every proc, with the goroutine it runs.

    A proc is RUNNING also while it runs no goroutine but looks for one to run. The first that is
    heard of it tells what was so already.
    """
    rows, state = _proc_changes(stretch)
    on_proc = stretch.proc[rows] >= 0
    rows, state = rows[on_proc], state[on_proc]
    goroutine, thread = _goroutine_after(stretch, rows), stretch.thread[rows]
    idle = state == State.IDLE
    goroutine[idle], thread[idle] = NO_GOROUTINE, NO_THREAD
    status = np.zeros(len(stretch), np.bool_)
    status[stretch.first_moves()] = True
    none = np.zeros(len(rows), np.int8)
    return Transitions(
        lane=stretch.proc[rows],
        tick=stretch.tick[rows],
        state=state,
        reason=none,
        stack=none,
        actor=stretch.running[rows],
        goroutine=goroutine,
        proc=stretch.proc[rows],
        thread=thread,
        status=status[rows],
    )


class ThreadLanes:
    """Makes the changes of threads, one stretch after the other."""

    def __init__(self) -> None:
        self._seen = np.zeros(0, np.int64)
        # Goroutines in a syscall without a proc, ascending, and the threads that they are on.
        self._goroutine = np.zeros(0, np.int64)
        self._thread = np.zeros(0, np.int64)

    def transitions(self, stretch: Segment) -> Transitions:
        """Return what every thread that ran a proc was doing: its goroutine, proc, syscall."""
        rows, state = _proc_changes(stretch)
        kind = stretch.type[rows]
        lane, goroutine = stretch.thread[rows], _goroutine_after(stretch, rows)
        state[(state == State.RUNNING) & (goroutine == NO_GOROUTINE)] = State.IDLE
        lost = kind == EvV1.GO_SYS_BLOCK
        state[lost], goroutine[lost] = State.SYSCALL, stretch.running[rows[lost]]
        proc = stretch.proc[rows]
        proc[lost | (kind == EvV1.PROC_STOP)] = NO_PROC
        # The proc stops next, but the thread stays where it is.
        stops = np.flatnonzero(kind == EvV1.PROC_STOP)
        stays = np.zeros(len(rows), np.bool_)
        stays[stops] = stretch.follows(rows[stops], EvV1.GO_SYS_BLOCK)
        left, leaves = self._syscall_ends(stretch)
        count = len(left)

        kept = np.flatnonzero((lane != NO_THREAD) & ~stays)
        rows = np.concatenate((rows[kept], leaves))
        lane = np.concatenate((lane[kept], left))
        order = np.argsort(stretch.tick[rows], kind="stable")
        order = order[lane_order(lane[order], np.zeros(len(order), np.int32))]
        lane, rows = lane[order], rows[order]
        first = np.ones(len(lane), np.bool_)
        first[1:] = lane[1:] != lane[:-1]
        first[first] = ~np.isin(lane[first], self._seen)
        self._seen = np.union1d(self._seen, lane[first])
        none = np.zeros(len(lane), np.int8)
        idle, nothing = np.full(count, State.IDLE, np.uint8), np.full(count, -1, np.int8)
        return Transitions(
            lane=lane,
            tick=stretch.tick[rows],
            state=np.concatenate((state[kept], idle))[order],
            reason=none,
            stack=none,
            actor=stretch.running[rows],
            goroutine=np.concatenate((goroutine[kept], nothing))[order],
            proc=np.concatenate((proc[kept], nothing))[order],
            thread=lane,
            status=first,
        )

    def _syscall_ends(self, stretch: Segment) -> tuple[IntColumn, NDArray[np.intp]]:
        """Return the threads that came back from a syscall without their proc, and where.

        A goroutine that sat in a syscall when the trace began is on a thread nobody knows.
        """
        rows = np.flatnonzero((_ENTERS | _LEAVES)[stretch.type])
        blocks = stretch.type[rows] == EvV1.GO_SYS_BLOCK
        goroutine = np.where(blocks, stretch.running[rows], stretch.named[rows])
        thread = np.where(blocks, stretch.thread[rows], NO_THREAD)
        tick = stretch.tick[rows]
        # Who was in a syscall when the stretch began comes first.
        before = len(self._goroutine)
        goroutine = np.concatenate((self._goroutine, goroutine))
        thread = np.concatenate((self._thread, thread))
        tick = np.concatenate((np.full(before, np.iinfo(np.int64).min), tick))
        order = np.lexsort((tick, goroutine))
        goroutine, thread = goroutine[order], thread[order]
        last = np.append(goroutine[1:] != goroutine[:-1], True)[: len(order)]
        still = last & (thread != NO_THREAD)
        self._goroutine, self._thread = goroutine[still], thread[still]
        after = np.flatnonzero((thread[:-1] != NO_THREAD) & ~last[:-1]) + 1
        ends = order[after] - before
        back = (ends >= 0) & _LEAVES[stretch.type[rows[ends]]] if len(rows) else ends >= 0
        return thread[after[back] - 1], rows[ends[back]]


def _proc_changes(stretch: Segment) -> tuple[NDArray[np.intp], NDArray[np.uint8]]:
    """Return the rows that change what a proc does, and its state from there on.

    A syscall counts where it lost the proc: the others are over as they begin.
    """
    changes = _CHANGES[stretch.type]
    calls = np.flatnonzero(stretch.type == EvV1.GO_SYS_CALL)
    changes[calls[stretch.is_blocked(calls)]] = True
    rows = np.flatnonzero(changes)
    kind = stretch.type[rows]
    state = np.full(len(rows), State.RUNNING, np.uint8)
    state[kind == EvV1.GO_SYS_CALL] = State.SYSCALL
    state[kind == EvV1.PROC_STOP] = State.IDLE
    return rows, state


def _goroutine_after(stretch: Segment, rows: NDArray[np.intp]) -> IntColumn:
    """Return the goroutine that runs from each row on."""
    kind = stretch.type[rows]
    goroutine = np.where(STARTS[kind], stretch.named[rows], NO_GOROUTINE)
    calls = kind == EvV1.GO_SYS_CALL
    goroutine[calls] = stretch.running[rows[calls]]
    return goroutine
