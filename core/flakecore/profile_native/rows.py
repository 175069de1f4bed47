"""Rows of numbers told apart, and values added up over stacks, by the library."""

from __future__ import annotations

import secrets

import numpy as np
from numpy.typing import NDArray

from flakecore.native_columns import pointer
from flakecore.profile_native.library import NARROW, library

Ints = NDArray[np.int64]
Indices = NDArray[np.int32]

_SEED = secrets.randbits(64)
"""Nobody outside knows which rows have equal hashes; the result does not depend on it."""


def number_rows(values: Indices, offsets: Ints) -> tuple[Indices, Ints] | None:
    """Return which rows are the same, as ``distinct_rows`` does; None where the library cannot."""
    loops = library()
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
    loops = library()
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
