"""From trace clock ticks to nanoseconds: the one place where raw ticks are converted."""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd

import numpy as np
from numpy.typing import NDArray

DEFAULT_FREQUENCY = 15_625_000
"""64 ns a tick, which Linux on amd64 and arm64 has; stands in where every table is lost."""


@dataclass(frozen=True, slots=True)
class TickClock:
    """Ticks since ``zero`` at ``frequency`` ticks a second, in whole nanoseconds."""

    zero: int
    frequency: int

    @property
    def resolution_ns(self) -> int:
        """Length of a tick, rounded up: what two events may lie apart and seem simultaneous."""
        return -(-1_000_000_000 // self.frequency)

    def to_ns(self, ticks: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return nanoseconds since the trace began, int64, rounded down."""
        shared = gcd(1_000_000_000, self.frequency)
        numerator, denominator = 1_000_000_000 // shared, self.frequency // shared
        elapsed = ticks - self.zero
        if denominator == 1:
            return elapsed * numerator
        # In two steps, so that the product stays below 64 bits.
        whole = elapsed // denominator
        rest = elapsed - whole * denominator
        return whole * numerator + rest * numerator // denominator

    def one_to_ns(self, tick: int) -> int:
        """Return nanoseconds since the trace began for one tick."""
        return (tick - self.zero) * 1_000_000_000 // self.frequency
