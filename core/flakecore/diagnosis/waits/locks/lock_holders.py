"""Which goroutines hold which locks, and which have which addresses, at one moment.

A goroutine holds a lock by the source where it stands in a function that has locked it and not yet
unlocked it. By an address it only may: a frame's receiver or argument is the object, or the lock.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from flakecore.diagnosis.goroutine_states import GoroutineState, GoroutineStates, StackFrame
from flakecore.diagnosis.source.go_files import GoFiles
from flakecore.diagnosis.source.objects.operations import Operation
from flakecore.diagnosis.waits.blocked_on import BlockedOn
from flakecore.frames import is_wrapper

IN_SYNC = ("sync.", "internal/sync.", "runtime.")
"""How functions begin that work on a lock and are not the program's own."""


@dataclass(frozen=True)
class Holder:
    """A goroutine that may hold a lock.

    Attributes:
        state: the goroutine.
        frame: its frame that has locked it, or that has the object's address.
        locked_at: the Lock call in the source; None where only the address points to it.
        depth: the frame's place in the stack.
        handed_over: another goroutine may unlock it: a function literal within the function that
            locked it, which is not deferred, does.
    """

    state: GoroutineState
    frame: StackFrame
    locked_at: Operation | None
    depth: int
    handed_over: bool = False

    @property
    def is_known(self) -> bool:
        """Whether the source shows that it holds the lock, and nobody else unlocks it."""
        return self.locked_at is not None and not self.handed_over

    @property
    def base(self) -> int:
        """Address of the object that the lock is a field of; 0 if unknown."""
        at = self.locked_at.object.parameter if self.locked_at is not None else -1
        return self.frame.arguments[at] if 0 <= at < len(self.frame.arguments) else 0

    @property
    def locked_place(self) -> StackFrame:
        """Where it was locked, or else the frame that has the address."""
        if self.locked_at is None:
            return self.frame
        return StackFrame(self.frame.function, self.frame.file, self.locked_at.line)


class HeldLocks:
    """What the goroutines of a moment hold, by name and by address; each is found once."""

    def __init__(self, states: GoroutineStates, files: GoFiles) -> None:
        """Take what the goroutines do, and the files of their stacks."""
        self._states = states
        self._files = files

    @cached_property
    def by_name(self) -> dict[tuple[str, str], list[Holder]]:
        """What each goroutine holds by the source, by the name of the lock."""
        found: defaultdict[tuple[str, str], list[Holder]] = defaultdict(list)
        for state in self._states:
            if state.blocked_on is BlockedOn.COND:
                continue  # Cond.Wait has let go of its lock, and which that is is not known.
            for frame, operation, depth in self.of(state):
                name = operation.object
                handed_over = self._files.hands_over(frame, operation)
                holder = Holder(state, frame, operation, depth, handed_over)
                found[name.scope, name.path].append(holder)
        return dict(found)

    @cached_property
    def by_base(self) -> dict[tuple[str, str, int], list[Holder]]:
        """What is held, by the name of the lock and the object it is a field of; 0 if unknown."""
        found: defaultdict[tuple[str, str, int], list[Holder]] = defaultdict(list)
        for (scope, path), holders in self.by_name.items():
            for each in holders:
                found[scope, path, each.base].append(each)
        return dict(found)

    def of(self, state: GoroutineState) -> Iterator[tuple[StackFrame, Operation, int]]:
        """Yield what a goroutine has locked, in which frame, and the depth of that."""
        for depth, frame in enumerate(state.frames):
            if frame.function.startswith(IN_SYNC) or is_wrapper(frame.function):
                continue
            inner = state.frames[depth - 1] if depth else None
            line = 0 if self._states.is_stale(state) else frame.line
            for operation in reversed(self._files.held_at(frame, line, inner)):
                yield frame, operation, depth

    @cached_property
    def by_word(self) -> dict[int, list[Holder]]:
        """The frames of methods by their receivers, and of functions by all their words."""
        found: defaultdict[int, list[Holder]] = defaultdict(list)
        for state in self._states:
            for depth, frame in enumerate(state.frames):
                if frame.function.startswith(IN_SYNC):
                    continue
                words = set(frame.words)
                for word in words:
                    found[word].append(Holder(state, frame, None, depth))
        return dict(found)
