"""States of goroutines, procs and threads: one enumeration for every type of lane."""

from __future__ import annotations

from enum import IntEnum


class State(IntEnum):
    """State of a lane over an interval; columns hold it as uint8.

    The waits follow the runtime's wait reasons (``runtime/runtime2.go``, ``waitReason``, as
    the tracer groups them in ``runtime/traceruntime.go``, ``traceBlockReason``); where the
    tracer's reason is only "sync", the stack distinguishes a mutex from a wait group.
    """

    ABSENT = 0
    """The lane does not exist: not created yet, ended, or without an event so far."""
    RUNNING = 1
    RUNNABLE = 2
    SYSCALL = 3
    CHAN_SEND = 4
    CHAN_RECEIVE = 5
    SELECT = 6
    MUTEX = 7
    COND = 8
    WAIT_GROUP = 9
    NETWORK = 10
    SLEEP = 11
    GC = 12
    """Waiting for the garbage collector, or one of its own workers waiting for work."""
    FOREVER = 13
    """Blocked for ever by construction: a nil channel, or a select with no case."""
    SYSTEM = 14
    """A goroutine of the runtime's own, waiting for work."""
    COROUTINE = 15
    """Switched away from by ``iter.Pull``; runs again when it is switched to."""
    OTHER_WAIT = 16
    """A wait whose reason is none of the above, or was not recorded."""
    IDLE = 17
    """A proc that runs no goroutine."""

    @property
    def waiting(self) -> bool:
        """Whether a goroutine in this state waits for something another must do."""
        return State.CHAN_SEND <= self <= State.OTHER_WAIT

    @property
    def label(self) -> str:
        """Name of the state, in the terms of Go's own tools."""
        return _LABELS[self]


_LABELS = {
    State.ABSENT: "absent",
    State.RUNNING: "running",
    State.RUNNABLE: "runnable",
    State.SYSCALL: "syscall",
    State.CHAN_SEND: "chan send",
    State.CHAN_RECEIVE: "chan receive",
    State.SELECT: "select",
    State.MUTEX: "mutex",
    State.COND: "cond",
    State.WAIT_GROUP: "wait group",
    State.NETWORK: "network",
    State.SLEEP: "sleep",
    State.GC: "GC",
    State.FOREVER: "forever",
    State.SYSTEM: "system",
    State.COROUTINE: "coroutine",
    State.OTHER_WAIT: "waiting",
    State.IDLE: "idle",
}
STATE_COUNT = len(State)
