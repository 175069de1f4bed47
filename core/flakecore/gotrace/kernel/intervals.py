"""A generation's intervals as the library takes them, and the rows of them that are kept."""

from __future__ import annotations

from ctypes import Structure, byref, c_int64, c_void_p

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.kernel.library import library, pointer
from flakecore.gotrace.placed import Placed


class Intervals(Structure):
    """``struct intervals``."""

    _fields_ = (
        ("since", c_void_p),
        ("state", c_void_p),
        ("status", c_void_p),
        ("first", c_void_p),
        ("lanes", c_int64),
    )


def intervals_of(placed: Placed) -> Intervals | None:
    """Return intervals, which must outlive it, for the library; None where it cannot take them."""
    if placed.since.dtype != np.int32:
        return None
    return Intervals(
        pointer(placed.since, np.int32),
        pointer(placed.state, np.uint8),
        pointer(placed.status, np.bool_),
        pointer(placed.first, np.int64),
        len(placed.lanes),
    )


def longest_waits(placed: Placed, waits: NDArray[np.bool_], most: int) -> NDArray[np.int64] | None:
    """Return the rows of the longest waits that lie within a generation, ascending.

    Of two that are as long, the first one is taken. ``waits`` tells by state what is one.
    """
    loops, intervals = library(), intervals_of(placed)
    if loops is None or intervals is None:
        return None
    rows = np.empty(most, np.int64)
    count = loops.longest_waits(
        byref(intervals), pointer(waits, np.bool_), c_int64(most), pointer(rows, np.int64)
    )
    return None if count < 0 else np.sort(rows[:count])


def first_stacks(placed: Placed) -> NDArray[np.int64] | None:
    """Return the row of each goroutine that has one, at which it shows a stack of its own first."""
    loops, intervals = library(), intervals_of(placed)
    columns = placed.goroutine, placed.actor, placed.stack
    if loops is None or intervals is None or any(each.dtype != np.int32 for each in columns):
        return None
    rows = np.empty(len(placed.lanes), np.int64)
    of_goroutines = (pointer(each, np.int32) for each in columns)
    count = loops.first_stacks(byref(intervals), *of_goroutines, pointer(rows, np.int64))
    return rows[:count]
