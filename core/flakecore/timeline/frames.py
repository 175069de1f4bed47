"""Which frame of a stack a person wants to see first: the innermost one of their own code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

_PLUMBING = (
    "runtime.",
    "runtime/",
    "sync.",
    "sync/",
    "internal/",
    "testing.",
    "time.",
    "syscall.",
    "os.",
    "iter.",
    "panic(",
)
"""Packages through which other code waits, writes or fails."""


class HasFunction(Protocol):
    """A frame of a trace, a dump or a report."""

    @property
    def function(self) -> str:
        """Full name of the function."""


_F = TypeVar("_F", bound=HasFunction)


def own_frame(frames: Sequence[_F], package: str = "") -> _F | None:
    """Return the innermost frame of the package under test, or else the first beyond plumbing.

    Args:
        frames: innermost first.
        package: import path of the package under test; its external tests count as its own.
    """
    if package:
        own = (f"{package}.", f"{package}_test.")
        for frame in frames:
            if frame.function.startswith(own):
                return frame
    return next((frame for frame in frames if not frame.function.startswith(_PLUMBING)), None)
