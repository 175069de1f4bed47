"""The state of a wait, from the runtime's reason and the stack.

The tracer's reasons are those of ``traceBlockReasonStrings`` (``src/runtime/traceruntime.go``).
Two need the stack as well: "sync" stands for mutexes, wait groups and the rest of package sync, and
for the collector's own semaphores (``gcStart`` and ``gcMarkDone`` of ``src/runtime/mgc.go``), where
whoever allocates may wait; and a goroutine that waited already when the trace began has no reason
at all, but from Go 1.23 a stack.
"""

from __future__ import annotations

from flakecore.gotrace.format.stacks import Stack
from flakecore.gotrace.intervals.states import State

_REASONS = {
    "chan send": State.CHAN_SEND,
    "chan receive": State.CHAN_RECEIVE,
    "select": State.SELECT,
    "network": State.NETWORK,
    "sync.(*Cond).Wait": State.COND,
    "sleep": State.SLEEP,
    "forever": State.FOREVER,
    "GC mark assist wait for work": State.GC,
    "GC background sweeper wait": State.GC,
    "GC weak to strong wait": State.GC,
    "wait until GC ends": State.GC,
    "system goroutine wait": State.SYSTEM,
}

# Prefixes of functions; a longer one comes before a shorter one that it begins with.
_FUNCTIONS = (
    ("sync.(*WaitGroup).Wait", State.WAIT_GROUP),
    ("sync.(*Cond).Wait", State.COND),
    ("sync.(*Mutex).", State.MUTEX),
    ("sync.(*RWMutex).", State.MUTEX),
    ("internal/sync.(*Mutex).", State.MUTEX),
    ("runtime.chansend", State.CHAN_SEND),
    ("runtime.chanrecv", State.CHAN_RECEIVE),
    ("runtime.selectgo", State.SELECT),
    ("runtime.block", State.FOREVER),
    ("time.Sleep", State.SLEEP),
    ("internal/poll.runtime_pollWait", State.NETWORK),
    ("internal/poll.(*pollDesc).", State.NETWORK),
    ("iter.Pull", State.COROUTINE),
    ("runtime.gcBgMarkWorker", State.GC),
    ("runtime.gcMarkDone", State.GC),
    ("runtime.gcStart", State.GC),
    ("runtime.bgsweep", State.GC),
    ("runtime.bgscavenge", State.GC),
    ("runtime.forcegchelper", State.GC),
    ("runtime.runfinq", State.SYSTEM),
    ("runtime.runFinalizers", State.SYSTEM),
    ("runtime.runCleanups", State.SYSTEM),
    ("runtime.(*traceAdvancerState).", State.SYSTEM),
    ("runtime.ensureSigM", State.SYSTEM),
    ("os/signal.signal_recv", State.SYSTEM),
)
_SAMPLE_ROWS = 8
"""Frames from the innermost that are looked at; further out are only the program's own."""


def wait_state(reason: str, stack: Stack) -> State:
    """Return the state of a wait with the runtime's ``reason`` ("" if unknown) and its stack."""
    state = _REASONS.get(reason)
    if state is not None:
        return state
    for frame in stack[:_SAMPLE_ROWS]:
        for prefix, state_of_function in _FUNCTIONS:
            if frame.function.startswith(prefix):
                return state_of_function
    return State.OTHER_WAIT
