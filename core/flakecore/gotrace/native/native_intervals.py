"""A generation's intervals as the library takes them, and rows that are found among them."""

from __future__ import annotations

from ctypes import CDLL, Structure, byref, c_int64, c_void_p
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.native.library import trace_loops
from flakecore.native_columns import pointer

Column: TypeAlias = NDArray[np.signedinteger[Any]]


class NativeIntervals(Structure):
    """``struct intervals``."""

    _fields_ = (
        ("since", c_void_p),
        ("state", c_void_p),
        ("status", c_void_p),
        ("first", c_void_p),
        ("lanes", c_int64),
    )


class IntervalOutline(NamedTuple):
    """A generation's intervals of one kind of lane as the library takes them.

    Attributes:
        loops: the library.
        intervals: pointers to the columns.
        lanes: the number of lanes.
        held: the columns, so that they live as long as the pointers.
    """

    loops: CDLL
    intervals: NativeIntervals
    lanes: int
    held: tuple[NDArray[Any], ...]


def intervals_of(
    since: NDArray[np.signedinteger[Any]],
    state: NDArray[np.uint8],
    status: NDArray[np.bool_],
    first: NDArray[np.int64],
) -> IntervalOutline | None:
    """Return columns of ``GenerationIntervals`` as the library takes them; None where it cannot.

    It takes times of 32 bits only.
    """
    loops = trace_loops()
    if loops is None or since.dtype != np.int32:
        return None
    intervals = NativeIntervals(
        pointer(since, np.int32),
        pointer(state, np.uint8),
        pointer(status, np.bool_),
        pointer(first, np.int64),
        len(first) - 1,
    )
    return IntervalOutline(loops, intervals, len(first) - 1, (since, state, status, first))


def longest_waits(
    outline: IntervalOutline, waits: NDArray[np.bool_], most: int
) -> NDArray[np.int64] | None:
    """Return the rows of the longest waits that lie within a generation, ascending.

    Of two that are as long, the first one is taken. ``waits`` is a table by state: True for waits.
    There are at most ``most``.
    """
    rows = np.empty(most, np.int64)
    count = outline.loops.longest_waits(
        byref(outline.intervals), pointer(waits, np.bool_), c_int64(most), pointer(rows, np.int64)
    )
    return None if count < 0 else np.sort(rows[:count])


def first_stacks(
    outline: IntervalOutline, goroutine: Column, actor: Column, stack: Column
) -> NDArray[np.int64] | None:
    """Return for each goroutine the first row whose stack is its own; none for one without.

    A stack is its own where the goroutine caused the change itself, or a status states it.
    """
    columns = goroutine, actor, stack
    if any(each.dtype != np.int32 for each in columns):
        return None
    rows = np.empty(outline.lanes, np.int64)
    of_goroutines = (pointer(each, np.int32) for each in columns)
    count = outline.loops.first_stacks(
        byref(outline.intervals), *of_goroutines, pointer(rows, np.int64)
    )
    return rows[:count]
