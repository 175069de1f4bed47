"""A goroutine's wait on an object, and the frames that name where something was done to one."""

from __future__ import annotations

from dataclasses import dataclass

from flakecore.diagnosis.goroutine_states import GoroutineState, StackFrame
from flakecore.objects import (
    LOCKS,
    PageEvent,
    PageFrame,
    PageHolder,
    PageObject,
    PageStack,
    PageWait,
)

_IN_SYNC = ("sync.", "internal/sync.", "runtime.", "internal/runtime/", "context.", "time.")


@dataclass(frozen=True)
class ObjectWait:
    """A goroutine's wait on one object.

    Attributes:
        state: the goroutine.
        wait: what it does.
        object: on what; None where the page does not have it.
    """

    state: GoroutineState
    wait: PageWait
    object: PageObject | None

    @property
    def frame(self) -> StackFrame | None:
        """The frame that called into package sync or the runtime."""
        return caller(self.state.frames)

    @property
    def on_lock(self) -> bool:
        """Whether it waits for a lock or a Once, which somebody holds."""
        return self.object is not None and self.object.kind in LOCKS


def caller(stack: PageStack | tuple[StackFrame, ...]) -> StackFrame | None:
    """Return the first frame of a stack beyond package sync, its like, and the runtime."""
    frame = next((each for each in stack if not each.function.startswith(_IN_SYNC)), None)
    return StackFrame(frame.function, frame.file, frame.line) if frame is not None else None


def place_of_event(event: PageEvent | PageHolder | None) -> StackFrame | None:
    """Return where something was done to an object; None if unknown."""
    return caller(event.stack) if event is not None else None


def is_on_stack(frames: tuple[StackFrame, ...], frame: PageFrame | StackFrame) -> bool:
    """Return whether a function is still under way on a stack."""
    return any(each.function == frame.function for each in frames)
