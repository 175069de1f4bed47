"""Output lines on the case's clock."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Known(StrEnum):
    """How the time of an output line is known."""

    EXACT = "exact"
    """Paired with the write that printed it."""
    BOUNDED = "bounded"
    """Not paired itself; lies between two lines that are."""
    STAMPED = "stamped"
    """The stamp ``go test`` gave it when it was read."""
    UNKNOWN = "unknown"
    """No time of its own; placed after the line before it."""


@dataclass(frozen=True, slots=True)
class OutputLine:
    """One line of test output.

    Attributes:
        index: its place in ``Case.output``, which is the true order.
        time_ns: on the case's clock.
        error_ns: how far off ``time_ns`` may be.
        test: index in ``Case.tests`` of the test it truly belongs to, or -1.
        reported_test: the test ``go test`` blamed it on, as an index too.
        goroutine: which goroutine printed it; 0 if unknown.
        text: without its newline, free of escape sequences and control characters.
    """

    index: int
    time_ns: int
    error_ns: int
    known: Known
    test: int
    reported_test: int
    goroutine: int
    text: str
