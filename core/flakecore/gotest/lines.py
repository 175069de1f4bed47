"""One line of test output, as every reader of this room passes it on."""

from __future__ import annotations

from types import MappingProxyType
from typing import NamedTuple

OUTSIDE = "outside"
"""The ``output_type`` of a line that is no event: what go wrote to stderr, or damage."""

OUTPUT_TYPES = MappingProxyType(
    {kind: kind for kind in ("", "frame", "error", "error-continue", "blank")}
)
"""test2json's OutputType values (Go 1.27 and later), each to the one string that lines share."""


class Line(NamedTuple):
    """One line that a package's test run printed.

    A named tuple, where its neighbours are frozen dataclasses: a log has a million of them, and
    this is three times as quick to make.

    Attributes:
        position: its index in ``PackageRun.lines``.
        wall_ns: when go read its end, in Unix nanoseconds; None where the file does not say.
        test: index into ``PackageRun.tests`` of the test that go blames; -1 for the package itself.
        text: without its newline, escape sequences and control characters (``text.clean``).
        output_type: test2json's OutputType (``frame``, ``error``, ``error-continue``; Go 1.27 and
            later), empty where the file has none, or ``OUTSIDE``.
    """

    position: int
    wall_ns: int | None
    test: int
    text: str
    output_type: str
