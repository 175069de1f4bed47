"""Telling the frames a person wrote from those of Go's own library."""

from __future__ import annotations

from typing import NamedTuple

from flakecore.timeline import Frame, Stack


class Folded(NamedTuple):
    """A stack in two parts, each innermost first."""

    own: Stack
    library: Stack


def package_of(function: str) -> str:
    """Return the import path of a function: ``a.b/pool`` of ``a.b/pool.(*Pool).work``."""
    path, slash, last = function.rpartition("/")
    return path + slash + last.partition(".")[0]


def is_own(frame: Frame, package: str) -> bool:
    """Whether a frame is the person's: of the package under test, or of any module with a host.

    The standard library's import paths have no dot in their first part; a module's nearly always
    have one.
    """
    home = package_of(frame.function)
    tested = package.removesuffix("_test")
    if home.removesuffix("_test") == tested or home.startswith(tested + "/"):
        return True
    return home == "main" or "." in home.partition("/")[0]


def fold(stack: Stack, package: str) -> Folded:
    """Part a stack into the person's own frames and the library's."""
    own = tuple(frame for frame in stack if is_own(frame, package))
    return Folded(own, tuple(frame for frame in stack if not is_own(frame, package)))


def own_frame(stack: Stack, package: str) -> Frame | None:
    """Return the innermost own frame, else the innermost one; None for an empty stack."""
    own = next((frame for frame in stack if is_own(frame, package)), None)
    return own if own is not None or not stack else stack[0]
