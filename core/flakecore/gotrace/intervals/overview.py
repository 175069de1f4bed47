"""Sums of a generation's intervals: time by lane, bucket and state.

Zoomed out, a screen's column covers more than a generation's worth of intervals, and decoding
them all to draw it would take as long as reading the trace. So each generation's summary holds how
long each lane was in each state within each bucket, a fixed small part of the generation. A lane
is then drawn from the sums as if from intervals, those of a bucket side by side: between edges of
buckets the time in each state is exact.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from flakecore.distinct import distinct
from flakecore.gotrace.format.columns import narrow
from flakecore.gotrace.format.varint import IntColumn
from flakecore.gotrace.intervals.generation_intervals import GenerationIntervals
from flakecore.gotrace.intervals.states import STATE_COUNT
from flakecore.gotrace.native.interval_sums import Summed, sum_intervals

_MAX_SUMS = 1 << 14
"""Buckets of all lanes of a generation together, which bounds the size of its summary."""
_MAX_BUCKETS = 256
"""Buckets of a lane in a generation: four milliseconds each where it lasts a second."""
_DENSE = 1 << 20
"""Cells of lane, bucket and state that are summed in a dense table however few of them occur."""
_TILE = 1 << 16
"""Intervals processed at a time: half a megabyte a column, which stays in a processor's cache."""
_PRESENCE = 2.0**-20
"""Added to a sum for each interval, so that a state of zero duration occurs too. Up to a million
intervals in a bucket add less than one nanosecond, which rounding down removes."""


@dataclass(frozen=True, slots=True)
class StateSums:
    """Time by lane, bucket and state in one generation; one row for each that occurs.

    Attributes:
        start_ns, end_ns: when the first bucket begins, and when the last interval ends.
        shift: a bucket is ``1 << shift`` nanoseconds long.
        lanes: int64, (lanes,), ascending.
        first: int64, (lanes + 1,), row at which each lane's sums begin, and n.
        bucket: (n,), ascending within a lane.
        state: uint8, (n,).
        time: (n,), nanoseconds.
        occupant: (n,), goroutine or proc that the lane held last in the bucket; -1 for none.
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


def sum_states(intervals: GenerationIntervals, occupant: IntColumn | None) -> StateSums:
    """Sum the intervals that lie within a generation, by lane, bucket and state.

    Args:
        intervals: the generation's intervals.
        occupant: (n,), goroutine or proc that the lane held, -1 for none; None where the type of
            lane holds none.
    """
    lanes = intervals.lanes
    span = max(int(intervals.since.max(initial=0)), intervals.length_ns if len(lanes) else 0)
    buckets = max(1, min(_MAX_BUCKETS, _MAX_SUMS // max(len(lanes), 1)))
    shift = max((span // buckets).bit_length(), 1)
    count = (span >> shift) + 1
    summed = _sum_native(intervals, occupant, shift, count)
    if summed is None:
        summed = _sum_columns(intervals, occupant, shift, count)
    keys, time, occupants_by_cell = summed
    return StateSums(
        start_ns=intervals.origin_ns,
        end_ns=intervals.origin_ns + span,
        shift=shift,
        lanes=lanes,
        first=np.searchsorted(keys, np.arange(len(lanes) + 1) * (count * STATE_COUNT)),
        bucket=narrow(keys // STATE_COUNT % count),
        state=(keys % STATE_COUNT).astype(np.uint8),
        time=narrow(time),
        occupant=narrow(occupants_by_cell[keys // STATE_COUNT]),
    )


def _sum_native(
    intervals: GenerationIntervals, occupant: IntColumn | None, shift: int, count: int
) -> Summed | None:
    """Return the sums of buckets of ``1 << shift`` nanoseconds, ``count`` a lane, by the loops.

    They take so many lanes at a time as a dense table holds.
    """
    cells = count * STATE_COUNT
    at_once = max(_DENSE, 4 * len(intervals.since)) // cells
    parts: list[Summed] = []
    for at in range(0, len(intervals.lanes), at_once) if at_once else ():
        native = intervals.native(slice(at, at + at_once))
        found = None
        if native is not None:
            found = sum_intervals(native, occupant, shift, count, STATE_COUNT)
        if found is None:
            return None
        parts.append(found._replace(keys=found.keys + at * cells))
    if not parts:
        return None
    return Summed(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _sum_columns(
    intervals: GenerationIntervals, occupant: IntColumn | None, shift: int, count: int
) -> Summed:
    """Return the sums of buckets of ``1 << shift`` nanoseconds, ``count`` a lane, in columns."""
    lanes, until = intervals.lanes, intervals.until
    cell, weight, multi_bucket = _cells(intervals, until, shift, count)
    # Intervals that reach over several buckets are cut at the edges of buckets.
    first = np.maximum(intervals.since[multi_bucket], 0).astype(np.int64) >> shift
    spread = ((until[multi_bucket].astype(np.int64) - 1) >> shift) - first + 1
    source = np.repeat(multi_bucket, spread)
    nth = np.arange(len(source)) - np.repeat(np.cumsum(spread) - spread, spread)
    bucket = np.repeat(first, spread) + nth
    low = np.maximum(intervals.since[source], bucket << shift)
    pieces = np.minimum(until[source], (bucket + 1) << shift) - low + _PRESENCE
    weight[multi_bucket] = 0
    later_cell = cell[source] + nth
    occupants_by_cell = np.full(len(lanes) * count, -1, np.int64)
    if occupant is not None:
        occupants_by_cell[cell] = occupant  # the last assignment to a cell stays
        occupants_by_cell[later_cell] = occupant[source]
    size = len(lanes) * count * STATE_COUNT
    for key, state in ((cell, intervals.state), (later_cell, intervals.state[source])):
        key *= STATE_COUNT
        key += state
    if size <= max(_DENSE, 4 * len(cell)):
        total = np.bincount(cell, weight, minlength=size)
        total += np.bincount(later_cell, pieces, minlength=size)
        keys = np.flatnonzero(total)
        total = total[keys]
    else:
        keys, place = np.unique(np.append(cell, later_cell), return_inverse=True)
        total = np.bincount(place, np.append(weight, pieces))
        keys, total = keys[total > 0], total[total > 0]
    return Summed(keys, total.astype(np.int64), occupants_by_cell)


def _cells(
    intervals: GenerationIntervals, until: IntColumn, shift: int, count: int
) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.intp]]:
    """Return each interval's cell (lane, first bucket) and weight, and rows over several buckets.

    The cells are int64 and the weights float64 nanoseconds, both (n,); intervals that do not lie
    within the generation weigh 0.
    """
    rows, within = len(intervals.since), intervals.within()
    base = np.arange(len(intervals.lanes), dtype=np.int64) * count
    cell = np.repeat(base, np.diff(intervals.first))
    weight = np.empty(rows, np.float64)
    multi_bucket = [np.zeros(0, np.intp)]
    for at in range(0, rows, _TILE):
        tile = slice(at, at + _TILE)
        since, end = np.maximum(intervals.since[tile], 0), np.maximum(until[tile], 0)
        first = since >> shift
        cell[tile] += first
        counts = within[tile]
        np.multiply((end - since) + _PRESENCE, counts, out=weight[tile])
        multi_bucket.append(
            at + np.flatnonzero(((np.maximum(end - 1, since) >> shift) > first) & counts)
        )
    return cell, weight, np.concatenate(multi_bucket)


class Overview:
    """The sums of all generations.

    Attributes:
        generations: the sums of each generation, in order.
        lanes: int64, ascending, the lanes that have sums.
        edges: int64, ascending, nanoseconds: between any two of them sums are exact.
    """

    def __init__(self, generations: Sequence[StateSums]) -> None:
        """Join the sums of each generation, in order."""
        none = np.zeros(0, np.int64)
        self.generations = generations
        self.lanes: NDArray[np.int64] = distinct(
            np.concatenate([none, *(sums.lanes[np.diff(sums.first) > 0] for sums in generations)])
        )
        self.edges: NDArray[np.int64] = np.concatenate([none, *_edges(generations)])

    def of(self, lane: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8]]:
        """Return start, end and state of a lane, the states of a bucket in succession."""
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
        """Return the start of each of a lane's buckets, and its last occupant; -1 for none."""
        none = np.zeros(0, np.int64)
        start, occupant = [none], [none]
        for sums, rows in self._rows(lane):
            start.append(sums.start_ns + (sums.bucket[rows].astype(np.int64) << sums.shift))
            occupant.append(sums.occupant[rows])
        return np.concatenate(start), np.concatenate(occupant)

    def _rows(self, lane: int) -> Iterator[tuple[StateSums, slice]]:
        for sums in self.generations:
            rows = sums.rows(lane)
            if rows.stop > rows.start:
                yield sums, rows


def _edges(generations: Sequence[StateSums]) -> Iterator[NDArray[np.int64]]:
    """Yield the edges of each generation's buckets that lie in no other generation.

    The last events of a generation may be a little later than the first ones of the next.
    """
    previous_end = np.iinfo(np.int64).min
    for sums, after in pairwise([*generations, None]):
        assert sums is not None
        count = ((sums.end_ns - sums.start_ns) >> sums.shift) + 2
        edges = sums.start_ns + (np.arange(count, dtype=np.int64) << sums.shift)
        edges = edges[edges >= previous_end]
        yield edges if after is None else edges[edges <= after.start_ns]
        previous_end = max(previous_end, sums.end_ns)
