"""Who waits for which lock, and which goroutines may hold it.

A trace has no event for a Lock that nobody waits for, and a dump names the lock that is waited for
and never its holder. Two things point to one:

- the source: a goroutine stands in a function that has locked the same object and not yet unlocked
  it (``source.held_locks``), which is reported by the type or the variable that leads to the lock;
- the address: the lock is a field of the waiter's receiver, or of the parameter that the source
  names, and another goroutine's frame is a method of the same receiver, or is given the lock. Two
  different words of one parameter are two different objects.

Where the source is at hand it decides and addresses only rule out; without it an address alone is a
candidate. Either is an inference.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from flakecore.diagnosis.goroutine_states import GoroutineState, GoroutineStates, StackFrame
from flakecore.diagnosis.source.go_files import GoFiles
from flakecore.diagnosis.source.objects.operations import ObjectName, OperationKind
from flakecore.diagnosis.waits.blocked_on import BlockedOn
from flakecore.diagnosis.waits.locks.lock_holders import IN_SYNC, HeldLocks, Holder
from flakecore.diagnosis.waits.locks.once_calls import DO_SLOW, OnceCall, once_calls
from flakecore.diagnosis.waits.peers.apart_tests import may_share
from flakecore.timeline import Case

_TAKES_ADDRESS = (
    "sync.(*Mutex).lockSlow",
    "internal/sync.(*Mutex).lockSlow",
    "sync.(*Mutex).Lock",
    "internal/sync.(*Mutex).Lock",
    "sync.(*RWMutex).Lock",
    "sync.(*RWMutex).RLock",
)
_LARGEST_OBJECT = 1 << 10
"""Bytes: a lock further behind a receiver than this is taken for no field of it."""
_CANDIDATES = 64
"""Goroutines that hold a lock of one name, or have one address, that are looked at."""


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
        copied: the lock was copied in its locked state, with the parameter that it is part of, so
            that nobody can unlock it.
    """

    state: GoroutineState
    frame: StackFrame
    depth: int
    lock: int
    base: int
    name: ObjectName | None
    copied: bool = False

    @property
    def on_once(self) -> bool:
        """Whether it waits for a Once, which whoever runs its function is in."""
        return self.state.blocked_on is BlockedOn.ONCE

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


class Locks:
    """The locks of a moment: who waits for which, and who may hold it."""

    def __init__(self, states: GoroutineStates, files: GoFiles, case: Case) -> None:
        """Take what the goroutines of a case do, and the files of their stacks."""
        self._case = case
        self._states = states
        self._files = files
        self._held = HeldLocks(states, files)
        self._holders: dict[int, list[Holder]] = {}

    @cached_property
    def waits(self) -> dict[int, LockWait]:
        """Each goroutine that waits for a lock, by its number."""
        found = ((each.number, self._wait(each)) for each in self._states)
        waits = {number: wait for number, wait in found if wait is not None}
        alike: defaultdict[tuple[str, str], list[LockWait]] = defaultdict(list)
        for wait in waits.values():
            if wait.name is not None and wait.lock and wait.name.path.startswith("."):
                alike[wait.name.scope, wait.name.path].append(wait)
        for name, several in alike.items():
            offset = self._offset(name, several)
            for wait in several if offset is not None else ():
                if not wait.base and offset is not None:
                    waits[wait.state.number] = replace(wait, base=wait.lock - offset)
        return waits

    def _offset(self, name: tuple[str, str], waits: list[LockWait]) -> int | None:
        """Return how far behind its struct a lock lies, where a dump has no sure receiver.

        Registers that a function has used again are printed with a question mark and mean nothing
        (``src/runtime/traceback.go``). The offset is that of a waiter whose receiver is known, or
        else the only one by which each lock that is waited for, of two at least, lies in a struct
        whose lock of this name is held.
        """
        known = {wait.lock - wait.base for wait in waits if wait.base}
        if known:
            return known.pop() if len(known) == 1 else None
        locks = {wait.lock for wait in waits}
        bases = {each.base for each in self._held.by_name.get(name, ())[:_CANDIDATES] if each.base}
        if not 1 < len(locks) <= _CANDIDATES:
            return None
        first = min(locks)
        fitting = {
            first - base
            for base in bases
            if 0 <= first - base < _LARGEST_OBJECT
            and all(lock - (first - base) in bases for lock in locks)
        }
        return fitting.pop() if len(fitting) == 1 else None

    def holders_of(self, wait: LockWait) -> list[Holder]:
        """Return the goroutines that may hold a lock, the waiter itself among them.

        Of very many that hold a lock of one name the first ones are returned, whichever they hold.
        """
        if wait.copied:
            return []
        if wait.state.number not in self._holders:
            self._holders[wait.state.number] = self._near(wait, self._find_holders(wait))
        return self._holders[wait.state.number]

    def _near(self, wait: LockWait, found: list[Holder]) -> list[Holder]:
        """Return those of some holders that may have the waiter's very lock, by their tests.

        Of very many the ones that matter may not be among them: then nothing is ruled out.
        """
        package = self._files.package_of(wait.frame)
        if package is None or len(found) >= _CANDIDATES:
            return found
        test = wait.state.test
        return [each for each in found if may_share(self._case, package, test, each.state.test)]

    def _find_holders(self, wait: LockWait) -> list[Holder]:
        found: dict[int, Holder] = {}
        if wait.on_once:
            return list(self._who_is_in(wait))
        if wait.name is not None:
            name = (wait.name.scope, wait.name.path)
            named = self._held.by_name.get(name, [])
            if wait.base:
                by_base = self._held.by_base
                named = by_base.get((*name, wait.base), []) + by_base.get((*name, 0), [])
            for each in named[:_CANDIDATES]:
                if each.state.number not in found and self._may_be(wait, each):
                    found[each.state.number] = each
        else:
            for each in self._with_address(wait):
                number = each.state.number
                if number == wait.state.number or number not in found:
                    found[number] = each  # Its own outermost one is the first that may have locked.
        return [found[number] for number in sorted(found)]

    def _who_is_in(self, wait: LockWait) -> Iterator[Holder]:
        """Yield who is in the function of the Once that one waits for, by name and address.

        Somebody is: where nobody but the waiter is in a Once of that name, it is the waiter.
        """
        named = [
            Holder(each.state, each.frame, each.do, each.depth)
            for each in self._once_calls[:_CANDIDATES]
            if wait.name is not None
            and each.do.object.is_same(wait.name)
            and not (wait.lock and each.once and wait.lock != each.once)
        ]
        named = self._near(wait, named)
        near = [each for each in named if not (wait.base and each.base and wait.base != each.base)]
        own = [each for each in near if each.depth > wait.depth]
        alone = all(each.state.number == wait.state.number for each in named) and len(own) == 1
        if alone and self._states.complete:
            yield from own
            return
        yield from (each for each in near if not self._is_of_another(wait, each))

    def _is_of_another(self, wait: LockWait, holder: Holder) -> bool:
        """Return whether a goroutine in a Once waits for that of another value, by the source."""
        frames = wait.state.frames
        if holder.state.number != wait.state.number or wait.name is None:
            return False
        if holder.depth <= wait.depth:
            return True
        through = self._files.receiver_at(frames[wait.depth + 1], wait.frame)
        name = holder.locked_at.object.text if holder.locked_at is not None else ""
        of_receiver = bool(through) and wait.name.parameter == 0
        return of_receiver and name != f"{through}{wait.name.path}"

    @cached_property
    def _once_calls(self) -> list[OnceCall]:
        return sorted(once_calls(self._states, self._files), key=lambda each: each.state.number)

    def writers_for(self, base: int, name: ObjectName | None) -> list[LockWait]:
        """Return who waits to write-lock an object: by its address, or else by its name."""
        return [
            each
            for each in self.waits.values()
            if each.state.blocked_on in (BlockedOn.RWMUTEX_WRITE, BlockedOn.MUTEX)
            and (not base or each.base in (0, base))
            and (name is None or each.name is None or each.name.is_same(name))
        ]

    def released_by_wait(self, wait: LockWait) -> bool:
        """Return whether a goroutine in Cond.Wait may have let go of a lock for as long."""
        for state in self._states:
            if state.blocked_on is BlockedOn.COND:
                for _, operation, _ in self._held.of(state):
                    if wait.name is not None and operation.object.is_same(wait.name):
                        return True
        return False

    def _with_address(self, wait: LockWait) -> Iterator[Holder]:
        """Yield whose frames are methods of the lock's object, or are given the lock itself."""
        for word in {wait.lock, wait.base} - {0}:
            for each in self._held.by_word.get(word, [])[:_CANDIDATES]:
                theirs = self.waits.get(each.state.number)
                itself = each.state.number == wait.state.number
                if theirs is not None and each.depth == theirs.depth and _same_lock(wait, theirs):
                    continue
                if itself and each.depth <= wait.depth:
                    continue
                method = bool(each.frame.receiver) and each.frame.arguments[:1] == (word,)
                if method or (word == wait.lock and not itself):
                    yield each

    def _may_be(self, wait: LockWait, held: Holder) -> bool:
        """Return whether a lock that is held by the source may be the one that is waited for."""
        assert wait.name is not None
        assert held.locked_at is not None
        name = held.locked_at.object
        itself = held.state.number == wait.state.number
        if itself and held.depth < wait.depth:
            return False
        if itself and held.depth == wait.depth:
            # Two names of one type in one function are two objects, as a person would write it.
            return name.text == wait.name.text
        if itself and held.depth == wait.depth + 1 and wait.name.parameter == 0:
            through = self._files.receiver_at(held.frame, wait.frame)
            if through:
                return name.text == f"{through}{wait.name.path}"
        return not (wait.base and held.base) or wait.base == held.base

    def _wait(self, state: GoroutineState) -> LockWait | None:
        if not state.blocked_on.on_lock:
            return None
        frames = state.frames
        beyond = (at for at, each in enumerate(frames) if not each.function.startswith(IN_SYNC))
        depth = next(beyond, -1)
        if depth < 0:
            return None
        frame = frames[depth]
        on_once = state.blocked_on is BlockedOn.ONCE
        takes = (DO_SLOW,) if on_once else _TAKES_ADDRESS
        addresses = (
            each.arguments[0]
            for each in frames[:depth]
            if each.arguments and each.arguments[0] and each.function.startswith(takes)
        )
        lock = next(addresses, 0)
        locks = (OperationKind.LOCK, OperationKind.RLOCK)
        kinds = (OperationKind.DO,) if on_once else locks
        found = self._files.operations_at(frame, frame.line, *kinds)
        name = found[0].object if len(found) == 1 else None
        at = name.parameter if name is not None else 0 if frame.receiver else -1
        given = frame.arguments[at] if 0 <= at < len(frame.arguments) else 0
        near = not lock or 0 <= lock - given < _LARGEST_OBJECT
        copied = name is not None and not on_once and self._is_copied(frame, name)
        return LockWait(state, frame, depth, lock, given if near else 0, name, copied)

    def _is_copied(self, frame: StackFrame, name: ObjectName) -> bool:
        """Return whether a lock came to a frame's function as a copy, which it has not locked."""
        if not self._files.is_of_copy(frame, name):
            return False
        held = self._files.held_at(frame, frame.line)
        return not any(each.object.is_same(name) for each in held)


def _same_lock(one: LockWait, other: LockWait) -> bool:
    if one.lock and other.lock:
        return one.lock == other.lock
    return bool(one.base) and one.base == other.base


def is_reader(wait: LockWait) -> bool:
    """Return whether the wait is for a read lock, which readers share."""
    return wait.state.blocked_on is BlockedOn.RWMUTEX_READ
