"""The order of events by lane and, within each lane, by sequence number: the true order.

The runtime numbers the transitions of a goroutine or proc that other threads could race with, from
1 in each generation; a lane's own events on its thread come after the numbered one that bound it
there, in the thread's order. So a row belongs to a slot, its lane's n-th sequence number, in which
the numbered row comes first, then the lane's own rows. Slots are dense where nothing is missing, so
this is a counting sort: 30 ns a row, where a radix sort takes 95 (on a generation of 2.3 million
events). Where numbers are not dense (a batch is lost, numbers are forged) the rows are sorted.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.format.varint import IntColumn

_SAMPLE_ROWS = 1 << 12
"""Rows from the middle of a column that are sampled for the length of runs of one lane."""
_SPARSE = 1 << 16
"""Unused lane numbers for which a table is still made; chosen, its cost is half a megabyte."""


def sequence_order(
    lane: IntColumn, sequence: IntColumn, own: NDArray[np.bool_]
) -> tuple[NDArray[np.int32] | NDArray[np.intp], IntColumn]:
    """Return the order by lane, then sequence number, then rows that are not ``own``, then row.

    Args:
        lane: (n,), goroutine or proc of each row.
        sequence: (n,), sequence number of the row, or of the numbered one before it.
        own: bool, (n,), the row has no sequence number itself.

    Returns:
        The order, and the lanes in that order; both (n,).
    """
    if _runs_are_long(lane):
        order = _sort_runs(lane, sequence, own)
        return order, lane[order]
    counted = _counting_sort(lane, sequence, own)
    if counted is not None:
        ordered = lane[counted]
        if bool((ordered[1:] >= ordered[:-1]).all()):
            return counted, ordered
    order = lane_order(lane, 2 * sequence.astype(np.int64) + own)
    return order, lane[order]


def _runs_are_long(lane: IntColumn) -> bool:
    """Return whether successive rows are mostly of one lane, from a sample of the middle."""
    middle = lane[len(lane) // 2 :][:_SAMPLE_ROWS]
    return 8 * int(np.count_nonzero(np.diff(middle))) < len(middle)


def _sort_runs(lane: IntColumn, sequence: IntColumn, own: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return the order by sorting runs of equal keys, which is fast if they are few.

    Procs have long runs: a thread's stream is of one proc until it stops or loses it.
    """
    breaks = np.ones(len(lane), np.bool_)
    np.not_equal(lane[1:], lane[:-1], out=breaks[1:])
    breaks[1:] |= sequence[1:] != sequence[:-1]
    breaks[1:] |= own[1:] != own[:-1]
    begins = np.flatnonzero(breaks)
    runs = lane_order(lane[begins], 2 * sequence[begins].astype(np.int64) + own[begins])
    lengths = np.diff(begins, append=len(lane))[runs]
    shift = begins[runs] - (np.cumsum(lengths) - lengths)
    return np.repeat(shift, lengths) + np.arange(len(lane))


def _counting_sort(
    lane: IntColumn, sequence: IntColumn, own: NDArray[np.bool_]
) -> NDArray[np.int32] | None:
    """Return the order by a counting sort; None unless every lane's numbers have no gap."""
    count = len(lane)
    low, high = (int(lane.min()), int(lane.max())) if count else (0, 0)
    if not 0 < count < 1 << 30 or high - low > 2 * count + _SPARSE:
        return None
    if low < 0 or int(sequence.min()) < 0:
        return None
    numbered = np.flatnonzero(~own)
    most = np.bincount(lane[numbered] - low, minlength=high - low + 1) + 1
    slots = int(most.sum())
    if int(sequence.max()) >= int(most.max()):
        return None
    # Indexed by the lane's number itself where that is small: one subtraction less a row.
    base = 0 if high <= 4 * count + _SPARSE else low
    offset = np.zeros(high - base + 1, np.int32)
    offset[low - base :] = np.cumsum(most) - most
    slot = offset[lane - base] if base else offset[lane]
    slot += sequence
    size = np.bincount(slot, minlength=slots)
    if len(size) > slots:
        return None
    begin = (np.cumsum(size) - size).astype(np.int32)
    del size
    place = begin[slot]
    del begin
    has_number = np.zeros(slots, np.int32)
    has_number[slot[numbered]] = 1
    del numbered
    rows = np.flatnonzero(own)
    of_own = slot[rows]
    del slot
    runs = np.flatnonzero(np.diff(of_own, prepend=-1)).astype(np.int32)
    nth = np.arange(len(rows), dtype=np.int32)
    nth -= np.repeat(runs, np.diff(runs, append=len(rows)))
    nth += has_number[of_own]
    place[rows] += nth
    del rows, of_own, runs, nth, has_number
    if int(place.max()) >= count:
        return None
    order = np.full(count, -1, np.int32)
    order[place] = np.arange(count, dtype=np.int32)
    # A slot with two numbered rows leaves a position empty.
    return order if int(order.min()) >= 0 else None


def lane_order(lane: IntColumn, within: IntColumn) -> NDArray[np.intp]:
    """Return the stable order by lane and then by another number."""
    order = _radix_order(within)
    return order[_radix_order(lane[order])]


def _radix_order(key: IntColumn) -> NDArray[np.intp]:
    """Return the stable order of a key; numpy sorts 16-bit integers by radix, in linear time."""
    if not len(key):
        return np.zeros(0, np.intp)
    low, high = int(key.min()), int(key.max())
    if high - low >= 1 << 62:
        return np.argsort(key, kind="stable")  # numbers this large come from damage
    digits = key - low
    order = np.argsort((digits & 0xFFFF).astype(np.uint16), kind="stable")
    for shift in range(16, (high - low).bit_length(), 16):
        digit = (digits[order] >> shift & 0xFFFF).astype(np.uint16)
        order = order[np.argsort(digit, kind="stable")]
    return order
