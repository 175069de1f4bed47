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


class Ev(IntEnum):
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


_ARGUMENTS: dict[Ev, str] = {
    Ev.GOMAXPROCS: "procs stack",
    Ev.PROC_START: "thread",
    Ev.PROC_STOP: "",
    Ev.GC_START: "seq stack",
    Ev.GC_DONE: "",
    Ev.STW_START: "kind",
    Ev.STW_DONE: "",
    Ev.GC_SWEEP_START: "stack",
    Ev.GC_SWEEP_DONE: "swept reclaimed",
    Ev.GO_CREATE: "g new_stack stack",
    Ev.GO_START: "g seq",
    Ev.GO_END: "",
    Ev.GO_STOP: "stack",
    Ev.GO_SCHED: "stack",
    Ev.GO_PREEMPT: "stack",
    Ev.GO_SLEEP: "stack",
    Ev.GO_BLOCK: "stack",
    Ev.GO_UNBLOCK: "g seq stack",
    Ev.GO_BLOCK_SEND: "stack",
    Ev.GO_BLOCK_RECV: "stack",
    Ev.GO_BLOCK_SELECT: "stack",
    Ev.GO_BLOCK_SYNC: "stack",
    Ev.GO_BLOCK_COND: "stack",
    Ev.GO_BLOCK_NET: "stack",
    Ev.GO_SYS_CALL: "stack",
    Ev.GO_SYS_EXIT: "g seq real_tick",
    Ev.GO_SYS_BLOCK: "",
    Ev.GO_WAITING: "g",
    Ev.GO_IN_SYSCALL: "g",
    Ev.HEAP_ALLOC: "bytes",
    Ev.HEAP_GOAL: "bytes",
    Ev.FUTILE_WAKEUP: "",
    Ev.GO_START_LOCAL: "g",
    Ev.GO_UNBLOCK_LOCAL: "g stack",
    Ev.GO_SYS_EXIT_LOCAL: "g real_tick",
    Ev.GO_START_LABEL: "g seq label",
    Ev.GO_BLOCK_GC: "stack",
    Ev.GC_MARK_ASSIST_START: "stack",
    Ev.GC_MARK_ASSIST_DONE: "",
    Ev.USER_TASK_CREATE: "task parent name stack",
    Ev.USER_TASK_END: "task stack",
    Ev.USER_REGION: "task mode name stack",
    Ev.USER_LOG: "task key stack",
    Ev.CPU_SAMPLE: "tick p g stack",
}
"""The arguments of each timed event, after the time difference that all of them begin with."""

TYPE_BITS = 0x3F
_LENGTH_FOLLOWS = 3
_COUNT_SHIFT = 6

BATCH_BYTE = 0x40 | Ev.BATCH
STRING_BYTE = int(Ev.STRING)
STACK_BYTE = 0xC0 | Ev.STACK
LOG_BYTE = 0xC0 | Ev.USER_LOG
SYS_EXIT_BYTE = 0xC0 | Ev.GO_SYS_EXIT


def _tables() -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    steps, prefixed = np.zeros(256, np.uint8), np.zeros(256, np.bool_)
    for event, names in _ARGUMENTS.items():
        count = len(names.split())
        first = min(count, _LENGTH_FOLLOWS) << _COUNT_SHIFT | event
        prefixed[first] = count >= _LENGTH_FOLLOWS
        # Its first byte, perhaps its length, the time difference, the arguments.
        steps[first] = 2 + prefixed[first] + count
    steps[BATCH_BYTE] = 3  # proc and tick
    steps[Ev.FREQUENCY] = steps[Ev.TIMER_GOROUTINE] = 2
    return steps, prefixed


STEPS, PREFIXED = _tables()
"""By first byte: how many numbers an event of a fixed number of arguments has, the first byte
counted as one; 0 where no such event begins so. And whether its length stands before them."""


def _timed() -> NDArray[np.bool_]:
    timed = np.zeros(256, np.bool_)
    timed[list(_ARGUMENTS)] = True
    # Written late, under a time of their own, into a stream that is no proc's.
    timed[Ev.CPU_SAMPLE] = False
    return timed


IS_TIMED: NDArray[np.bool_] = _timed()
"""By type: whether it is an event of the proc in whose batch it stands."""


ARGUMENT_COUNT = np.zeros(256, np.int8)
for _event, _names in _ARGUMENTS.items():
    ARGUMENT_COUNT[_event] = len(_names.split())


def _places(argument: str) -> NDArray[np.int8]:
    places = np.full(256, -1, np.int8)
    for event, names in _ARGUMENTS.items():
        if argument in names.split():
            places[event] = names.split().index(argument)
    return places


STACK_ARGUMENT: NDArray[np.int8] = _places("stack")
"""By type: which argument is the stack of where the event happened; -1 for none."""
SEQUENCE_ARGUMENT: NDArray[np.int8] = _places("seq")
SEQUENCE_ARGUMENT[Ev.GC_START] = -1  # counts collections, not what a goroutine does
"""By type: which argument is the sequence number of the goroutine it names; -1 for none."""
REAL_TICK_ARGUMENT: NDArray[np.int8] = _places("real_tick")
"""By type: which argument is when the syscall ended, before the event was written; -1 for none."""


def of_types(*types: Ev) -> NDArray[np.bool_]:
    """Return a look-up table over types: True at ``types``; shape (256,)."""
    table = np.zeros(256, np.bool_)
    table[list(types)] = True
    return table


SEQUENCED: NDArray[np.bool_] = of_types(
    Ev.GO_CREATE,
    Ev.GO_WAITING,
    Ev.GO_IN_SYSCALL,
    Ev.GO_START,
    Ev.GO_START_LOCAL,
    Ev.GO_START_LABEL,
    Ev.GO_UNBLOCK,
    Ev.GO_UNBLOCK_LOCAL,
    Ev.GO_SYS_EXIT,
    Ev.GO_SYS_EXIT_LOCAL,
)
"""Types that name a goroutine, first of all arguments, and count up its sequence number."""


REASONS: dict[Ev, str] = {
    Ev.GO_STOP: "forever",
    Ev.GO_SCHED: "runtime.Gosched",
    Ev.GO_PREEMPT: "preempted",
    Ev.GO_SLEEP: "sleep",
    Ev.GO_BLOCK: "",
    Ev.GO_BLOCK_SEND: "chan send",
    Ev.GO_BLOCK_RECV: "chan receive",
    Ev.GO_BLOCK_SELECT: "select",
    Ev.GO_BLOCK_SYNC: "sync",
    Ev.GO_BLOCK_COND: "sync.(*Cond).Wait",
    Ev.GO_BLOCK_NET: "network",
    Ev.GO_BLOCK_GC: "GC mark assist wait for work",
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
