"""What an event says, in the words of Go's own reader: kinds of events, and states from and to.

The wire has a type for each cause of a change; the reference (``src/internal/trace/event.go``,
which ``go tool trace -d=parsed`` prints) knows a dozen kinds, most of them a change of one
goroutine or proc from one state to another. Two types stand for several such changes at once: a
switch of coroutines is three, and a goroutine that ends inside a syscall first loses its proc.
Each change has a code of its own here; the other codes are the wire types themselves.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.format.wire import Ev, GoStatus, ProcStatus


class EventKind(IntEnum):
    """Kinds of events."""

    STATE_TRANSITION = 0
    METRIC = 1
    LABEL = 2
    RANGE_BEGIN = 3
    RANGE_ACTIVE = 4
    RANGE_END = 5
    TASK_BEGIN = 6
    TASK_END = 7
    REGION_BEGIN = 8
    REGION_END = 9
    LOG = 10
    STACK_SAMPLE = 11

    @property
    def label(self) -> str:
        """The reference's name of it: ``StateTransition``."""
        return "".join(part.capitalize() for part in self.name.split("_"))


class Subject(IntEnum):
    """What an event is about."""

    NONE = 0
    GOROUTINE = 1
    PROC = 2


class Stand(IntEnum):
    """States of goroutines and procs as the reference names them; a syscall's proc is running."""

    NONE = 0
    UNDETERMINED = 1
    """Not known before the trace began."""
    NOT_EXIST = 2
    RUNNABLE = 3
    RUNNING = 4
    WAITING = 5
    SYSCALL = 6
    IDLE = 7

    @property
    def label(self) -> str:
        """The reference's name of it: ``NotExist``."""
        return "".join(part.capitalize() for part in self.name.split("_"))


class Code(IntEnum):
    """Changes that share an event with another, as codes above the wire's types."""

    SWITCH_UNBLOCK = 200
    SWITCH_BLOCK = 201
    SWITCH_DESTROY = 202
    SWITCH_START = 203
    LOSE_PROC = 204
    STACK_SAMPLE = 205


_GO, _PROC = Subject.GOROUTINE, Subject.PROC
_S = Stand
# By code: what changes, whether the event names it (or it is what runs on the thread), from, to.
_CHANGES: dict[int, tuple[Subject, bool, Stand, Stand]] = {
    Ev.PROC_START: (_PROC, True, _S.IDLE, _S.RUNNING),
    Ev.PROC_STOP: (_PROC, False, _S.RUNNING, _S.IDLE),
    Ev.PROC_STEAL: (_PROC, True, _S.RUNNING, _S.IDLE),
    Ev.PROC_STATUS: (_PROC, True, _S.NONE, _S.NONE),
    Ev.GO_CREATE: (_GO, True, _S.NOT_EXIST, _S.RUNNABLE),
    Ev.GO_CREATE_BLOCKED: (_GO, True, _S.NOT_EXIST, _S.WAITING),
    Ev.GO_CREATE_SYSCALL: (_GO, True, _S.NOT_EXIST, _S.SYSCALL),
    Ev.GO_START: (_GO, True, _S.RUNNABLE, _S.RUNNING),
    Ev.GO_DESTROY: (_GO, False, _S.RUNNING, _S.NOT_EXIST),
    Ev.GO_DESTROY_SYSCALL: (_GO, False, _S.SYSCALL, _S.NOT_EXIST),
    Ev.GO_STOP: (_GO, False, _S.RUNNING, _S.RUNNABLE),
    Ev.GO_BLOCK: (_GO, False, _S.RUNNING, _S.WAITING),
    Ev.GO_UNBLOCK: (_GO, True, _S.WAITING, _S.RUNNABLE),
    Ev.GO_SYSCALL_BEGIN: (_GO, False, _S.RUNNING, _S.SYSCALL),
    Ev.GO_SYSCALL_END: (_GO, False, _S.SYSCALL, _S.RUNNING),
    Ev.GO_SYSCALL_END_BLOCKED: (_GO, False, _S.SYSCALL, _S.RUNNABLE),
    Ev.GO_STATUS: (_GO, True, _S.NONE, _S.NONE),
    Ev.GO_STATUS_STACK: (_GO, True, _S.NONE, _S.NONE),
    Ev.GO_SWITCH: (_GO, True, _S.WAITING, _S.RUNNABLE),
    Ev.GO_SWITCH_DESTROY: (_GO, True, _S.WAITING, _S.RUNNABLE),
    Code.SWITCH_UNBLOCK: (_GO, True, _S.WAITING, _S.RUNNABLE),
    Code.SWITCH_BLOCK: (_GO, False, _S.RUNNING, _S.WAITING),
    Code.SWITCH_DESTROY: (_GO, False, _S.RUNNING, _S.NOT_EXIST),
    Code.SWITCH_START: (_GO, True, _S.RUNNABLE, _S.RUNNING),
    Code.LOSE_PROC: (_PROC, False, _S.RUNNING, _S.IDLE),
}
# Of the other codes: their kind, and what they are about.
_OTHERS: dict[int, tuple[EventKind, Subject, bool]] = {
    Ev.PROCS_CHANGE: (EventKind.METRIC, Subject.NONE, False),
    Ev.HEAP_ALLOC: (EventKind.METRIC, Subject.NONE, False),
    Ev.HEAP_GOAL: (EventKind.METRIC, Subject.NONE, False),
    Ev.GO_LABEL: (EventKind.LABEL, _GO, False),
    Ev.STW_BEGIN: (EventKind.RANGE_BEGIN, _GO, False),
    Ev.STW_END: (EventKind.RANGE_END, _GO, False),
    Ev.GC_ACTIVE: (EventKind.RANGE_ACTIVE, Subject.NONE, False),
    Ev.GC_BEGIN: (EventKind.RANGE_BEGIN, Subject.NONE, False),
    Ev.GC_END: (EventKind.RANGE_END, Subject.NONE, False),
    Ev.GC_SWEEP_ACTIVE: (EventKind.RANGE_ACTIVE, _PROC, True),
    Ev.GC_SWEEP_BEGIN: (EventKind.RANGE_BEGIN, _PROC, False),
    Ev.GC_SWEEP_END: (EventKind.RANGE_END, _PROC, False),
    Ev.GC_MARK_ASSIST_ACTIVE: (EventKind.RANGE_ACTIVE, _GO, True),
    Ev.GC_MARK_ASSIST_BEGIN: (EventKind.RANGE_BEGIN, _GO, False),
    Ev.GC_MARK_ASSIST_END: (EventKind.RANGE_END, _GO, False),
    Ev.USER_TASK_BEGIN: (EventKind.TASK_BEGIN, Subject.NONE, False),
    Ev.USER_TASK_END: (EventKind.TASK_END, Subject.NONE, False),
    Ev.USER_REGION_BEGIN: (EventKind.REGION_BEGIN, Subject.NONE, False),
    Ev.USER_REGION_END: (EventKind.REGION_END, Subject.NONE, False),
    Ev.USER_LOG: (EventKind.LOG, Subject.NONE, False),
    Code.STACK_SAMPLE: (EventKind.STACK_SAMPLE, Subject.NONE, False),
}
_SWEEP, _MARK, _ASSIST = "GC incremental sweep", "GC concurrent mark phase", "GC mark assist"
FIXED_NAMES: dict[int, str] = {
    Ev.PROCS_CHANGE: "/sched/gomaxprocs:threads",
    Ev.HEAP_ALLOC: "/memory/classes/heap/objects:bytes",
    Ev.HEAP_GOAL: "/gc/heap/goal:bytes",
    Ev.GC_ACTIVE: _MARK,
    Ev.GC_BEGIN: _MARK,
    Ev.GC_END: _MARK,
    Ev.GC_SWEEP_ACTIVE: _SWEEP,
    Ev.GC_SWEEP_BEGIN: _SWEEP,
    Ev.GC_SWEEP_END: _SWEEP,
    Ev.GC_MARK_ASSIST_ACTIVE: _ASSIST,
    Ev.GC_MARK_ASSIST_BEGIN: _ASSIST,
    Ev.GC_MARK_ASSIST_END: _ASSIST,
}
"""Names of metrics and ranges whose type alone decides them, by code."""


def _table() -> NDArray[np.uint8]:
    table = np.zeros((256, 5), np.uint8)
    for code, (kind, subject, named) in _OTHERS.items():
        table[code] = (kind, subject, named, Stand.NONE, Stand.NONE)
    for code, (subject, named, before, after) in _CHANGES.items():
        table[code] = (EventKind.STATE_TRANSITION, subject, named, before, after)
    return table


KIND, SUBJECT, _IS_NAMED, BEFORE, AFTER = _table().T.copy()
"""By code: its ``EventKind``, ``Subject``, and of a change the ``Stand`` before and after it."""
NAMES_SUBJECT: NDArray[np.bool_] = _IS_NAMED.astype(np.bool_)
"""By code: whether the event's first argument is its subject, and not what runs on the thread."""

GOROUTINE_STAND = np.zeros(256, np.uint8)
"""By ``GoStatus``: the state it tells."""
GOROUTINE_STAND[GoStatus.RUNNABLE] = Stand.RUNNABLE
GOROUTINE_STAND[GoStatus.RUNNING] = Stand.RUNNING
GOROUTINE_STAND[GoStatus.SYSCALL] = Stand.SYSCALL
GOROUTINE_STAND[GoStatus.WAITING] = Stand.WAITING

PROC_STAND = np.zeros(256, np.uint8)
"""By ``ProcStatus``: the state it tells."""
PROC_STAND[[ProcStatus.RUNNING, ProcStatus.SYSCALL]] = Stand.RUNNING
PROC_STAND[[ProcStatus.IDLE, ProcStatus.SYSCALL_ABANDONED]] = Stand.IDLE
