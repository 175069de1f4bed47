"""The locks that both sides of a race hold by the source, and why they do not keep them apart.

A lock does not where each side locks a copy of it, as in a method of a value, and where who writes
holds it for reading, as others may at the same time.
"""

from __future__ import annotations

from dataclasses import dataclass

from flakecore.diagnosis.rules.races.raced_accesses import RacedAccess, plain_name, stack_frame
from flakecore.diagnosis.rules.rule import Question
from flakecore.diagnosis.source.objects.operations import OperationKind
from flakecore.gotest import DumpFrame

_BY_POINTER = "take a pointer: go vet (copylocks) lists what is copied with a lock in it"


@dataclass(frozen=True)
class HeldLock:
    """A lock that an access's function, or one of its callers, holds there.

    Attributes:
        text: its expression: ``q.mu``.
        for_reading: whether others may hold it for reading, too.
        is_copy: whether it is part of what its function takes by value.
    """

    text: str
    for_reading: bool
    is_copy: bool

    @property
    def name(self) -> str:
        """What is held, for a person."""
        if self.is_copy:
            return f"a copy of {self.text}"
        return f"{self.text}.RLock" if self.for_reading else self.text


@dataclass(frozen=True)
class LockFault:
    """Why locks do not keep two accesses apart.

    Attributes:
        words: for the end of a claim.
        next: what to do about it.
    """

    words: str
    next: str


def held_by(question: Question, side: RacedAccess) -> tuple[HeldLock, ...]:
    """Return the locks that an access's function and its callers hold there.

    A caller's lock counts where its line names the function that it calls there.
    """
    found: list[HeldLock] = []
    inner: DumpFrame | None = None
    for frame in side.frames if side.frame is not None else ():
        stands = stack_frame(frame)
        for each in question.files.held_at(stands, frame.line, inner):
            is_copy = question.files.is_of_copy(stands, each.object)
            for_reading = each.kind is OperationKind.RLOCK
            found.append(HeldLock(each.object.text, for_reading, is_copy))
        inner = frame
    return tuple(dict.fromkeys(found))


def lock_fault(
    first: RacedAccess,
    second: RacedAccess,
    held: tuple[tuple[HeldLock, ...], tuple[HeldLock, ...]],
) -> LockFault | None:
    """Return why the locks of two accesses do not keep them apart; None where that is not known."""
    copies = [next((each for each in locks if each.is_copy), None) for locks in held]
    if copies[0] is not None and copies[1] is not None:
        return LockFault(f"each locks a copy of {copies[0].text}", _BY_POINTER)
    for side, locks in zip((first, second), held, strict=True):
        if side.kind == "write" and locks and side.frame is not None:
            reading = [each for each in locks if each.for_reading]
            if len(reading) == len(locks) == 1 and all(held):
                lock, function = reading[0].text, plain_name(side.frame)
                return LockFault(
                    f"{function} holds {lock} for reading alone",
                    f"take {lock}.Lock where {function} writes",
                )
    return None
