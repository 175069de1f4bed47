"""The wire format of execution traces of Go 1.11 to 1.21: event types, arguments, reasons.

Sources: ``src/runtime/trace.go`` of Go 1.21 writes it; ``src/internal/trace/internal/tracev1`` of
Go 1.27 reads it. An event begins with one byte, its type in the lower six bits and the number of
its arguments in the upper two. Three means three or more: the event's length in bytes follows.
Then come the time since the batch's last event and the arguments, all LEB128, the stack last.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

MAX_BATCH_SIZE = 64 << 10
"""The runtime's trace buffers are smaller than this, and a batch is one buffer."""
MAX_STRING_SIZE = 1_000_000
MAX_STACK_FRAMES = 1000
"""Limits of the reference reader (``tracev1/parser.go``)."""


class EvV1(IntEnum):
    """Event types, under the names the runtime gives them, without the ``traceEv`` in front."""

    BATCH = 1
    FREQUENCY = 2
    STACK = 3
    GOMAXPROCS = 4
    PROC_START = 5
    PROC_STOP = 6
    GC_START = 7
    GC_DONE = 8
    STW_START = 9
    STW_DONE = 10
    GC_SWEEP_START = 11
    GC_SWEEP_DONE = 12
    GO_CREATE = 13
    GO_START = 14
    GO_END = 15
    GO_STOP = 16
    GO_SCHED = 17
    GO_PREEMPT = 18
    GO_SLEEP = 19
    GO_BLOCK = 20
    GO_UNBLOCK = 21
    GO_BLOCK_SEND = 22
    GO_BLOCK_RECV = 23
    GO_BLOCK_SELECT = 24
    GO_BLOCK_SYNC = 25
    GO_BLOCK_COND = 26
    GO_BLOCK_NET = 27
    GO_SYS_CALL = 28
    GO_SYS_EXIT = 29
    GO_SYS_BLOCK = 30
    GO_WAITING = 31
    GO_IN_SYSCALL = 32
    HEAP_ALLOC = 33
    HEAP_GOAL = 34
    TIMER_GOROUTINE = 35
    FUTILE_WAKEUP = 36
    STRING = 37
    GO_START_LOCAL = 38
    GO_UNBLOCK_LOCAL = 39
    GO_SYS_EXIT_LOCAL = 40
    GO_START_LABEL = 41
    GO_BLOCK_GC = 42
    GC_MARK_ASSIST_START = 43
    GC_MARK_ASSIST_DONE = 44
    USER_TASK_CREATE = 45
    USER_TASK_END = 46
    USER_REGION = 47
    USER_LOG = 48
    CPU_SAMPLE = 49


_ARGUMENTS: dict[EvV1, str] = {
    EvV1.GOMAXPROCS: "procs stack",
    EvV1.PROC_START: "thread",
    EvV1.PROC_STOP: "",
    EvV1.GC_START: "seq stack",
    EvV1.GC_DONE: "",
    EvV1.STW_START: "kind",
    EvV1.STW_DONE: "",
    EvV1.GC_SWEEP_START: "stack",
    EvV1.GC_SWEEP_DONE: "swept reclaimed",
    EvV1.GO_CREATE: "g new_stack stack",
    EvV1.GO_START: "g seq",
    EvV1.GO_END: "",
    EvV1.GO_STOP: "stack",
    EvV1.GO_SCHED: "stack",
    EvV1.GO_PREEMPT: "stack",
    EvV1.GO_SLEEP: "stack",
    EvV1.GO_BLOCK: "stack",
    EvV1.GO_UNBLOCK: "g seq stack",
    EvV1.GO_BLOCK_SEND: "stack",
    EvV1.GO_BLOCK_RECV: "stack",
    EvV1.GO_BLOCK_SELECT: "stack",
    EvV1.GO_BLOCK_SYNC: "stack",
    EvV1.GO_BLOCK_COND: "stack",
    EvV1.GO_BLOCK_NET: "stack",
    EvV1.GO_SYS_CALL: "stack",
    EvV1.GO_SYS_EXIT: "g seq real_tick",
    EvV1.GO_SYS_BLOCK: "",
    EvV1.GO_WAITING: "g",
    EvV1.GO_IN_SYSCALL: "g",
    EvV1.HEAP_ALLOC: "bytes",
    EvV1.HEAP_GOAL: "bytes",
    EvV1.FUTILE_WAKEUP: "",
    EvV1.GO_START_LOCAL: "g",
    EvV1.GO_UNBLOCK_LOCAL: "g stack",
    EvV1.GO_SYS_EXIT_LOCAL: "g real_tick",
    EvV1.GO_START_LABEL: "g seq label",
    EvV1.GO_BLOCK_GC: "stack",
    EvV1.GC_MARK_ASSIST_START: "stack",
    EvV1.GC_MARK_ASSIST_DONE: "",
    EvV1.USER_TASK_CREATE: "task parent name stack",
    EvV1.USER_TASK_END: "task stack",
    EvV1.USER_REGION: "task mode name stack",
    EvV1.USER_LOG: "task key stack",
    EvV1.CPU_SAMPLE: "tick p g stack",
}
"""The arguments of each timed event, after the time difference that all of them begin with."""

TYPE_BITS = 0x3F
_LENGTH_FOLLOWS = 3
_COUNT_SHIFT = 6

BATCH_BYTE = 0x40 | EvV1.BATCH
STRING_BYTE = int(EvV1.STRING)
STACK_BYTE = 0xC0 | EvV1.STACK
LOG_BYTE = 0xC0 | EvV1.USER_LOG
SYS_EXIT_BYTE = 0xC0 | EvV1.GO_SYS_EXIT


def _tables() -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    steps, prefixed = np.zeros(256, np.uint8), np.zeros(256, np.bool_)
    for event, names in _ARGUMENTS.items():
        count = len(names.split())
        first = min(count, _LENGTH_FOLLOWS) << _COUNT_SHIFT | event
        prefixed[first] = count >= _LENGTH_FOLLOWS
        # Its first byte, perhaps its length, the time difference, the arguments.
        steps[first] = 2 + prefixed[first] + count
    steps[BATCH_BYTE] = 3  # proc and tick
    steps[EvV1.FREQUENCY] = steps[EvV1.TIMER_GOROUTINE] = 2
    return steps, prefixed


STEPS, PREFIXED = _tables()
"""By first byte: how many numbers an event of a fixed number of arguments has, the first byte
counted as one; 0 where no such event begins so. And whether its length stands before them."""


def _timed() -> NDArray[np.bool_]:
    timed = np.zeros(256, np.bool_)
    timed[list(_ARGUMENTS)] = True
    # Written late, under a time of their own, into a stream that is no proc's.
    timed[EvV1.CPU_SAMPLE] = False
    return timed


IS_TIMED: NDArray[np.bool_] = _timed()
"""By type: whether it is an event of the proc in whose batch it stands."""


ARGUMENT_COUNT = np.zeros(256, np.int8)
for _event, _names in _ARGUMENTS.items():
    ARGUMENT_COUNT[_event] = len(_names.split())


def _places(argument: str) -> NDArray[np.int8]:
    indices = np.full(256, -1, np.int8)
    for event, names in _ARGUMENTS.items():
        if argument in names.split():
            indices[event] = names.split().index(argument)
    return indices


STACK_ARGUMENT: NDArray[np.int8] = _places("stack")
"""By type: which argument is the stack of where the event happened; -1 for none."""
SEQUENCE_ARGUMENT: NDArray[np.int8] = _places("seq")
SEQUENCE_ARGUMENT[EvV1.GC_START] = -1  # counts collections, not what a goroutine does
"""By type: which argument is the sequence number of the goroutine it names; -1 for none."""
REAL_TICK_ARGUMENT: NDArray[np.int8] = _places("real_tick")
"""By type: which argument is when the syscall ended, before the event was written; -1 for none."""


def of_types(*types: EvV1) -> NDArray[np.bool_]:
    """Return a look-up table over types: True at ``types``; shape (256,)."""
    table = np.zeros(256, np.bool_)
    table[list(types)] = True
    return table


SEQUENCED: NDArray[np.bool_] = of_types(
    EvV1.GO_CREATE,
    EvV1.GO_WAITING,
    EvV1.GO_IN_SYSCALL,
    EvV1.GO_START,
    EvV1.GO_START_LOCAL,
    EvV1.GO_START_LABEL,
    EvV1.GO_UNBLOCK,
    EvV1.GO_UNBLOCK_LOCAL,
    EvV1.GO_SYS_EXIT,
    EvV1.GO_SYS_EXIT_LOCAL,
)
"""Types that name a goroutine, first of all arguments, and count up its sequence number."""


REASONS: dict[EvV1, str] = {
    EvV1.GO_STOP: "forever",
    EvV1.GO_SCHED: "runtime.Gosched",
    EvV1.GO_PREEMPT: "preempted",
    EvV1.GO_SLEEP: "sleep",
    EvV1.GO_BLOCK: "",
    EvV1.GO_BLOCK_SEND: "chan send",
    EvV1.GO_BLOCK_RECV: "chan receive",
    EvV1.GO_BLOCK_SELECT: "select",
    EvV1.GO_BLOCK_SYNC: "sync",
    EvV1.GO_BLOCK_COND: "sync.(*Cond).Wait",
    EvV1.GO_BLOCK_NET: "network",
    EvV1.GO_BLOCK_GC: "GC mark assist wait for work",
}
"""Why a goroutine stopped running, in the words of the newer format (``trace/tracev1.go``)."""

_STOP_THE_WORLD_UNTIL_20 = ("GC mark termination", "GC sweep termination")
_STOP_THE_WORLD_21 = (
    "",
    "GC mark termination",
    "GC sweep termination",
    "write heap dump",
    "goroutine profile",
    "goroutine profile cleanup",
    "all goroutine stack trace",
    "read mem stats",
    "AllThreadsSyscall",
    "GOMAXPROCS",
    "start trace",
    "stop trace",
    "CountPagesInUse (test)",
    "ReadMetricsSlow (test)",
    "ReadMemStatsSlow (test)",
    "PageCachePagesLeaked (test)",
    "ResetDebugLog (test)",
)


def stop_the_world_kinds(version: int) -> tuple[str, ...]:
    """Return why the world is stopped, by the kind in a version's STWStart events."""
    return _STOP_THE_WORLD_21 if version >= 21 else _STOP_THE_WORLD_UNTIL_20
