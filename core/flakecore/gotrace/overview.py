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

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.states import STATE_COUNT
from flakecore.gotrace.varint import Places

_SUMS = 1 << 14
"""Buckets of all lanes of a generation together."""
_MOST = 256
"""Buckets of a lane in a generation: four milliseconds each where it lasts a second."""
_DENSE = 1 << 20
_OCCURS = 2.0**-20
"""Added for each interval: a state shows also where it lasted no tick. Sums of whole nanoseconds
are exact beside it, up to a million intervals in a bucket."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Time by lane, bucket and state in one generation; one row for each that occurs.

    Attributes:
        start_ns: when the first bucket begins.
        shift: a bucket is ``1 << shift`` nanoseconds long.
        lane: int64, (n,), ascending.
        bucket: int32, (n,), ascending within a lane.
        state: uint8, (n,).
        time: int64, (n,), nanoseconds.
        occupant: int64, (n,), whom the lane held last in the bucket; -1 for none.
    """

    start_ns: int
    shift: int
    lane: NDArray[np.int64]
    bucket: NDArray[np.int32]
    state: NDArray[np.uint8]
    time: NDArray[np.int64]
    occupant: NDArray[np.int64]


def sum_up(
    lanes: NDArray[np.int64],
    which: Places,
    start: NDArray[np.int64],
    end: NDArray[np.int64],
    state: NDArray[np.uint8],
    occupant: Places | None,
    *,
    start_ns: int,
    end_ns: int,
) -> Sums:
    """Sum up intervals by lane, bucket and state.

    Args:
        lanes: the lanes' numbers.
        which: (n,), the place of each interval's lane among them.
        start: (n,), beginnings of the intervals, nanoseconds.
        end: (n,), their ends.
        state: (n,), their states.
        occupant: (n,), whom the lane held, or None.
        start_ns: when the generation began.
        end_ns: when it ended.
    """
    buckets = max(1, min(_MOST, _SUMS // max(len(lanes), 1)))
    shift = max(((end_ns - start_ns) // buckets).bit_length(), 1)
    since, until = np.maximum(start - start_ns, 0), np.maximum(end - start_ns, 0)
    first, last = since >> shift, np.maximum(until - 1, since) >> shift
    count = int(last.max(initial=0)) + 1
    long = np.flatnonzero(last > first)
    if len(long):
        # An interval over several buckets counts in each: cut it at the buckets' edges.
        spread = last[long] - first[long] + 1
        source = np.repeat(long, spread)
        nth = np.arange(len(source)) - np.repeat(np.cumsum(spread) - spread, spread)
        bucket = first[source] + nth
        low, high = np.maximum(since[source], bucket << shift), (bucket + 1) << shift
        pieces = np.minimum(until[source], high) - low
        until = until.copy()
        until[long] = since[long]  # counted in its pieces
        which, state = np.append(which, which[source]), np.append(state, state[source])
        first, time = np.append(first, bucket), np.append(until - since, pieces)
        occupant = None if occupant is None else np.append(occupant, occupant[source])
    else:
        time = until - since
    cell = which * np.int64(count) + first
    key = cell * STATE_COUNT + state
    size = len(lanes) * count * STATE_COUNT
    if size <= max(_DENSE, 4 * len(key)):
        total = np.bincount(key, time + _OCCURS, minlength=size)
        keys = np.flatnonzero(total)
        total = total[keys]
    else:
        keys, place = np.unique(key, return_inverse=True)
        total = np.bincount(place, time + _OCCURS)
    held = np.full(len(lanes) * count, -1, np.int64)
    if occupant is not None:
        held[cell] = occupant  # of several the last one stays
    return Sums(
        start_ns=start_ns,
        shift=shift,
        lane=lanes[keys // (count * STATE_COUNT)],
        bucket=(keys // STATE_COUNT % count).astype(np.int32),
        state=(keys % STATE_COUNT).astype(np.uint8),
        time=total.astype(np.int64),
        occupant=held[keys // STATE_COUNT],
    )


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
            np.concatenate([none, *(sums.lane for sums in generations)])
        )
        self.edges: NDArray[np.int64] = np.unique(
            np.concatenate([none, *(_edges(sums) for sums in generations)])
        )

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
            bounds = np.searchsorted(sums.lane, [lane, lane + 1]).tolist()
            if bounds[1] > bounds[0]:
                yield sums, slice(*bounds)


def _edges(sums: Sums) -> NDArray[np.int64]:
    count = int(sums.bucket.max(initial=-1)) + 1
    return sums.start_ns + (np.arange(count + 1, dtype=np.int64) << sums.shift)
