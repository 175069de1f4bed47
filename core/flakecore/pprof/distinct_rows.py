"""Which of many rows of numbers, each of a length of its own, are the same.

Each row is boiled down to 64 bits, in tiles that fit the processor's cache; rows of equal hashes
are then compared number by number, so that no input, however contrived, makes two rows one.
"""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

from flakecore.profile_native.rows import number_rows

Ints = NDArray[np.int64]
Indices = NDArray[np.int32]

_TILE = 1 << 15
_SEED = 17
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


def distinct_rows(values: Indices, offsets: Ints) -> tuple[Indices, Ints]:
    """Return which rows are the same.

    Args:
        values: the numbers of all rows, none negative.
        offsets: (rows + 1,), where each row begins.

    Returns:
        (rows,) the index of each row's content, contents in order of their first row; and
        (contents,) the first row of each.
    """
    numbered = number_rows(values, offsets)
    if numbered is not None:
        return numbered
    alike = _first_alike(_row_hashes(values, offsets))
    if not _same(values, offsets, alike):
        return _by_bytes(values, offsets)
    first = np.flatnonzero(alike == np.arange(len(alike)))
    rank = np.zeros(len(alike), np.int32)
    rank[first] = np.arange(len(first), dtype=np.int32)
    return rank[alike], first


def _first_alike(hashes: NDArray[np.uint64]) -> Ints:
    """Return (rows,) the first row of the same hash as each.

    All rows go into a table by some bits of their hash, the first to come staying; who finds its
    equal there is done, and who finds another tries again with the rest.
    """
    count = len(hashes)
    bits = max(4, (4 * count).bit_length())
    place = (hashes * _MULTIPLIER >> np.uint64(64 - bits)).astype(np.int64)
    table = np.zeros(1 << bits, np.int32)
    found = np.zeros(count, np.int64)
    waiting = np.arange(count)
    while len(waiting):
        where = place[waiting]
        table[where[::-1]] = waiting[::-1]
        first = table[where]
        alike = hashes[first] == hashes[waiting]
        found[waiting[alike]] = first[alike]
        waiting = waiting[~alike]
    return found


def _row_hashes(values: Indices, offsets: Ints) -> NDArray[np.uint64]:
    """Return (rows,) a hash of each row's length, numbers and their order.

    It is the sum of a random word for each number times one for its place in the row.
    """
    source = np.random.default_rng(_SEED)
    lengths = np.diff(offsets)
    of_number = _random_words(source, int(values.max(initial=0)) + 1)
    of_place = _random_words(source, int(lengths.max(initial=0)) + 1)
    hashes = lengths.astype(np.uint64) * _MULTIPLIER
    filled = np.flatnonzero(lengths)
    starts, sizes = offsets[:-1][filled], lengths[filled]
    ends = starts + sizes
    at = 0
    while at < len(filled):
        stop = max(at + 1, int(np.searchsorted(ends, starts[at] + _TILE, side="right")))
        begin, end = int(starts[at]), int(ends[stop - 1])
        relative = starts[at:stop] - begin
        steps = np.ones(end - begin, np.int32)
        steps[0] = 0
        steps[relative[1:]] -= sizes[at : stop - 1].astype(np.int32)
        words = of_number[values[begin:end]]
        words *= of_place[np.cumsum(steps, dtype=np.int32)]
        hashes[filled[at:stop]] += np.add.reduceat(words, relative)
        at = stop
    return hashes


def _random_words(source: np.random.Generator, count: int) -> NDArray[np.uint64]:
    return source.integers(1, (1 << 64) - 1, count, dtype=np.uint64) | np.uint64(1)


def _same(values: Indices, offsets: Ints, other: Ints) -> bool:
    """Return whether each row has the same content as the row ``other`` of it."""
    moved = np.flatnonzero(other != np.arange(len(other)))
    if not len(moved):
        return True
    ours, starts = rows_of(values, offsets, moved)
    theirs, their_starts = rows_of(values, offsets, other[moved])
    return bool(np.array_equal(starts, their_starts) and np.array_equal(ours, theirs))


def _by_bytes(values: Indices, offsets: Ints) -> tuple[Indices, Ints]:
    """Return the same as ``distinct_rows``, row by row: for rows made to have equal hashes."""
    packed = values.tobytes()
    size = values.itemsize
    known: dict[bytes, int] = {}
    bounds = (offsets * size).tolist()
    first: list[int] = []
    content = np.empty(len(bounds) - 1, np.int32)
    for row, (start, end) in enumerate(itertools.pairwise(bounds)):
        content[row] = known.setdefault(packed[start:end], len(known))
        if len(known) > len(first):
            first.append(row)
    return content, np.array(first, np.int64)


def rows_of(values: Indices, offsets: Ints, rows: Ints) -> tuple[Indices, Ints]:
    """Return the numbers of some rows, one row after another, and where each begins."""
    sizes = (offsets[1:] - offsets[:-1])[rows]
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    if (rows[1:] > rows[:-1]).all():
        edges = np.zeros(len(values) + 1, np.int8)
        np.add.at(edges, offsets[rows], 1)
        np.subtract.at(edges, offsets[rows + 1], 1)
        return values[np.cumsum(edges[:-1], dtype=np.int8).view(np.bool_)], starts
    return values[spans(offsets[:-1][rows], sizes)], starts


def spans(starts: Ints, sizes: Ints) -> Ints:
    """Return ``start``, ``start + 1`` … for each start, as many as its size, one after another."""
    filled = sizes > 0
    starts, sizes = starts[filled], sizes[filled]
    if not len(sizes):
        return np.zeros(0, np.int64)
    steps = np.ones(int(sizes.sum()), np.int64)
    steps[0] = starts[0]
    steps[np.cumsum(sizes)[:-1]] = starts[1:] - starts[:-1] - sizes[:-1] + 1
    return np.cumsum(steps, out=steps)
