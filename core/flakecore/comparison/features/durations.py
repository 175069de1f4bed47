"""Durations of intervals by test, with skewness and percentiles.

A run has as many as a third of its events. They stay where they are: those of a test are some
pieces of the arrays that were added, and statistics go over piece after piece.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Piece = NDArray[np.integer[Any]]

_LONGEST = np.iinfo(np.uint32).max
_TILE = 1 << 18
"""Durations processed at a time: 2 MB as float64. Chosen, not measured."""
_FEW = 1 << 16
"""So many are put together and partitioned; of more, a sample shows where to look. Chosen."""
_SAMPLE = 1 << 13
"""Durations in the sample that shows between which values a rank lies. Chosen, not measured."""
_MARGIN = 400
"""Places in the sample to either side of a rank that still count: eight standard deviations of
where a rank of 8,192 drawn by chance lies at most (``sqrt(8192) / 2``)."""


@dataclass(frozen=True, slots=True)
class Durations:
    """Durations by place of the test that each belongs to.

    Attributes:
        parts: of each part where each place's begin, int64, (places + 1,), and the durations
            in nanoseconds.
    """

    parts: tuple[tuple[NDArray[np.int64], Piece], ...]

    def of(self, places: slice) -> list[Piece]:
        """Return the durations of some tests, in no order, as views that are not to be changed."""
        found = [ns[first[places.start] : first[places.stop]] for first, ns in self.parts]
        return [each for each in found if len(each)]


class DurationsByPlace:
    """Collects durations."""

    def __init__(self, places: int) -> None:
        """Begin without any."""
        self._places = places
        self._parts: list[tuple[NDArray[np.int64], Piece]] = []

    def add(self, place: NDArray[np.int64], counts: NDArray[np.int64], ns: Piece) -> None:
        """Add durations: first those of the first group, then those of the next one.

        Args:
            place: int64, (groups,), the place of each group; -1 for one that does not count.
            counts: int64, (groups,), how many durations each group has.
            ns: (counts.sum(),), nanoseconds; kept as they are, not copied, where they can be.
        """
        if not len(ns):
            return
        if ns.dtype != np.uint32 and int(ns.max()) <= _LONGEST:
            ns = ns.astype(np.uint32)  # together with others they would all take twice the room
        # Groups are some hundred times fewer than durations: what can be is done with them alone.
        kept = place >= 0
        if not kept.all():
            ns = _of_groups(ns, counts, kept)
            place, counts = place[kept], counts[kept]
        if (np.diff(place) < 0).any():
            ns = ns[np.argsort(np.repeat(place.astype(np.int32), counts), kind="stable")]
        first = np.zeros(self._places + 1, np.int64)
        np.cumsum(np.bincount(place, counts, minlength=self._places), out=first[1:])
        self._parts.append((first, ns))

    def durations(self) -> Durations:
        """Return what was added."""
        return Durations(tuple(self._parts))


def pearson_skewness(pieces: Sequence[Piece]) -> float | None:
    """Return Pearson's second coefficient of skewness: 3 (mean - median) / standard deviation.

    It lies between -3 and 3; 0.0 for values that are all alike, None for none.
    """
    count = sum(map(len, pieces))
    if not count:
        return None
    mean = sum(int(piece.sum(dtype=np.int64)) for piece in pieces) / count
    squares = 0.0
    for piece in pieces:
        for at in range(0, len(piece), _TILE):
            apart = piece[at : at + _TILE] - mean
            squares += float(np.dot(apart, apart))
    if squares == 0:
        return 0.0
    upper = value_at_rank(pieces, count // 2)
    median = upper if count % 2 else (upper + value_at_rank(pieces, count // 2 - 1)) / 2
    return 3 * (mean - median) / float(np.sqrt(squares / count))


def percentile(pieces: Sequence[Piece], share: float) -> int | None:
    """Return the nearest-rank percentile: the least value that this share does not exceed."""
    count = sum(map(len, pieces))
    if not count:
        return None
    return value_at_rank(pieces, max(int(np.ceil(share * count)) - 1, 0))


def value_at_rank(pieces: Sequence[Piece], rank: int) -> int:
    """Return the value that stands at a rank, from 0, if all are put in ascending order.

    Of many, a sample has the two values around it (Floyd and Rivest, "Expected time bounds
    for selection", 1975): those outside are counted, and only those inside are looked at. Where the
    sample misleads, all are.
    """
    count = sum(map(len, pieces))
    if count <= _FEW:
        return _partitioned(pieces, rank)
    step = count // _SAMPLE
    sample = np.sort(np.concatenate([piece[::step] for piece in pieces]))
    middle = rank * len(sample) // count
    low = sample[max(middle - _MARGIN, 0)]
    high = sample[min(middle + _MARGIN, len(sample) - 1)]
    below, inside = 0, []
    for piece in pieces:
        from_low = piece >= low
        below += len(piece) - int(np.count_nonzero(from_low))
        inside.append(piece[from_low & (piece <= high)])
    if below <= rank < below + sum(map(len, inside)):
        return _partitioned(inside, rank - below)
    return _partitioned(pieces, rank)


def _partitioned(pieces: Sequence[Piece], rank: int) -> int:
    values = np.concatenate(pieces)
    values.partition(rank)
    return int(values[rank])


def _of_groups(ns: Piece, counts: NDArray[np.int64], kept: NDArray[np.bool_]) -> Piece:
    """Return the durations of some groups: a view where these follow each other."""
    changes = np.flatnonzero(np.diff(kept, prepend=False, append=False))
    first = np.concatenate(([0], np.cumsum(counts)))
    begins, ends = first[changes[::2]].tolist(), first[changes[1::2]].tolist()
    pieces = [ns[begin:end] for begin, end in zip(begins, ends, strict=True)]
    return pieces[0] if len(pieces) == 1 else np.concatenate([ns[:0], *pieces])
