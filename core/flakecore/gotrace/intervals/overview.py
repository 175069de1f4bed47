"""What a generation held, in little: time by lane, bucket and state.

Zoomed out, a screen's column covers more than a generation's worth of intervals, and decoding
them all to draw it would take as long as reading the trace. So each generation leaves sums: how
long each lane was in each state within each of its buckets, a fixed small part of the generation.
A lane is then drawn from the sums as if from intervals, those of a bucket side by side: between
edges of buckets that is exact.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.format.columns import narrow
from flakecore.gotrace.format.varint import IntColumn
from flakecore.gotrace.intervals.generation_intervals import GenerationIntervals
from flakecore.gotrace.intervals.states import STATE_COUNT
from flakecore.gotrace.native.interval_sums import Summed, sum_intervals

_SUMS = 1 << 14
"""Buckets of all lanes of a generation together."""
_MOST = 256
"""Buckets of a lane in a generation: four milliseconds each where it lasts a second."""
_DENSE = 1 << 20
"""Sums that are added up in a table, however few of them occur."""
_TILE = 1 << 16
"""Intervals looked at together: they stay in the processor's cache."""
_OCCURS = 2.0**-20
"""Added for each interval: a state shows also where it lasted no tick. Sums of whole nanoseconds
are exact beside it, up to a million intervals in a bucket."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Time by lane, bucket and state in one generation; one row for each that occurs.

    Attributes:
        start_ns, end_ns: when the first bucket begins, and what is summed up ends.
        shift: a bucket is ``1 << shift`` nanoseconds long.
        lanes: int64, (lanes,), ascending.
        first: int64, (lanes + 1,), row at which each lane's sums begin, and n.
        bucket: (n,), ascending within a lane.
        state: uint8, (n,).
        time: (n,), nanoseconds.
        occupant: (n,), whom the lane held last in the bucket; -1 for none.
    """

    start_ns: int
    end_ns: int
    shift: int
    lanes: NDArray[np.int64]
    first: NDArray[np.int64]
    bucket: IntColumn
    state: NDArray[np.uint8]
    time: IntColumn
    occupant: IntColumn

    def rows(self, lane: int) -> slice:
        """Return the rows of a lane; an empty slice if it has none."""
        place = int(np.searchsorted(self.lanes, lane))
        if place == len(self.lanes) or self.lanes[place] != lane:
            return slice(0, 0)
        return slice(int(self.first[place]), int(self.first[place + 1]))


def sum_up(placed: GenerationIntervals, occupant: IntColumn | None) -> Sums:
    """Sum up the intervals that lie within a generation, by lane, bucket and state.

    Args:
        placed: the generation's intervals.
        occupant: (n,), whom the lane held, or None.
    """
    lanes = placed.lanes
    span = max(int(placed.since.max(initial=0)), placed.length_ns if len(lanes) else 0)
    buckets = max(1, min(_MOST, _SUMS // max(len(lanes), 1)))
    shift = max((span // buckets).bit_length(), 1)
    count = (span >> shift) + 1
    size = len(lanes) * count * STATE_COUNT
    outline, summed = placed.outline(), None
    if outline is not None and size <= max(_DENSE, 4 * len(placed.since)):
        summed = sum_intervals(outline, occupant, shift, count)
    if summed is None:
        summed = _summed(placed, occupant, shift, count)
    keys, time, held = summed
    return Sums(
        start_ns=placed.origin_ns,
        end_ns=placed.origin_ns + span,
        shift=shift,
        lanes=lanes,
        first=np.searchsorted(keys, np.arange(len(lanes) + 1) * (count * STATE_COUNT)),
        bucket=narrow(keys // STATE_COUNT % count),
        state=(keys % STATE_COUNT).astype(np.uint8),
        time=narrow(time),
        occupant=narrow(held[keys // STATE_COUNT]),
    )


def _summed(
    placed: GenerationIntervals, occupant: IntColumn | None, shift: int, count: int
) -> Summed:
    """Return the sums, added up in columns."""
    lanes, until = placed.lanes, placed.until
    cell, weight, long = _cells(placed, until, shift, count)
    # An interval over several buckets counts in each: cut it at the buckets' edges.
    first = np.maximum(placed.since[long], 0).astype(np.int64) >> shift
    spread = ((until[long].astype(np.int64) - 1) >> shift) - first + 1
    source = np.repeat(long, spread)
    nth = np.arange(len(source)) - np.repeat(np.cumsum(spread) - spread, spread)
    bucket = np.repeat(first, spread) + nth
    low = np.maximum(placed.since[source], bucket << shift)
    pieces = np.minimum(until[source], (bucket + 1) << shift) - low + _OCCURS
    weight[long] = 0
    further = cell[source] + nth
    held = np.full(len(lanes) * count, -1, np.int64)
    if occupant is not None:
        held[cell] = occupant  # of several the last one stays
        held[further] = occupant[source]
    size = len(lanes) * count * STATE_COUNT
    for key, state in ((cell, placed.state), (further, placed.state[source])):
        key *= STATE_COUNT
        key += state
    if size <= max(_DENSE, 4 * len(cell)):
        total = np.bincount(cell, weight, minlength=size)
        total += np.bincount(further, pieces, minlength=size)
        keys = np.flatnonzero(total)
        total = total[keys]
    else:
        keys, place = np.unique(np.append(cell, further), return_inverse=True)
        total = np.bincount(place, np.append(weight, pieces))
        keys, total = keys[total > 0], total[total > 0]
    return Summed(keys, total.astype(np.int64), held)


def _cells(
    placed: GenerationIntervals, until: IntColumn, shift: int, count: int
) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.intp]]:
    """Return each interval's lane and first bucket as one number, and how much it counts there.

    The third are the rows that reach into further buckets.
    """
    rows, within = len(placed.since), placed.within()
    base = np.arange(len(placed.lanes), dtype=np.int64) * count
    cell = np.repeat(base, np.diff(placed.first))
    weight = np.empty(rows, np.float64)
    long = [np.zeros(0, np.intp)]
    for at in range(0, rows, _TILE):
        tile = slice(at, at + _TILE)
        since, end = np.maximum(placed.since[tile], 0), np.maximum(until[tile], 0)
        first = since >> shift
        cell[tile] += first
        counts = within[tile]
        np.multiply((end - since) + _OCCURS, counts, out=weight[tile])
        long.append(at + np.flatnonzero(((np.maximum(end - 1, since) >> shift) > first) & counts))
    return cell, weight, np.concatenate(long)


class Overview:
    """The sums of all generations.

    Attributes:
        lanes: int64, ascending, the lanes that have any.
        edges: int64, ascending, nanoseconds: between any two of them sums are exact.
    """

    def __init__(self, generations: Sequence[Sums]) -> None:
        """Take the sums of each generation, in order."""
        none = np.zeros(0, np.int64)
        self._generations = generations
        self.lanes: NDArray[np.int64] = np.unique(
            np.concatenate([none, *(sums.lanes[np.diff(sums.first) > 0] for sums in generations)])
        )
        self.edges: NDArray[np.int64] = np.concatenate([none, *_edges(generations)])

    def of(self, lane: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8]]:
        """Return start, end, state of a lane, as if each bucket's states followed one another."""
        none = np.zeros(0, np.int64)
        start, length, state = [none], [none], [none.astype(np.uint8)]
        for sums, rows in self._rows(lane):
            time, bucket = sums.time[rows], sums.bucket[rows]
            before = np.cumsum(time) - time
            begins = np.flatnonzero(np.diff(bucket, prepend=-1))
            before -= np.repeat(before[begins], np.diff(begins, append=len(bucket)))
            start.append(sums.start_ns + (bucket.astype(np.int64) << sums.shift) + before)
            length.append(time)
            state.append(sums.state[rows])
        starts = np.concatenate(start)
        return starts, starts + np.concatenate(length), np.concatenate(state)

    def occupants(self, lane: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the beginnings of a lane's buckets and whom it held last in each."""
        none = np.zeros(0, np.int64)
        start, occupant = [none], [none]
        for sums, rows in self._rows(lane):
            start.append(sums.start_ns + (sums.bucket[rows].astype(np.int64) << sums.shift))
            occupant.append(sums.occupant[rows])
        return np.concatenate(start), np.concatenate(occupant)

    def _rows(self, lane: int) -> Iterator[tuple[Sums, slice]]:
        for sums in self._generations:
            rows = sums.rows(lane)
            if rows.stop > rows.start:
                yield sums, rows


def _edges(generations: Sequence[Sums]) -> Iterator[NDArray[np.int64]]:
    """Yield the edges of each generation's buckets that cut through no other's.

    One generation's last events may lie a little after the first ones of the next.
    """
    passed = np.iinfo(np.int64).min
    for sums, after in pairwise([*generations, None]):
        assert sums is not None
        count = ((sums.end_ns - sums.start_ns) >> sums.shift) + 2
        edges = sums.start_ns + (np.arange(count, dtype=np.int64) << sums.shift)
        edges = edges[edges >= passed]
        yield edges if after is None else edges[edges <= after.start_ns]
        passed = max(passed, sums.end_ns)
