"""What a trace holds of the writes that may have printed a run's output."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flakecore.alignment.goroutine_tests import GoroutineTests
from flakecore.alignment.units import OutputWrites


@dataclass(frozen=True, slots=True)
class TracedWrites:
    """The writes of a trace, and what is known of who made them.

    Attributes:
        writes: that may have printed a run's output.
        tree: goroutines, with tests numbered as in the run.
        goroutines: (tests,), the goroutine that ran each test; 0 if unknown.
        zero_wall_ns: the wall clock at the trace's time 0; None if the trace lacks it, or the
            output's stamps cannot be compared with it.
        complete: whether the trace reaches to the end of the tests.
        stretches: (start, end) of the times that were recorded, in nanoseconds; none for all.
    """

    writes: OutputWrites
    tree: GoroutineTests
    goroutines: Sequence[int]
    zero_wall_ns: int | None
    complete: bool
    stretches: Sequence[tuple[int, int]] = ()
