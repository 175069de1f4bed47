"""Distinct rows of numbers, and values added up over stacks, by the library."""

from __future__ import annotations

import secrets
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from flakecore.native_columns import pointer
from flakecore.profile_native.library import NARROW, profile_loops

_BITS = range(18, 28, 3)
"""Sizes of the table of callers and callees that are tried: one of 2 MB is in reach of a cache."""
Ints = NDArray[np.int64]
Indices = NDArray[np.int32]

_SEED = secrets.randbits(64)
"""Input cannot be made whose rows have equal hashes; the result does not depend on it."""


def number_rows(values: Indices, offsets: Ints) -> tuple[Indices, Ints] | None:
    """Return which rows are the same, as ``distinct_rows`` does; None where the library cannot."""
    loops = profile_loops()
    rows = len(offsets) - 1
    if loops is None or values.dtype != np.int32 or rows >= NARROW >> 2:
        return None
    values = np.ascontiguousarray(values)
    bits = max(4, (2 * rows).bit_length())
    table = np.zeros(1 << bits, np.int32)
    content, first = np.empty(rows, np.int32), np.empty(rows, np.int64)
    contents = loops.number_rows(
        pointer(values, np.int32),
        pointer(offsets, np.int64),
        rows,
        _SEED,
        bits,
        pointer(table, np.int32),
        pointer(content, np.int32),
        pointer(first, np.int64),
    )
    return (content, first[:contents].copy()) if contents >= 0 else None


class Calls(NamedTuple):
    """What passes from callers to callees; every column (calls,).

    Attributes:
        caller, callee: int32, nodes.
        value: int64, of the stacks in which the one calls the other.
        inlined: bool, the callee is always inlined into the caller.
    """

    caller: Indices
    callee: Indices
    value: Ints
    inlined: NDArray[np.bool_]


def add_calls(
    frames: Indices, offsets: Ints, node_of: Indices, location_of: Indices, values: Ints
) -> Calls | None:
    """Return what passes from callers to callees; None where the library cannot.

    Args:
        frames: of all stacks, one after another.
        offsets: (stacks + 1,) where each stack begins in them.
        node_of: the node of each frame.
        location_of: the location of each frame.
        values: (stacks,) int64.
    """
    loops = profile_loops()
    stacks = len(offsets) - 1
    if loops is None or stacks >= NARROW:
        return None
    values = np.ascontiguousarray(values)
    for bits in _BITS:
        room = 1 << (bits - 1)
        table, last = np.zeros(1 << bits, np.int32), np.empty(room, np.int32)
        caller, callee = np.empty((2, room), np.int32)
        value, outside = np.empty(room, np.int64), np.empty(room, np.uint8)
        count = loops.add_calls(
            pointer(frames, np.int32),
            pointer(offsets, np.int64),
            stacks,
            pointer(node_of, np.int32),
            pointer(location_of, np.int32),
            pointer(values, np.int64),
            _SEED,
            bits,
            *(pointer(each, np.int32) for each in (table, last, caller, callee)),
            pointer(value, np.int64),
            pointer(outside, np.uint8),
        )
        if count >= 0:
            order = np.lexsort((callee[:count], caller[:count]))
            return Calls(caller[order], callee[order], value[order], outside[order] == 0)
    return None


def add_cumulative(
    frames: Indices, offsets: Ints, node_of: Indices, values: Ints, nodes: int
) -> Ints | None:
    """Return (nodes,) what each node has of the stacks through it; None where the library cannot.

    Args:
        frames: of all stacks, one after another.
        offsets: (stacks + 1,) where each stack begins in them.
        node_of: the node of each frame.
        values: (stacks,) int64.
        nodes: how many there are.
    """
    loops = profile_loops()
    stacks = len(offsets) - 1
    if loops is None or stacks >= NARROW:
        return None
    values = np.ascontiguousarray(values)
    cumulative = np.zeros(nodes, np.int64)
    last = np.full(nodes, -1, np.int32)
    loops.add_cumulative(
        pointer(frames, np.int32),
        pointer(offsets, np.int64),
        stacks,
        pointer(node_of, np.int32),
        pointer(values, np.int64),
        pointer(last, np.int32),
        pointer(cumulative, np.int64),
    )
    return cumulative
