"""The clock of a case: the offset between the wall clock of test output and the trace's clock.

The problem: output is stamped on the wall clock when it is read, a trace counts ticks, and before
Go 1.25 nothing in a trace holds the wall clock. A stamp is later than the event that it belongs to
by an unknown delay, which is never negative.

The idea: each pair of an event in the trace and the stamp of its output line measures the offset
too high by that line's delay, so the smallest of them is the best estimate, and their range bounds
the error. Pairs come, the best first, from lines paired with writes (``alignment``) and from test
starts; a snapshot of both clocks in the trace needs none, and they only measure its error.

Why not the mean of the offsets: delays are one-sided and vary with the load of the machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from flakecore.gotest import NO_WALL, PackageRun, Stamps
from flakecore.gotrace import Trace


class ClockMethod(StrEnum):
    """What ties the test output's stamps to the trace."""

    WRITES = "writes"
    """Lines were paired with the writes that printed them."""
    SNAPSHOT = "snapshot"
    """The trace holds wall-clock snapshots (Go 1.25 and later)."""
    TEST_STARTS = "test-starts"
    """The first run of test goroutines was paired with their ``run`` events."""
    STAMPS = "stamps"
    """There is no trace: the stamps themselves are the clock."""
    DURATIONS = "durations"
    """There is neither a trace nor a stamp: tests are laid end to end by reported durations."""
    TRACE = "trace"
    """There is no test output with stamps: the trace alone is the clock."""


@dataclass(frozen=True, slots=True)
class Clock:
    """The case's clock. Time 0 is the trace's first event, or without one the first stamp.

    Of the windows of a flight recorder, which begin somewhere in the run, it is the run's start.

    Attributes:
        method: what ties stamps to the trace.
        error_ns: how far apart the same moment may lie in the trace and in the output's stamps.
        zero_wall_ns: Unix time of the case's time 0, in nanoseconds; None if unknown.
    """

    method: ClockMethod
    error_ns: int
    zero_wall_ns: int | None


UNMEASURED_NS = 1_000_000_000
"""The error stated where no test start was there to measure it with."""


def align(
    trace: Trace | None,
    run: PackageRun | None,
    created_ns: Sequence[int | None],
    exact: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None,
) -> Clock:
    """Tie the wall clock of the test output to the trace.

    A test's ``run`` line is printed just before its goroutine is created and stamped a little
    after it was printed. So each pair of a stamp and a creation measures the offset between the
    clocks, too late by the time the line took to be read.

    Args:
        trace: the case's trace, or None.
        run: the package's test output, or None.
        created_ns: for each of its tests, when its goroutine was created, on the trace's clock.
        exact: lines that are paired with the writes that printed them: their stamps, in Unix
            nanoseconds, and when those writes began, on the trace's clock.
    """
    began = run.start_wall_ns if run is not None else None
    tests = run.tests if run is not None else ()
    if began is None:
        stamps = (test.run_wall_ns for test in tests if test.run_wall_ns is not None)
        began = min(stamps, default=None)
    if began is None and run is not None:
        stamped = run.lines.walls[run.lines.walls != NO_WALL]
        began = int(stamped[0]) if len(stamped) else None
    if trace is None:
        return Clock(ClockMethod.DURATIONS if began is None else ClockMethod.STAMPS, 0, began)
    offsets = [
        test.run_wall_ns - created
        for test, created in zip(tests, created_ns, strict=True)
        if test.run_wall_ns is not None and created is not None
    ]
    rounding = run.resolution_ns - 1 if run is not None else 0
    zero = None
    # Stamps of an unknown zone cannot be held against the wall clock.
    if trace.snapshots and (run is None or run.stamps is not Stamps.LOCAL):
        first = trace.snapshots[0]
        zero = first.wall_ns - trace.clock.one_to_ns(first.tick)
    if exact is not None and len(exact[0]):
        lags = exact[0] - exact[1]
        zero = int(lags.min()) if zero is None else zero
        # The starts of tests are stamped as well, some later after they were printed than any
        # paired line: what is stated has to hold for these too.
        low, high = min(int(lags.min()), *offsets, zero), max(int(lags.max()), *offsets, zero)
        error = max(high - zero, zero - low)
        return Clock(ClockMethod.WRITES, error + rounding, zero)
    if zero is not None:
        error = max((abs(offset - zero) for offset in offsets), default=UNMEASURED_NS)
        return Clock(ClockMethod.SNAPSHOT, error + rounding, zero)
    if offsets:
        zero = min(offsets)
        return Clock(ClockMethod.TEST_STARTS, max(offsets) - zero + rounding, zero)
    return Clock(ClockMethod.TRACE, UNMEASURED_NS, began)
