"""What a goroutine is blocked on, in one vocabulary for dumps of all releases and for traces.

Dumps name it by the runtime's wait reason (``runtime/runtime2.go``, waitReasonStrings), whose words
changed over the releases: Go before 1.20 prints ``semacquire`` for every lock and wait group, so
the frames show which it is. Traces have ``State``, and the stack shows what State does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from flakecore.frames import HasFunction
from flakecore.gotrace import State


class BlockedOn(StrEnum):
    """What a goroutine is blocked on; or that it is not."""

    RUNNING = "running"
    RUNNABLE = "runnable"
    SYSCALL = "system call"
    MUTEX = "mutex"
    RWMUTEX_READ = "read lock"
    RWMUTEX_WRITE = "write lock"
    ONCE = "once"
    WAIT_GROUP = "wait group"
    COND = "cond"
    SEND = "channel send"
    RECEIVE = "channel receive"
    SEND_NIL = "send on a nil channel"
    RECEIVE_NIL = "receive from a nil channel"
    SELECT = "select"
    SELECT_EMPTY = "select with no cases"
    SLEEP = "sleep"
    NETWORK = "network"
    COROUTINE = "iter.Pull"
    SYSTEM = "runtime"
    UNKNOWN = "unknown"

    @property
    def noun(self) -> str:
        """What it is in, for a person: ``a channel send``, ``a WaitGroup.Wait``."""
        return _NOUNS.get(self, self.value)

    @property
    def on_lock(self) -> bool:
        """Whether it waits for a lock that another goroutine, or it itself, holds."""
        return self in _LOCKS

    @property
    def for_ever(self) -> bool:
        """Whether nothing can ever end it."""
        return self in (BlockedOn.SEND_NIL, BlockedOn.RECEIVE_NIL, BlockedOn.SELECT_EMPTY)

    @property
    def waits(self) -> bool:
        """Whether it waits for what is outside of the program: a time, the network."""
        return self in (BlockedOn.SLEEP, BlockedOn.NETWORK)

    @property
    def on_others(self) -> bool:
        """Whether only another goroutine of the program can end it, or nothing can."""
        return self in _ON_OTHERS


_NOUNS = {
    BlockedOn.MUTEX: "a Lock",
    BlockedOn.RWMUTEX_READ: "an RLock",
    BlockedOn.RWMUTEX_WRITE: "a Lock for writing",
    BlockedOn.ONCE: "a Once.Do",
    BlockedOn.WAIT_GROUP: "a WaitGroup.Wait",
    BlockedOn.COND: "a Cond.Wait",
    BlockedOn.SEND: "a channel send",
    BlockedOn.RECEIVE: "a channel receive",
    BlockedOn.SEND_NIL: "a send on a nil channel",
    BlockedOn.RECEIVE_NIL: "a receive from a nil channel",
    BlockedOn.SELECT: "a select",
    BlockedOn.SELECT_EMPTY: "a select with no cases",
    BlockedOn.SLEEP: "a sleep",
    BlockedOn.NETWORK: "a wait for the network",
    BlockedOn.SYSCALL: "a system call",
}
_LOCKS = frozenset(
    (BlockedOn.MUTEX, BlockedOn.RWMUTEX_READ, BlockedOn.RWMUTEX_WRITE, BlockedOn.ONCE)
)
_ON_OTHERS = _LOCKS | {
    BlockedOn.WAIT_GROUP,
    BlockedOn.COND,
    BlockedOn.SEND,
    BlockedOn.RECEIVE,
    BlockedOn.SEND_NIL,
    BlockedOn.RECEIVE_NIL,
    BlockedOn.SELECT,
    BlockedOn.SELECT_EMPTY,
}

_BY_REASON = {
    "running": BlockedOn.RUNNING,
    "runnable": BlockedOn.RUNNABLE,
    "preempted": BlockedOn.RUNNABLE,
    "syscall": BlockedOn.SYSCALL,
    "chan send": BlockedOn.SEND,
    "chan receive": BlockedOn.RECEIVE,
    "chan send (nil chan)": BlockedOn.SEND_NIL,
    "chan receive (nil chan)": BlockedOn.RECEIVE_NIL,
    "select": BlockedOn.SELECT,
    "select (no cases)": BlockedOn.SELECT_EMPTY,
    "sync.Mutex.Lock": BlockedOn.MUTEX,
    "sync.RWMutex.RLock": BlockedOn.RWMUTEX_READ,
    "sync.RWMutex.Lock": BlockedOn.RWMUTEX_WRITE,
    "sync.WaitGroup.Wait": BlockedOn.WAIT_GROUP,
    "sync.Cond.Wait": BlockedOn.COND,
    "sleep": BlockedOn.SLEEP,
    "IO wait": BlockedOn.NETWORK,
    "coroutine": BlockedOn.COROUTINE,
}
_BY_STATE = {
    State.RUNNING: BlockedOn.RUNNING,
    State.RUNNABLE: BlockedOn.RUNNABLE,
    State.SYSCALL: BlockedOn.SYSCALL,
    State.CHAN_SEND: BlockedOn.SEND,
    State.CHAN_RECEIVE: BlockedOn.RECEIVE,
    State.SELECT: BlockedOn.SELECT,
    State.MUTEX: BlockedOn.MUTEX,
    State.COND: BlockedOn.COND,
    State.WAIT_GROUP: BlockedOn.WAIT_GROUP,
    State.NETWORK: BlockedOn.NETWORK,
    State.SLEEP: BlockedOn.SLEEP,
    State.COROUTINE: BlockedOn.COROUTINE,
    State.GC: BlockedOn.SYSTEM,
    State.SYSTEM: BlockedOn.SYSTEM,
}
_BY_FUNCTION = (
    ("sync.(*Once).", BlockedOn.ONCE),
    ("sync.(*RWMutex).RLock", BlockedOn.RWMUTEX_READ),
    ("sync.(*RWMutex).Lock", BlockedOn.RWMUTEX_WRITE),
    ("sync.(*WaitGroup).Wait", BlockedOn.WAIT_GROUP),
    ("sync.(*Cond).Wait", BlockedOn.COND),
    ("sync.(*Mutex).", BlockedOn.MUTEX),
    ("internal/sync.(*Mutex).", BlockedOn.MUTEX),
)
_WITHIN_SYNC = ("sync.", "internal/sync.", "runtime.")


def blocked_on_of_dump(reason: str, frames: Sequence[HasFunction]) -> BlockedOn:
    """Return what a goroutine of a dump is blocked on.

    Args:
        reason: the runtime's status or wait reason, without minutes and marks.
        frames: its stack, innermost first.
    """
    words = reason.removesuffix(" (durable)").removesuffix(" (leaked)").removesuffix(" (scan)")
    found = _BY_REASON.get(words, BlockedOn.UNKNOWN)
    if words in ("semacquire", "sync.Mutex.Lock", "sync.RWMutex.Lock") or (
        found is BlockedOn.UNKNOWN and words.startswith("wait")
    ):
        return _by_frames(frames, found)
    return found


def blocked_on_of_trace(state: State, frames: Sequence[HasFunction]) -> BlockedOn:
    """Return what a goroutine of a trace is blocked on in an interval of a state."""
    if state is State.FOREVER:
        names = {frame.function for frame in frames}
        if "runtime.chansend1" in names or "runtime.chansend" in names:
            return BlockedOn.SEND_NIL
        if names & {"runtime.chanrecv1", "runtime.chanrecv2", "runtime.chanrecv"}:
            return BlockedOn.RECEIVE_NIL
        return BlockedOn.SELECT_EMPTY if "runtime.block" in names else BlockedOn.UNKNOWN
    found = _BY_STATE.get(state, BlockedOn.UNKNOWN)
    return _by_frames(frames, found) if found is BlockedOn.MUTEX else found


def _by_frames(frames: Sequence[HasFunction], otherwise: BlockedOn) -> BlockedOn:
    """Return what the outermost call into package sync, from the innermost frame on, is."""
    found = otherwise
    for frame in frames:
        if not frame.function.startswith(_WITHIN_SYNC):
            break
        kinds = (kind for name, kind in _BY_FUNCTION if frame.function.startswith(name))
        found = next(kinds, found)
    return found
