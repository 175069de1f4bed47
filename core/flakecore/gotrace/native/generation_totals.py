"""What a generation's intervals add up to, added up by the library."""

from __future__ import annotations

from ctypes import Structure, byref, c_int64, c_void_p
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.native.library import NARROW, trace_loops
from flakecore.native_columns import pointer

Column = NDArray[np.signedinteger[Any]]


class CountedRows(Structure):
    """``struct counted``."""

    _fields_ = (
        ("since", c_void_p),
        ("until", c_void_p),
        ("state", c_void_p),
        ("reason", c_void_p),
        ("proc", c_void_p),
        ("begins", c_void_p),
        ("ends", c_void_p),
        ("lanes", c_int64),
    )


class Counting(Structure):
    """``struct counting``."""

    _fields_ = (
        ("waits", c_void_p),
        ("preempts", c_void_p),
        ("states", c_int64),
        ("reasons", c_int64),
    )


_OF_LANES = ("start", "end", "longest_wait", "preemptions", "runnable_count", "syscall_count")
_OF_ROWS: dict[str, type[np.generic]] = {
    "runnable": np.uint32,
    "syscalls": np.uint32,
    "time_lane": np.int32,
    "time_state": np.uint8,
    "time": np.int64,
    "proc_lane": np.int32,
    "proc": np.int16,
}
_COUNTS = ("runnables", "calls", "times", "procs")
_COUNT_OF = {
    "runnable": "runnables",
    "syscalls": "calls",
    "time_lane": "times",
    "time_state": "times",
    "time": "times",
    "proc_lane": "procs",
    "proc": "procs",
}


class TotalColumns(Structure):
    """``struct totals``."""

    _fields_ = (
        *((name, c_void_p) for name in (*_OF_LANES, *_OF_ROWS)),
        *((name, c_int64) for name in _COUNTS),
    )


class LaneTotals(NamedTuple):
    """What rows of intervals add up to, by lane.

    Attributes:
        start, end: int64, (lanes,), the extent of each lane's rows.
        longest_wait, preemptions: int64, (lanes,).
        runnable_count, syscall_count: int64, (lanes,), how many durations are of each lane.
        runnable, syscalls: (r,) and (c,), durations, lane after lane.
        time_lane, time_state, time: (t,), how long a lane was in a state; only where it was.
        proc_lane, proc: (p,), a proc that a lane ran on, each once.
    """

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    longest_wait: NDArray[np.int64]
    preemptions: NDArray[np.int64]
    runnable_count: NDArray[np.int64]
    syscall_count: NDArray[np.int64]
    runnable: NDArray[np.integer[Any]]
    syscalls: NDArray[np.integer[Any]]
    time_lane: Column
    time_state: NDArray[np.uint8]
    time: NDArray[np.int64]
    proc_lane: Column
    proc: Column


def add_goroutines(
    columns: tuple[Column, Column, NDArray[np.uint8], Column, Column],
    begins: NDArray[np.int64],
    ends: NDArray[np.int64],
    waits: NDArray[np.bool_],
    preempts: NDArray[np.bool_],
) -> LaneTotals | None:
    """Add up intervals; None where the library cannot.

    Args:
        columns: since, until, state, reason and proc, (n,): of 32, 32, 8, 16 and 16 bits.
        begins: int64, (lanes,), the row at which each lane's begin.
        ends: int64, (lanes,), the row after its last.
        waits: a table by state: True for waits.
        preempts: a table by reason: True for that of a goroutine that is made to leave its proc.
    """
    loops = trace_loops()
    dtypes: tuple[type[np.generic], ...] = np.int32, np.int32, np.uint8, np.int16, np.int16
    if loops is None or any(
        column.dtype != dtype or not column.flags.c_contiguous
        for column, dtype in zip(columns, dtypes, strict=True)
    ):
        return None
    rows = int(np.maximum(ends - begins, 0).sum())
    given = CountedRows(
        *(pointer(column, dtype) for column, dtype in zip(columns, dtypes, strict=True)),
        pointer(begins, np.int64),
        pointer(ends, np.int64),
        len(begins),
    )
    by = Counting(pointer(waits, np.bool_), pointer(preempts, np.bool_), len(waits), len(preempts))
    # What is not written takes no memory.
    found: dict[str, NDArray[Any]] = {name: np.empty(len(begins), np.int64) for name in _OF_LANES}
    found |= {name: np.empty(rows + 1, dtype) for name, dtype in _OF_ROWS.items()}
    into = TotalColumns(*(c_void_p(column.ctypes.data) for column in found.values()))
    if len(begins) >= NARROW or loops.goroutine_totals(byref(given), byref(by), byref(into)):
        return None
    for name, count in _COUNT_OF.items():
        found[name] = found[name][: getattr(into, count)].copy()
    return LaneTotals(**found)


def count_steals(
    state: NDArray[np.uint8], begins: NDArray[np.int64], ends: NDArray[np.int64]
) -> tuple[int, NDArray[np.uint8], NDArray[np.uint8]] | None:
    """Count how often a proc is idle straight after a system call; None where the library cannot.

    Args:
        state: (n,), the states of intervals, by lane; those that are ABSENT do not count.
        begins: int64, (lanes,), the row at which each lane's begin.
        ends: int64, (lanes,), the row after its last.

    Returns:
        The count, and each lane's first and last state, (lanes,): ABSENT where it has none.
    """
    loops = trace_loops()
    if loops is None:
        return None
    first, last = np.empty(len(begins), np.uint8), np.empty(len(begins), np.uint8)
    count = loops.count_steals(
        pointer(state, np.uint8),
        pointer(begins, np.int64),
        pointer(ends, np.int64),
        c_int64(len(begins)),
        pointer(first, np.uint8),
        pointer(last, np.uint8),
    )
    return count, first, last
