"""State changes by lane and in order of sequence numbers, found by the library."""

from __future__ import annotations

from collections.abc import Callable, Collection
from ctypes import Structure, byref, c_int64, c_void_p
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.format.clock import Extent, TickClock
from flakecore.gotrace.format.wire import STACK_ARGUMENT
from flakecore.gotrace.native.library import NARROW, NativeClock, trace_loops
from flakecore.gotrace.native.thread_context import NativeEvents
from flakecore.native_columns import pointer

_DTYPES: dict[str, type[np.generic]] = {
    "lane": np.int32,
    "since": np.int32,
    "state": np.uint8,
    "reason": np.int16,
    "stack": np.int32,
    "actor": np.int32,
    "goroutine": np.int32,
    "proc": np.int16,
    "stream": np.int16,
    "status": np.uint8,
}
_OF_ALL = ("since", "state", "stream", "status")
_TABLE = 1 << 22
"""Pairs of a reason and a stack of the largest table: 4 MB. Only damage makes more."""


Column: TypeAlias = NDArray[np.signedinteger[Any]]


class ChangeColumns(Structure):
    """``struct changes``."""

    _fields_ = tuple((name, c_void_p) for name in _DTYPES)


@dataclass(frozen=True, slots=True)
class Changes:
    """State changes of one kind of lane, by lane and in order; every column (n,).

    Attributes:
        lane: whose; of threads, their places among the streams.
        since: int32, nanoseconds since the generation began; never before the lane's last change.
        stream: the place among the streams of the thread that is bound from here on; -1 for none.
        state, reason, stack, actor, goroutine, proc, status: as in ``Transitions``; None for what
            such lanes do not have, or what is the lane itself.
    """

    lane: Column
    since: NDArray[np.int32]
    state: NDArray[np.uint8]
    stream: NDArray[np.int16]
    status: NDArray[np.bool_]
    reason: Column | None = None
    stack: Column | None = None
    actor: Column | None = None
    goroutine: Column | None = None
    proc: Column | None = None


def goroutine_changes(outline: NativeEvents, clock: TickClock, extent: Extent) -> Changes | None:
    """Return the changes of goroutines in a generation of that extent."""
    most = outline.loops.count_goroutine_changes(byref(outline.events))
    columns, into = _columns(most, ("lane", "reason", "stack", "actor", "proc"))
    times, stacks = _clock(clock, extent), pointer(STACK_ARGUMENT, np.int8)
    count = outline.loops.goroutine_changes(
        byref(outline.events), byref(times), stacks, c_int64(most), byref(into)
    )
    found = _first_rows(columns, count, extent)
    return None if found is None else Changes(**found)


def proc_changes(outline: NativeEvents, clock: TickClock, extent: Extent) -> Changes | None:
    """Return the changes of procs in a generation of that extent."""
    most = outline.loops.count_proc_changes(byref(outline.events))
    columns, into = _columns(most, ("lane", "goroutine"))
    times = _clock(clock, extent)
    count = outline.loops.proc_changes(
        byref(outline.events), byref(times), c_int64(most), byref(into)
    )
    found = _first_rows(columns, count, extent)
    return None if found is None else Changes(**found)


def thread_changes(outline: NativeEvents, clock: TickClock, extent: Extent) -> Changes | None:
    """Return the changes of threads in a generation of that extent."""
    most = 2 * outline.rows  # what is not written takes no memory
    columns, into = _columns(most, ("goroutine", "proc"))
    times = _clock(clock, extent)
    count = outline.loops.thread_changes(
        byref(outline.events), byref(times), c_int64(most), byref(into)
    )
    found = _first_rows(columns, count, extent)
    return None if found is None else Changes(**found, lane=found["stream"])


def set_wait_states(
    state: NDArray[np.uint8],
    reason: Column,
    stack: Column,
    state_of: Callable[[int, int], int],
) -> bool:
    """Set the state of each wait, in place, by the numbers of its reason and its stack.

    ``state_of`` returns the state for such a pair; it is called once a pair.

    Returns:
        Whether it was done: the library is there, and the table is not too large.
    """
    loops = trace_loops()
    width = int(stack.max(initial=0)) + 1
    size = (int(reason.max(initial=0)) + 1) * width
    if loops is None or size > _TABLE:
        return False
    table = np.zeros(size, np.uint8)
    rows = (
        pointer(state, np.uint8),
        pointer(reason, np.int16),
        pointer(stack, np.int32),
        c_int64(len(state)),
        c_int64(width),
        pointer(table, np.uint8),
    )
    loops.mark_waits(*rows)
    for pair in np.flatnonzero(table).tolist():
        table[pair] = state_of(*divmod(pair, width))
    loops.set_wait_states(*rows)
    return True


def _clock(clock: TickClock, extent: Extent) -> NativeClock:
    return NativeClock(clock.zero, *clock.ns_a_tick, clock.most_ticks, extent[0])


def _columns(most: int, wanted: Collection[str]) -> tuple[dict[str, NDArray[Any]], ChangeColumns]:
    columns = {name: np.empty(most, _DTYPES[name]) for name in (*_OF_ALL, *wanted)}
    columns["status"] = np.zeros(most, np.uint8)
    into = (pointer(columns.get(name), dtype) for name, dtype in _DTYPES.items())
    return columns, ChangeColumns(*into)


def _first_rows(
    columns: dict[str, NDArray[Any]], count: int, extent: Extent
) -> dict[str, NDArray[Any]] | None:
    """Return the first ``count`` rows of the columns; None where the library gave up."""
    if count < 0 or extent[1] - extent[0] >= NARROW - 1:
        return None
    found = {name: column[:count] for name, column in columns.items()}
    found["status"] = found["status"].view(np.bool_)
    return found
