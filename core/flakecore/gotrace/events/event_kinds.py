"""Kinds of events and the states they change, as Go's own reader names them.

The wire format has a type for each cause of a state transition; the reader
(``src/internal/trace/event.go``, printed by ``go tool trace -d=parsed``) has a dozen kinds, most of
them a transition of one goroutine or proc. Two types are several transitions at once: a coroutine
switch is three, and a goroutine that is destroyed inside a syscall first loses its proc. Each of
these has a code of its own here; all other codes are the wire types themselves.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.format.wire import Ev, GoStatus, ProcStatus


class EventKind(IntEnum):
    """Kind of an event (``EventKind`` of ``src/internal/trace``)."""

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
        """The name that Go prints: ``StateTransition``."""
        return "".join(part.capitalize() for part in self.name.split("_"))


class ResourceKind(IntEnum):
    """Kind of the resource that an event is about (``ResourceKind`` of ``src/internal/trace``)."""

    NONE = 0
    GOROUTINE = 1
    PROC = 2


class ResourceState(IntEnum):
    """States of goroutines and procs (``GoState``, ``ProcState``); a syscall's proc is RUNNING."""

    NONE = 0
    UNDETERMINED = 1
    """Unknown: from before the trace began."""
    NOT_EXIST = 2
    RUNNABLE = 3
    RUNNING = 4
    WAITING = 5
    SYSCALL = 6
    IDLE = 7

    @property
    def label(self) -> str:
        """The name that Go prints: ``NotExist``."""
        return "".join(part.capitalize() for part in self.name.split("_"))


class SyntheticCode(IntEnum):
    """Codes of events that have no wire type of their own, above all wire types."""

    SWITCH_UNBLOCK = 200
    SWITCH_BLOCK = 201
    SWITCH_DESTROY = 202
    SWITCH_START = 203
    LOSE_PROC = 204
    STACK_SAMPLE = 205


_GO, _PROC = ResourceKind.GOROUTINE, ResourceKind.PROC
_S = ResourceState
# By code: the resource kind, whether the first argument is the resource (else it is the one bound
# to the thread), the state from, the state to.
_CHANGES: dict[int, tuple[ResourceKind, bool, ResourceState, ResourceState]] = {
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
    SyntheticCode.SWITCH_UNBLOCK: (_GO, True, _S.WAITING, _S.RUNNABLE),
    SyntheticCode.SWITCH_BLOCK: (_GO, False, _S.RUNNING, _S.WAITING),
    SyntheticCode.SWITCH_DESTROY: (_GO, False, _S.RUNNING, _S.NOT_EXIST),
    SyntheticCode.SWITCH_START: (_GO, True, _S.RUNNABLE, _S.RUNNING),
    SyntheticCode.LOSE_PROC: (_PROC, False, _S.RUNNING, _S.IDLE),
}
# By code of other events: the kind, the resource kind, whether the first argument is the resource.
_OTHERS: dict[int, tuple[EventKind, ResourceKind, bool]] = {
    Ev.PROCS_CHANGE: (EventKind.METRIC, ResourceKind.NONE, False),
    Ev.HEAP_ALLOC: (EventKind.METRIC, ResourceKind.NONE, False),
    Ev.HEAP_GOAL: (EventKind.METRIC, ResourceKind.NONE, False),
    Ev.GO_LABEL: (EventKind.LABEL, _GO, False),
    Ev.STW_BEGIN: (EventKind.RANGE_BEGIN, _GO, False),
    Ev.STW_END: (EventKind.RANGE_END, _GO, False),
    Ev.GC_ACTIVE: (EventKind.RANGE_ACTIVE, ResourceKind.NONE, False),
    Ev.GC_BEGIN: (EventKind.RANGE_BEGIN, ResourceKind.NONE, False),
    Ev.GC_END: (EventKind.RANGE_END, ResourceKind.NONE, False),
    Ev.GC_SWEEP_ACTIVE: (EventKind.RANGE_ACTIVE, _PROC, True),
    Ev.GC_SWEEP_BEGIN: (EventKind.RANGE_BEGIN, _PROC, False),
    Ev.GC_SWEEP_END: (EventKind.RANGE_END, _PROC, False),
    Ev.GC_MARK_ASSIST_ACTIVE: (EventKind.RANGE_ACTIVE, _GO, True),
    Ev.GC_MARK_ASSIST_BEGIN: (EventKind.RANGE_BEGIN, _GO, False),
    Ev.GC_MARK_ASSIST_END: (EventKind.RANGE_END, _GO, False),
    Ev.USER_TASK_BEGIN: (EventKind.TASK_BEGIN, ResourceKind.NONE, False),
    Ev.USER_TASK_END: (EventKind.TASK_END, ResourceKind.NONE, False),
    Ev.USER_REGION_BEGIN: (EventKind.REGION_BEGIN, ResourceKind.NONE, False),
    Ev.USER_REGION_END: (EventKind.REGION_END, ResourceKind.NONE, False),
    Ev.USER_LOG: (EventKind.LOG, ResourceKind.NONE, False),
    SyntheticCode.STACK_SAMPLE: (EventKind.STACK_SAMPLE, ResourceKind.NONE, False),
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
"""By code: the names of metrics and ranges that follow from the type alone (``event.go``)."""


def _table() -> NDArray[np.uint8]:
    table = np.zeros((256, 5), np.uint8)
    for code, (kind, subject, named) in _OTHERS.items():
        table[code] = (kind, subject, named, ResourceState.NONE, ResourceState.NONE)
    for code, (subject, named, before, after) in _CHANGES.items():
        table[code] = (EventKind.STATE_TRANSITION, subject, named, before, after)
    return table


KIND, RESOURCE_KIND, _IS_NAMED, FROM_STATE, TO_STATE = _table().T.copy()
"""By code: ``EventKind``, ``ResourceKind``, and ``ResourceState`` from and to."""
NAMES_RESOURCE: NDArray[np.bool_] = _IS_NAMED.astype(np.bool_)
"""By code: whether the resource is the event's first argument, not the one bound to the thread."""

GOROUTINE_STATUS_STATE = np.zeros(256, np.uint8)
"""By ``GoStatus``: its ``ResourceState``; uint8, (256,)."""
GOROUTINE_STATUS_STATE[GoStatus.RUNNABLE] = ResourceState.RUNNABLE
GOROUTINE_STATUS_STATE[GoStatus.RUNNING] = ResourceState.RUNNING
GOROUTINE_STATUS_STATE[GoStatus.SYSCALL] = ResourceState.SYSCALL
GOROUTINE_STATUS_STATE[GoStatus.WAITING] = ResourceState.WAITING

PROC_STATUS_STATE = np.zeros(256, np.uint8)
"""By ``ProcStatus``: its ``ResourceState``; uint8, (256,)."""
PROC_STATUS_STATE[[ProcStatus.RUNNING, ProcStatus.SYSCALL]] = ResourceState.RUNNING
PROC_STATUS_STATE[[ProcStatus.IDLE, ProcStatus.SYSCALL_ABANDONED]] = ResourceState.IDLE
