"""A generation's intervals as the library takes them, and the rows of them that are kept."""

from __future__ import annotations

from ctypes import CDLL, Structure, byref, c_int64, c_void_p
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.native.library import library, pointer

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
        intervals: what it takes.
        lanes: how many there are.
        held: the columns that this points to.
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
    """Return columns of ``GenerationIntervals`` as the library takes them; None where it cannot."""
    loops = library()
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

    Of two that are as long, the first one is taken. ``waits`` tells by state what is one.
    """
    rows = np.empty(most, np.int64)
    count = outline.loops.longest_waits(
        byref(outline.intervals), pointer(waits, np.bool_), c_int64(most), pointer(rows, np.int64)
    )
    return None if count < 0 else np.sort(rows[:count])


def first_stacks(
    outline: IntervalOutline, goroutine: Column, actor: Column, stack: Column
) -> NDArray[np.int64] | None:
    """Return the row of each goroutine that has one, at which it shows a stack of its own first."""
    columns = goroutine, actor, stack
    if any(each.dtype != np.int32 for each in columns):
        return None
    rows = np.empty(outline.lanes, np.int64)
    of_goroutines = (pointer(each, np.int32) for each in columns)
    count = outline.loops.first_stacks(
        byref(outline.intervals), *of_goroutines, pointer(rows, np.int64)
    )
    return rows[:count]
