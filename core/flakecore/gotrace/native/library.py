"""Finds and loads the library, and hands columns to it."""

from __future__ import annotations

from ctypes import CDLL, Structure, c_int32, c_int64, c_void_p
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.native.build import library_name

NARROW = 1 << 31
"""From here on a number is too large for the loops."""


class Events(Structure):
    """``struct events``."""

    _fields_ = (
        ("buffer", c_void_p),
        ("size", c_int64),
        ("type", c_void_p),
        ("tick", c_void_p),
        ("arguments", c_void_p),
        ("streams", c_void_p),
        ("threads", c_void_p),
        ("initial", c_void_p),
        ("stream_count", c_int64),
    )


class NativeClock(Structure):
    """``struct clock``."""

    _fields_ = (
        ("zero", c_int64),
        ("numerator", c_int64),
        ("denominator", c_int64),
        ("most", c_int64),
        ("start", c_int64),
    )


@cache
def library() -> CDLL | None:
    """Return the library; None where it was not made, or this machine cannot run it."""
    folder = Path(__file__).parent
    try:
        loaded = CDLL(str(folder / library_name(folder)))
    except OSError:
        return None
    loaded.count_events.restype = None
    loaded.read_events.restype = None
    loaded.read_numbers.restype = c_int32
    loaded.bind_threads.restype = c_int32
    loaded.bind_some.restype = c_int32
    loaded.count_goroutine_changes.restype = c_int64
    loaded.goroutine_changes.restype = c_int64
    loaded.count_proc_changes.restype = c_int64
    loaded.proc_changes.restype = c_int64
    loaded.thread_changes.restype = c_int64
    loaded.mark_waits.restype = None
    loaded.tell_waits.restype = None
    loaded.sum_intervals.restype = None
    loaded.longest_waits.restype = c_int64
    loaded.first_stacks.restype = c_int64
    loaded.take_ranges.restype = None
    loaded.share_memory.restype = None
    loaded.give_back.restype = None
    return loaded


def pointer(column: NDArray[Any] | None, dtype: type[np.generic]) -> c_void_p:
    """Return where a column begins, which must outlive the call; NULL for none.

    Raises:
        TypeError: it is not of the type that the library takes, or its rows are not side by side.
    """
    if column is None:
        return c_void_p(None)
    if column.dtype != dtype or not column.flags.c_contiguous:
        raise TypeError(f"{column.dtype} instead of {dtype.__name__}, or not side by side")
    return c_void_p(column.ctypes.data)
