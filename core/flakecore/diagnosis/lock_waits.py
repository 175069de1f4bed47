"""Who waits for which lock, and which goroutines may hold it.

A trace has no event for a Lock that nobody waits for, and a dump names the lock that is waited for
and never its holder. Two things point to one:

- the source: a goroutine stands in a function that has locked the same object and not yet unlocked
  it (``source.held_locks``), which is told by the type or the variable that leads to the lock;
- the address: the waiter's frame gives the object that the lock is a field of, and another
  goroutine's frame has the same word among its arguments. Where both frames' words are exact, two
  different words are two different objects.

Where the source is at hand it decides and addresses only rule out; without it an address alone is a
candidate. Either is an inference.
"""

from __future__ import annotations

from dataclasses import dataclass

from flakecore.diagnosis.blocked_on import BlockedOn
from flakecore.diagnosis.goroutine_states import Frame, GoroutineState, GoroutineStates
from flakecore.diagnosis.source.go_files import GoFiles
from flakecore.diagnosis.source.operations import ObjectName, Operation, OperationKind

_IN_SYNC = ("sync.", "internal/sync.", "runtime.")
_TAKES_ADDRESS = (
    "sync.(*Mutex).lockSlow",
    "internal/sync.(*Mutex).lockSlow",
    "sync.(*Mutex).Lock",
    "internal/sync.(*Mutex).Lock",
    "sync.(*RWMutex).Lock",
    "sync.(*RWMutex).RLock",
)
_LARGEST_OBJECT = 1 << 16
"""Bytes: a lock further behind a word than this is no field of what lies there."""


@dataclass(frozen=True)
class LockWait:
    """A goroutine that waits for a lock.

    Attributes:
        state: the goroutine.
        frame: the frame that called Lock.
        depth: the frame's place in the stack.
        lock: address of the lock; 0 if unknown.
        base: address of the object that it is a field of, or of itself; 0 if unknown.
        name: the expression that it is locked by; None without the source.
    """

    state: GoroutineState
    frame: Frame
    depth: int
    lock: int
    base: int
    name: ObjectName | None

    @property
    def text(self) -> str:
        """The lock for a person: ``p.mu``, or ``a lock`` where the source is not at hand."""
        if self.name is not None:
            return self.name.text
        return (
            f"a lock of {self.frame.receiver.rpartition('.')[2]}"
            if self.frame.receiver
            else "a lock"
        )


@dataclass(frozen=True)
class Holder:
    """A goroutine that may hold a lock.

    Attributes:
        state: the goroutine.
        frame: its frame that has locked it, or that has the object's address.
        locked_at: the Lock call in the source; None where only the address points to it.
    """

    state: GoroutineState
    frame: Frame
    locked_at: Operation | None

    @property
    def locked_place(self) -> Frame:
        """Where it was locked, or else the frame that has the address."""
        if self.locked_at is None:
            return self.frame
        return Frame(self.frame.function, self.frame.file, self.locked_at.line)


def lock_wait(state: GoroutineState, files: GoFiles) -> LockWait | None:
    """Return what lock a goroutine waits for; None if it waits for none."""
    if not state.blocked_on.on_lock:
        return None
    beyond = (at for at, each in enumerate(state.frames) if not each.function.startswith(_IN_SYNC))
    depth = next(beyond, -1)
    if depth < 0:
        return None
    frame = state.frames[depth]
    addresses = (
        each.words[0]
        for each in state.frames[:depth]
        if each.words and each.function.startswith(_TAKES_ADDRESS)
    )
    lock = next(addresses, 0)
    kinds = (OperationKind.LOCK, OperationKind.RLOCK)
    found = files.operations_at(frame, frame.line, *kinds)
    name = found[0].object if len(found) == 1 else None
    below = [word for word in frame.words if 0 <= lock - word < _LARGEST_OBJECT] if lock else []
    base = max(below, default=0)
    if not lock and frame.receiver and frame.words and frame.is_exact:
        base = frame.words[0]
    return LockWait(state, frame, depth, lock, base, name)


def holders_of(wait: LockWait, states: GoroutineStates, files: GoFiles) -> list[Holder]:
    """Return the goroutines that may hold a lock, the waiter itself among them."""
    found = []
    for state in states:
        holder = _holder(wait, state, files)
        if holder is not None:
            found.append(holder)
    return found


def _holder(wait: LockWait, state: GoroutineState, files: GoFiles) -> Holder | None:
    itself = state.number == wait.state.number
    theirs = lock_wait(state, files)
    for depth, frame in enumerate(state.frames):
        if frame.function.startswith(_IN_SYNC) or (itself and depth < wait.depth):
            continue
        if wait.name is not None:
            inner = state.frames[depth - 1] if depth else None
            for operation in reversed(files.held_at(frame, frame.line, inner)):
                if _may_be_same(wait, operation, frame, itself and depth == wait.depth):
                    return Holder(state, frame, operation)
            if files.file_of(frame) is not None:
                continue
        waits_for_it = theirs is not None and depth == theirs.depth and _same_lock(wait, theirs)
        if itself and (depth == wait.depth or not _is_method_of(wait, frame)):
            continue
        if _has_address(wait, frame) and not waits_for_it:
            return Holder(state, frame, None)
    return None


def _same_lock(one: LockWait, other: LockWait) -> bool:
    if one.lock and other.lock:
        return one.lock == other.lock
    return bool(one.base) and one.base == other.base


def _may_be_same(wait: LockWait, held: Operation, frame: Frame, same_frame: bool) -> bool:
    """Return whether a lock that is held may be the one that is waited for."""
    assert wait.name is not None
    if not wait.name.is_same(held.object):
        return False
    if same_frame:
        # Two names of one type in one function are two objects, as far as a person would write it.
        return held.object.text == wait.name.text
    through_argument = held.object.parameter >= 0 and held.object.scope.startswith("type ")
    if through_argument and wait.base and frame.is_exact and frame.words:
        return wait.base in frame.words
    return True


def _is_method_of(wait: LockWait, frame: Frame) -> bool:
    """Return whether a frame is a method of the object that a lock is a field of.

    An outer frame of the waiter's own may have the address only because it passes it on.
    """
    return bool(frame.receiver and frame.words) and frame.words[0] == wait.base


def _has_address(wait: LockWait, frame: Frame) -> bool:
    return bool(frame.words) and (
        (wait.lock != 0 and wait.lock in frame.words)
        or (wait.base != 0 and wait.base in frame.words)
    )


def is_reader(wait: LockWait) -> bool:
    """Return whether the wait is for a read lock, which readers share."""
    return wait.state.blocked_on is BlockedOn.RWMUTEX_READ
