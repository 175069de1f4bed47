"""The interface to goroutines that the pairing needs: tests, creators and creation times.

The timeline's goroutine tree implements it; alignment stands below the timeline and imports none of
it.
"""

from __future__ import annotations

from typing import Protocol


class CreatedGoroutine(Protocol):
    """A goroutine with its creation."""

    @property
    def creator(self) -> int:
        """Number of the goroutine that created it; 0 if unknown."""

    @property
    def created_ns(self) -> int:
        """When it was created, in trace nanoseconds."""


class GoroutineTests(Protocol):
    """Which test each goroutine belongs to, and who created it."""

    def test_of(self, number: int) -> int:
        """Return the index of the test that a goroutine belongs to; -1 if none."""

    def goroutine(self, number: int) -> CreatedGoroutine | None:
        """Return a goroutine by its number; None if the trace never mentions it."""
