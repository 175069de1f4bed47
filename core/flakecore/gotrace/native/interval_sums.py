"""Time by lane, bucket and state, summed by the library."""

from __future__ import annotations

from ctypes import Structure, byref, c_int32, c_int64, c_void_p
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.native.native_intervals import IntervalOutline
from flakecore.native_columns import pointer


class NativeSums(Structure):
    """``struct sums``."""

    _fields_ = (
        ("buckets", c_int64),
        ("states", c_int64),
        ("shift", c_int32),
        ("time", c_void_p),
        ("occurs", c_void_p),
        ("occupant", c_void_p),
        ("held", c_void_p),
    )


class Summed(NamedTuple):
    """Sums by (lane * buckets + bucket) * states + state.

    Attributes:
        keys: int64, (n,), ascending, those of which there is any interval.
        time: int64, (n,), nanoseconds.
        occupant: int64, (lanes * buckets,), whom each lane held last in each bucket; -1 for none.
    """

    keys: NDArray[np.int64]
    time: NDArray[np.int64]
    occupant: NDArray[np.int64]


def sum_intervals(
    outline: IntervalOutline,
    occupant: NDArray[np.signedinteger[Any]] | None,
    shift: int,
    buckets: int,
    states: int,
) -> Summed | None:
    """Sum up the intervals that lie within a generation, in buckets of ``1 << shift``.

    ``buckets`` are those of a lane, ``states`` is how many there are of ``State``.
    """
    if occupant is not None:
        if occupant.dtype == np.int64:
            return None
        occupant = occupant.astype(np.int32, copy=False)
    cells = outline.lanes * buckets
    time = np.zeros(cells * states, np.int64)
    occurs, held = np.zeros(len(time), np.uint8), np.full(cells, -1, np.int64)
    outline.loops.sum_intervals(
        byref(outline.intervals),
        byref(
            NativeSums(
                buckets,
                states,
                c_int32(shift),
                pointer(time, np.int64),
                pointer(occurs, np.uint8),
                pointer(occupant, np.int32),
                pointer(held, np.int64),
            )
        ),
    )
    keys = np.flatnonzero(occurs)
    return Summed(keys, time[keys], held)
