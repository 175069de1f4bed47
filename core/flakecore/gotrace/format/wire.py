"""The wire format of execution traces since Go 1.22: the header and the table of event types.

Source: ``src/internal/trace/tracev2/events.go`` and ``version/version.go`` of Go 1.27. A type's
number never changed between releases; a newer header only means that more types may appear.
"""

from __future__ import annotations

import re
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from flakecore.errors import TraceError

HEADER_SIZE = 16
MAX_BATCH_SIZE = 64 << 10
MAX_STRING_SIZE = 1 << 10
MAX_STACK_FRAMES = 128
"""Limits of the format (``src/internal/trace/tracev2/events.go``)."""
OLDEST_KNOWN = 11
"""The oldest header known here, and the oldest that Go's own tools read."""
FIRST_WITH_GENERATIONS = 22
"""The first header of this format."""
NEWEST_KNOWN = 26
"""The newest header known here: Go 1.26 wrote it first and Go 1.27 writes it still."""


class Ev(IntEnum):
    """Event types, under the names the runtime gives them, without the ``Ev`` in front."""

    EVENT_BATCH = 1
    STACKS = 2
    STACK = 3
    STRINGS = 4
    STRING = 5
    CPU_SAMPLES = 6
    CPU_SAMPLE = 7
    FREQUENCY = 8
    PROCS_CHANGE = 9
    PROC_START = 10
    PROC_STOP = 11
    PROC_STEAL = 12
    PROC_STATUS = 13
    GO_CREATE = 14
    GO_CREATE_SYSCALL = 15
    GO_START = 16
    GO_DESTROY = 17
    GO_DESTROY_SYSCALL = 18
    GO_STOP = 19
    GO_BLOCK = 20
    GO_UNBLOCK = 21
    GO_SYSCALL_BEGIN = 22
    GO_SYSCALL_END = 23
    GO_SYSCALL_END_BLOCKED = 24
    GO_STATUS = 25
    STW_BEGIN = 26
    STW_END = 27
    GC_ACTIVE = 28
    GC_BEGIN = 29
    GC_END = 30
    GC_SWEEP_ACTIVE = 31
    GC_SWEEP_BEGIN = 32
    GC_SWEEP_END = 33
    GC_MARK_ASSIST_ACTIVE = 34
    GC_MARK_ASSIST_BEGIN = 35
    GC_MARK_ASSIST_END = 36
    HEAP_ALLOC = 37
    HEAP_GOAL = 38
    GO_LABEL = 39
    USER_TASK_BEGIN = 40
    USER_TASK_END = 41
    USER_REGION_BEGIN = 42
    USER_REGION_END = 43
    USER_LOG = 44
    GO_SWITCH = 45
    GO_SWITCH_DESTROY = 46
    GO_CREATE_BLOCKED = 47
    GO_STATUS_STACK = 48
    EXPERIMENTAL_BATCH = 49
    SYNC = 50
    CLOCK_SNAPSHOT = 51
    END_OF_GENERATION = 52


class GoStatus(IntEnum):
    """Status of a goroutine in GoStatus events."""

    RUNNABLE = 1
    RUNNING = 2
    SYSCALL = 3
    WAITING = 4


class ProcStatus(IntEnum):
    """Status of a proc in ProcStatus events."""

    RUNNING = 1
    IDLE = 2
    SYSCALL = 3
    SYSCALL_ABANDONED = 4


_ARGUMENTS: dict[Ev, str] = {
    Ev.PROCS_CHANGE: "procs stack",
    Ev.PROC_START: "p p_seq",
    Ev.PROC_STOP: "",
    Ev.PROC_STEAL: "p p_seq m",
    Ev.PROC_STATUS: "p status",
    Ev.GO_CREATE: "g new_stack stack",
    Ev.GO_CREATE_SYSCALL: "g",
    Ev.GO_START: "g g_seq",
    Ev.GO_DESTROY: "",
    Ev.GO_DESTROY_SYSCALL: "",
    Ev.GO_STOP: "reason stack",
    Ev.GO_BLOCK: "reason stack",
    Ev.GO_UNBLOCK: "g g_seq stack",
    Ev.GO_SYSCALL_BEGIN: "p_seq stack",
    Ev.GO_SYSCALL_END: "",
    Ev.GO_SYSCALL_END_BLOCKED: "",
    Ev.GO_STATUS: "g m status",
    Ev.STW_BEGIN: "kind stack",
    Ev.STW_END: "",
    Ev.GC_ACTIVE: "gc_seq",
    Ev.GC_BEGIN: "gc_seq stack",
    Ev.GC_END: "gc_seq",
    Ev.GC_SWEEP_ACTIVE: "p",
    Ev.GC_SWEEP_BEGIN: "stack",
    Ev.GC_SWEEP_END: "swept reclaimed",
    Ev.GC_MARK_ASSIST_ACTIVE: "g",
    Ev.GC_MARK_ASSIST_BEGIN: "stack",
    Ev.GC_MARK_ASSIST_END: "",
    Ev.HEAP_ALLOC: "bytes",
    Ev.HEAP_GOAL: "bytes",
    Ev.GO_LABEL: "label",
    Ev.USER_TASK_BEGIN: "task parent name stack",
    Ev.USER_TASK_END: "task stack",
    Ev.USER_REGION_BEGIN: "task name stack",
    Ev.USER_REGION_END: "task name stack",
    Ev.USER_LOG: "task key value stack",
    Ev.GO_SWITCH: "g g_seq",
    Ev.GO_SWITCH_DESTROY: "g g_seq",
    Ev.GO_CREATE_BLOCKED: "g new_stack stack",
    Ev.GO_STATUS_STACK: "g m status stack",
}
"""The arguments of each timed event, after the time difference that all of them begin with."""

MAX_ARGUMENTS = max(len(names.split()) for names in _ARGUMENTS.values())


def _steps() -> NDArray[np.uint8]:
    steps = np.zeros(256, np.uint8)
    for event, names in _ARGUMENTS.items():
        steps[event] = 2 + len(names.split())
    return steps


STEPS: NDArray[np.uint8] = _steps()
"""By type byte: tokens from one event's start to the next; 0 where no timed event has the type."""


def argument_index(event: Ev, name: str) -> int:
    """Return the index of an argument after the time difference; -1 if the event lacks it."""
    names = _ARGUMENTS[event].split()
    return names.index(name) if name in names else -1


def _stack_arguments() -> NDArray[np.int8]:
    indices = np.full(256, -1, np.int8)
    for event in _ARGUMENTS:
        indices[event] = argument_index(event, "stack")
    return indices


STACK_ARGUMENT: NDArray[np.int8] = _stack_arguments()
"""By type byte: which argument is the stack of the goroutine the event happened on; -1 for none."""


def of_types(*types: Ev) -> NDArray[np.bool_]:
    """Return a look-up table over type bytes: True at ``types``; shape (256,)."""
    table = np.zeros(256, np.bool_)
    table[list(types)] = True
    return table


CHANGES_OWN_STATE = of_types(
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
"""Types by which the goroutine on which they happen changes its own state."""


def read_version(head: bytes, *, name: str) -> int:
    """Return the minor Go version of a trace's header: 26 of ``go 1.26 trace``.

    One before ``FIRST_WITH_GENERATIONS`` is of the old format (``gotrace.v1``).

    Raises:
        TraceError: the bytes are no execution trace, or one written before Go 1.11.
    """
    match = re.fullmatch(rb"go 1\.(\d{1,3}) trace\0{2,4}", head[:HEADER_SIZE])
    if match is None:
        raise TraceError(
            f"{name}: not a Go execution trace",
            remedy="expected a file that go test -trace or runtime/trace wrote",
        )
    version = int(match[1])
    if version < OLDEST_KNOWN:
        raise TraceError(
            f"{name}: written by Go 1.{version}, in the format used before Go 1.{OLDEST_KNOWN}",
            remedy=f"record it again with Go 1.{OLDEST_KNOWN} or later",
        )
    return version
