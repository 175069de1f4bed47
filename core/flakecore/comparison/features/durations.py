"""Durations of intervals by test, with mean, variance and percentiles.

A run has as many as a tenth of its events. They stay as they are added, and only those of the
tests asked for are put together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_LONGEST = np.iinfo(np.uint32).max
_TILE = 1 << 18
"""Durations processed at a time: 2 MB as float64. Chosen, not measured."""


@dataclass(frozen=True, slots=True)
class Durations:
    """Durations by place of the test that each belongs to.

    Attributes:
        parts: of each part where each place's begin, int64, (places + 1,), and the durations
            in nanoseconds.
    """

    parts: tuple[tuple[NDArray[np.int64], NDArray[np.integer[Any]]], ...]

    def of(self, places: slice) -> NDArray[np.integer[Any]]:
        """Return the durations of some tests, in no order: an array of the caller's own."""
        found = [ns[first[places.start] : first[places.stop]] for first, ns in self.parts]
        return np.concatenate([np.zeros(0, np.uint32), *(each for each in found if len(each))])


class DurationsByPlace:
    """Collects durations."""

    def __init__(self, places: int) -> None:
        """Begin without any."""
        self._places = places
        self._parts: list[tuple[NDArray[np.int64], NDArray[np.integer[Any]]]] = []

    def add(
        self, place: NDArray[np.int64], counts: NDArray[np.int64], ns: NDArray[np.integer[Any]]
    ) -> None:
        """Add durations: first those of the first group, then those of the next one.

        Args:
            place: int64, (groups,), the place of each group; -1 for one that does not count.
            counts: int64, (groups,), how many durations each group has.
            ns: (counts.sum(),), nanoseconds.
        """
        if not len(ns):
            return
        if ns.dtype != np.uint32 and int(ns.max()) <= _LONGEST:
            ns = ns.astype(np.uint32)  # together with others they would all take twice the room
        # Groups are some hundred times fewer than durations: what can be is done with them alone.
        kept = place >= 0
        if not kept.all():
            ns = ns[np.repeat(kept, counts)]
            place, counts = place[kept], counts[kept]
        if (np.diff(place) < 0).any():
            ns = ns[np.argsort(np.repeat(place.astype(np.int32), counts), kind="stable")]
        first = np.zeros(self._places + 1, np.int64)
        np.cumsum(np.bincount(place, counts, minlength=self._places), out=first[1:])
        self._parts.append((first, ns))

    def durations(self) -> Durations:
        """Return what was added."""
        return Durations(tuple(self._parts))


def pearson_skewness(values: NDArray[np.integer[Any]]) -> float | None:
    """Return Pearson's second coefficient of skewness: 3 (mean - median) / standard deviation.

    It lies between -3 and 3; 0.0 for values that are all alike, None for none. The order of the
    values changes: a copy would take as long as the rest.
    """
    if not len(values):
        return None
    mean = int(values.sum(dtype=np.int64)) / len(values)
    squares, middle = 0.0, len(values) // 2
    for at in range(0, len(values), _TILE):
        apart = values[at : at + _TILE] - mean
        squares += float(np.dot(apart, apart))
    if squares == 0:
        return 0.0
    values.partition(middle)
    upper = int(values[middle])
    median = upper if len(values) % 2 else (upper + int(values[:middle].max())) / 2
    return 3 * (mean - median) / float(np.sqrt(squares / len(values)))


def percentile(values: NDArray[np.integer[Any]], share: float) -> int | None:
    """Return the nearest-rank percentile: the least value that this share does not exceed.

    The order of the values changes.
    """
    if not len(values):
        return None
    rank = max(int(np.ceil(share * len(values))) - 1, 0)
    values.partition(rank)
    return int(values[rank])
