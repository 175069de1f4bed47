"""The clock of a case: how the wall clock of the test output meets the ticks of the trace."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ClockMethod(StrEnum):
    """What ties the test output's stamps to the trace."""

    SNAPSHOT = "snapshot"
    """The trace holds wall-clock snapshots (Go 1.25 and later)."""
    TEST_STARTS = "test-starts"
    """The first run of test goroutines was paired with their ``run`` events."""
    STAMPS = "stamps"
    """There is no trace: the stamps themselves are the clock."""
    TRACE = "trace"
    """There is no test output with stamps: the trace alone is the clock."""


@dataclass(frozen=True, slots=True)
class Clock:
    """The case's clock. Time 0 is the trace's first event, or without one the first stamp.

    Attributes:
        method: what ties stamps to the trace.
        error_ns: how far apart the same moment may lie in the trace and in the output's stamps.
        zero_wall_ns: Unix time of the case's time 0, in nanoseconds; None if it is not known.
    """

    method: ClockMethod
    error_ns: int
    zero_wall_ns: int | None
