"""Conversion of trace clock ticks to nanoseconds; no other module converts raw ticks."""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

DEFAULT_FREQUENCY = 15_625_000
"""64 ns a tick, as on Linux on amd64 and arm64; taken where no frequency can be read."""
MOST_NS = 1 << 61
"""Seventy years, which no trace lasts: sums and differences of two such times fit 64 bits."""

Extent: TypeAlias = tuple[int, int]
"""First and last moment of something, in nanoseconds since the trace began."""


@dataclass(frozen=True, slots=True)
class TickClock:
    """Ticks since ``zero`` at ``frequency`` ticks a second, in whole nanoseconds."""

    zero: int
    frequency: int

    @property
    def resolution_ns(self) -> int:
        """Length of a tick, rounded up: what two events may lie apart and seem simultaneous."""
        return -(-1_000_000_000 // self.frequency)

    @property
    def ns_a_tick(self) -> tuple[int, int]:
        """The length of a tick as a fraction in lowest terms."""
        shared = gcd(1_000_000_000, self.frequency)
        return 1_000_000_000 // shared, self.frequency // shared

    @property
    def most_ticks(self) -> int:
        """The largest distance of a tick from ``zero``, either way."""
        return MOST_NS // self.resolution_ns

    def to_ns(self, ticks: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return nanoseconds since the trace began, int64, rounded down.

        Ticks that damage has put further off than ``MOST_NS`` are brought back to it.
        """
        numerator, denominator = self.ns_a_tick
        elapsed = ticks - self.zero
        most = self.most_ticks
        if len(elapsed) and not -most <= elapsed.min() <= elapsed.max() <= most:
            elapsed = np.clip(elapsed, -most, most)
        if denominator == 1:
            return elapsed * numerator
        # In two steps, so that the product stays below 64 bits.
        whole = elapsed // denominator
        rest = elapsed - whole * denominator
        return whole * numerator + rest * numerator // denominator

    def one_to_ns(self, tick: int) -> int:
        """Return nanoseconds since the trace began for one tick, at most ``MOST_NS`` off."""
        most = self.most_ticks
        return min(max(tick - self.zero, -most), most) * 1_000_000_000 // self.frequency
