"""State transitions of procs, and of the threads that run them.

A proc's events are in its own stream, in order. A thread has no stream: its transitions are those
of the procs that it started, ordered by time alone. A thread that loses its proc in a syscall stays
in the syscall until the goroutine's GoSysExit.
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
from flakecore.gotrace.v1.proc_bindings import NO_THREAD, STARTS, STOPS
from flakecore.gotrace.v1.segments import Segment

_CHANGES = STARTS | STOPS | of_types(EvV1.PROC_START, EvV1.PROC_STOP)
_ENTERS = of_types(EvV1.GO_IN_SYSCALL, EvV1.GO_SYS_BLOCK)
_LEAVES = of_types(EvV1.GO_SYS_EXIT, EvV1.GO_SYS_EXIT_LOCAL)


def proc_transitions(segment: Segment) -> Transitions:
    """Return the state transitions of every proc in a segment, with the goroutine it runs.

    A proc is RUNNING also while its thread looks for a goroutine to run. Its first event in the
    trace is a status: the proc may have been in that state before.
    """
    rows, state = _proc_changes(segment)
    on_proc = segment.proc[rows] >= 0
    rows, state = rows[on_proc], state[on_proc]
    goroutine, thread = _goroutine_after(segment, rows), segment.thread[rows]
    idle = state == State.IDLE
    goroutine[idle], thread[idle] = NO_GOROUTINE, NO_THREAD
    status = np.zeros(len(segment), np.bool_)
    status[segment.first_proc_events()] = True
    none = np.zeros(len(rows), np.int8)
    return Transitions(
        lane=segment.proc[rows],
        tick=segment.tick[rows],
        state=state,
        reason=none,
        stack=none,
        actor=segment.running[rows],
        goroutine=goroutine,
        proc=segment.proc[rows],
        thread=thread,
        status=status[rows],
    )


class ThreadLanes:
    """Builds the transitions of threads, one segment after another."""

    def __init__(self) -> None:
        self._seen = np.zeros(0, np.int64)
        # Goroutines in a syscall without a proc, ascending, and the threads that they are on.
        self._goroutine = np.zeros(0, np.int64)
        self._thread = np.zeros(0, np.int64)

    def transitions(self, segment: Segment) -> Transitions:
        """Return the state transitions of every thread that ran a proc, with its bindings."""
        rows, state = _proc_changes(segment)
        kind = segment.type[rows]
        lane, goroutine = segment.thread[rows], _goroutine_after(segment, rows)
        state[(state == State.RUNNING) & (goroutine == NO_GOROUTINE)] = State.IDLE
        lost = kind == EvV1.GO_SYS_BLOCK
        state[lost], goroutine[lost] = State.SYSCALL, segment.running[rows[lost]]
        proc = segment.proc[rows]
        proc[lost | (kind == EvV1.PROC_STOP)] = NO_PROC
        # A proc stop after GoSysBlock does not change the thread, which is in the syscall.
        stops = np.flatnonzero(kind == EvV1.PROC_STOP)
        stays = np.zeros(len(rows), np.bool_)
        stays[stops] = segment.follows(rows[stops], EvV1.GO_SYS_BLOCK)
        left, leaves = self._syscall_ends(segment)
        count = len(left)

        bound = np.flatnonzero((lane != NO_THREAD) & ~stays)
        rows = np.concatenate((rows[bound], leaves))
        lane = np.concatenate((lane[bound], left))
        order = np.argsort(segment.tick[rows], kind="stable")
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
            tick=segment.tick[rows],
            state=np.concatenate((state[bound], idle))[order],
            reason=none,
            stack=none,
            actor=segment.running[rows],
            goroutine=np.concatenate((goroutine[bound], nothing))[order],
            proc=np.concatenate((proc[bound], nothing))[order],
            thread=lane,
            status=first,
        )

    def _syscall_ends(self, segment: Segment) -> tuple[IntColumn, NDArray[np.intp]]:
        """Return the threads that left a syscall without their proc, and the rows where they did.

        The thread of a goroutine that was in a syscall when the trace began is not known.
        """
        rows = np.flatnonzero((_ENTERS | _LEAVES)[segment.type])
        blocks = segment.type[rows] == EvV1.GO_SYS_BLOCK
        goroutine = np.where(blocks, segment.running[rows], segment.named[rows])
        thread = np.where(blocks, segment.thread[rows], NO_THREAD)
        tick = segment.tick[rows]
        # Goroutines in a syscall when the segment began come first.
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
        back = (ends >= 0) & _LEAVES[segment.type[rows[ends]]] if len(rows) else ends >= 0
        return thread[after[back] - 1], rows[ends[back]]


def _proc_changes(segment: Segment) -> tuple[NDArray[np.intp], NDArray[np.uint8]]:
    """Return the rows that change a proc's state or goroutine, and its ``State`` after each.

    Syscalls that keep the proc are left out: they end when they begin.
    """
    changes = _CHANGES[segment.type]
    calls = np.flatnonzero(segment.type == EvV1.GO_SYS_CALL)
    changes[calls[segment.lost_proc(calls)]] = True
    rows = np.flatnonzero(changes)
    kind = segment.type[rows]
    state = np.full(len(rows), State.RUNNING, np.uint8)
    state[kind == EvV1.GO_SYS_CALL] = State.SYSCALL
    state[kind == EvV1.PROC_STOP] = State.IDLE
    return rows, state


def _goroutine_after(segment: Segment, rows: NDArray[np.intp]) -> IntColumn:
    """Return the goroutine that runs after each row; -1 for none."""
    kind = segment.type[rows]
    goroutine = np.where(STARTS[kind], segment.named[rows], NO_GOROUTINE)
    calls = kind == EvV1.GO_SYS_CALL
    goroutine[calls] = segment.running[rows[calls]]
    return goroutine
