"""When goroutines change their state, and the stretches of time in which none of them does."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from flakecore.distinct import distinct
from flakecore.gotrace import IntervalColumns, Intervals
from flakecore.gotrace.intervals.overview import StateSums


def changes(intervals: Intervals, lanes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the moments at which any of some lanes may have changed; int64, ascending.

    Between two of them that follow one another, none of the lanes did. They are exact in
    generations that are in memory; in others both edges of each bucket of the overview in which a
    lane changed stand for what is in it.

    Args:
        intervals: those of the lanes' kind.
        lanes: int64, ascending.
    """
    found = [np.zeros(0, np.int64), *_of_columns(intervals.crossing.columns, lanes)]
    for index, sums in enumerate(intervals.overview.generations):
        if intervals.is_cached((index,)):
            found += _of_columns(intervals.generation(index), lanes)
        else:
            found += _of_sums(sums, lanes)
    return distinct(np.concatenate(found))


def longest_stretch(
    intervals: Intervals, lanes: NDArray[np.int64], start_ns: int, end_ns: int
) -> int:
    """Return what no stretch of a window in which none of some lanes changes is longer than.

    It is found by the buckets of the overview, whatever is in memory: nothing is sorted that grows
    with the trace.

    Args:
        intervals: those of the lanes' kind.
        lanes: int64, ascending.
        start_ns: where the window begins.
        end_ns: where it ends.
    """
    found = [*_of_columns(intervals.crossing.columns, lanes)]
    widest = 0
    for sums in intervals.overview.generations:
        found += _of_sums(sums, lanes)
        widest = max(widest, 1 << sums.shift)
    moments = np.clip(np.concatenate([np.zeros(0, np.int64), *found]), start_ns, end_ns)
    edges = distinct(np.concatenate((np.array([start_ns], np.int64), moments, [end_ns])))
    # The last change before a stretch, and the first one after it, lie anywhere in their buckets.
    return int(np.diff(edges).max(initial=0)) + 2 * widest


def _of_columns(columns: IntervalColumns, lanes: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    rows, _ = _rows_of(columns.lanes, columns.first, lanes)
    yield columns.since[rows].astype(np.int64) + columns.origin_ns
    ended = rows[~columns.last[rows]]
    yield columns.until[ended].astype(np.int64) + columns.origin_ns


def _of_sums(sums: StateSums, lanes: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """Yield the edges of buckets in which a lane is not what it was in the one before."""
    rows, lane = _rows_of(sums.lanes, sums.first, lanes)
    if not len(rows):
        return
    bucket, state = sums.bucket[rows].astype(np.int64), sums.state[rows]
    goes_on = np.zeros(len(rows), np.bool_)
    goes_on[1:] = (
        (lane[1:] == lane[:-1])
        & (bucket[1:] == bucket[:-1] + 1)
        & (state[1:] == state[:-1])
        & (sums.time[rows][1:] == 1 << sums.shift)
    )
    changed = ~goes_on
    left = np.append(~goes_on[1:], True)
    for edge in (bucket[changed], bucket[changed] + 1, bucket[left] + 1):
        yield np.minimum(sums.start_ns + (edge << sums.shift), sums.end_ns)


def _rows_of(
    known: NDArray[np.int64], first: NDArray[np.int64], lanes: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows of some lanes, and the lane of each; both int64."""
    present = np.intersect1d(known, lanes, assume_unique=True)
    place = np.searchsorted(known, present)
    begin, count = first[place].astype(np.int64), np.diff(first)[place].astype(np.int64)
    before = np.cumsum(count) - count
    rows = np.arange(count.sum(), dtype=np.int64) + np.repeat(begin - before, count)
    return rows, np.repeat(present, count)
