"""How often a test failed with something and without it: a two-way table in words."""

from __future__ import annotations

from typing import Protocol


class TwoWayCounts(Protocol):
    """Failures and runs, of those that had something and of those that had not."""

    @property
    def failed_with(self) -> int:
        """Failures among the runs that had it."""

    @property
    def runs_with(self) -> int:
        """Runs that had it."""

    @property
    def failed_without(self) -> int:
        """Failures among the others."""

    @property
    def runs_without(self) -> int:
        """Runs that had it not."""


def contrast_words(counts: TwoWayCounts, having: str, lacking: str = "without") -> str:
    """Return both sides of a table: ``9 of 12 with GOMAXPROCS=1, 0 of 40 without``.

    Args:
        counts: the table.
        having: what the runs of the first side had: ``with GOMAXPROCS=1``.
        lacking: the same of the others.
    """
    return (
        f"{counts.failed_with} of {counts.runs_with} {having},"
        f" {counts.failed_without} of {counts.runs_without} {lacking}"
    )
