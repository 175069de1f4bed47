"""Events of batches, and LEB128 numbers, decoded by the library."""

from __future__ import annotations

from ctypes import c_int32, c_int64
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.format.wire import STEPS
from flakecore.gotrace.native.library import NARROW, trace_loops
from flakecore.native_columns import pointer

LARGEST = NARROW - 1
"""Bytes of a buffer at most: the loops hold offsets in 32 bits."""


class Read(NamedTuple):
    """The events of some batches, batch by batch.

    Attributes:
        buffer: uint8, the bytes of the batches.
        type: uint8, (n,).
        tick: int64, (n,).
        arguments: int32 or int64, (n,), the offset of each event's first argument in the buffer.
        counts: int64, (batches,), events of each batch.
        sound: int64, (batches,), bytes of each batch up to where it stops making sense.
    """

    buffer: NDArray[np.uint8]
    type: NDArray[np.uint8]
    tick: NDArray[np.int64]
    arguments: NDArray[np.signedinteger[Any]]
    counts: NDArray[np.int64]
    sound: NDArray[np.int64]


def read_events(
    buffer: NDArray[np.uint8],
    begins: NDArray[np.int64],
    ends: NDArray[np.int64],
    ticks: NDArray[np.int64],
) -> Read | None:
    """Return the events of batches, which lie in ``buffer`` in any order; None where it cannot.

    Args:
        buffer: uint8, the bytes of all batches.
        begins: int64, (batches,), the offset of each batch's first byte.
        ends: int64, (batches,), the offset after its last.
        ticks: int64, (batches,), the tick at which each begins.
    """
    loops = trace_loops()
    if loops is None or len(buffer) > LARGEST:
        return None
    counts, stopped = np.zeros(len(ends), np.int64), np.zeros(len(ends), np.int64)
    batches = (
        pointer(buffer, np.uint8),
        pointer(begins, np.int64),
        pointer(ends, np.int64),
        c_int64(len(ends)),
        pointer(STEPS, np.uint8),
        pointer(counts, np.int64),
    )
    loops.count_events(*batches, pointer(stopped, np.int64))
    count = int(counts.sum())
    type_, tick = np.empty(count, np.uint8), np.empty(count, np.int64)
    arguments = np.empty(count, np.int32)
    loops.read_events(
        *batches,
        pointer(ticks, np.int64),
        pointer(type_, np.uint8),
        pointer(tick, np.int64),
        pointer(arguments, np.int32),
    )
    return Read(buffer, type_, tick, arguments, counts, stopped - begins)


def read_numbers(
    buffer: NDArray[np.uint8], at: NDArray[np.signedinteger[Any]], skipped: int
) -> NDArray[np.int32] | NDArray[np.int64] | None:
    """Return one LEB128 number for each offset ``at``, after ``skipped`` others; (n,).

    They are int32 where all of them fit, else int64. None where the library cannot.
    """
    loops = trace_loops()
    if loops is None or at.dtype != np.int32:
        return None
    given = (
        pointer(buffer, np.uint8),
        c_int64(len(buffer)),
        pointer(at, np.int32),
        c_int64(len(at)),
        c_int32(skipped),
    )
    narrow = np.empty(len(at), np.int32)
    if loops.read_numbers(*given, pointer(narrow, np.int32), pointer(None, np.int64)):
        return narrow
    wide = np.empty(len(at), np.int64)
    loops.read_numbers(*given, pointer(None, np.int32), pointer(wide, np.int64))
    return wide
