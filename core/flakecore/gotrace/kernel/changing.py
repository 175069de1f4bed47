"""State changes by lane and in true order, by the library."""

from __future__ import annotations

from collections.abc import Callable, Collection
from ctypes import Structure, byref, c_int64, c_void_p
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.clock import Extent, TickClock
from flakecore.gotrace.columns import everywhere
from flakecore.gotrace.context import NO_GOROUTINE, Context
from flakecore.gotrace.event_columns import EventColumns
from flakecore.gotrace.kernel.binding import as_events
from flakecore.gotrace.kernel.library import NARROW, Clock, Events, library, pointer
from flakecore.gotrace.kernel.library import Context as Bound
from flakecore.gotrace.wire import STACK_ARGUMENT

_DTYPES: dict[str, type[np.generic]] = {
    "lane": np.int32,
    "since": np.int32,
    "state": np.uint8,
    "reason": np.int32,
    "stack": np.int32,
    "actor": np.int32,
    "goroutine": np.int32,
    "proc": np.int32,
    "stream": np.int32,
    "status": np.uint8,
}
_OF_ALL = ("since", "state", "stream", "status")
_TABLE = 1 << 22
"""Pairs of a reason and a stack that a table is made for; only damage makes more."""

Column = NDArray[np.int32]


class ChangeColumns(Structure):
    """``struct changes``."""

    _fields_ = tuple((name, c_void_p) for name in _DTYPES)


@dataclass(frozen=True, slots=True)
class Changes:
    """State changes of one kind of lane, by lane and in true order; every column (n,).

    Attributes:
        lane: whose; of threads, their places among the streams.
        since: int32, nanoseconds since the generation began; never before the lane's last change.
        stream: the place among the streams of the thread that is bound from here on; -1 for none.
        state, reason, stack, actor, goroutine, proc, status: as in ``Transitions``.
    """

    lane: Column
    since: Column
    state: NDArray[np.uint8]
    reason: Column
    stack: Column
    actor: Column
    goroutine: Column
    proc: Column
    stream: Column
    status: NDArray[np.bool_]


class _Given(NamedTuple):
    """A generation as the library takes it, and what must outlive the calls."""

    events: Events
    context: Bound
    clock: Clock
    threads: NDArray[np.int64]


def goroutine_changes(
    events: EventColumns, context: Context, clock: TickClock, extent: Extent
) -> Changes | None:
    """Return the changes of goroutines in a generation of that extent."""
    loops, given = library(), _given(events, context, clock, extent)
    if loops is None or given is None:
        return None
    both = byref(given.events), byref(given.context)
    count = loops.count_goroutine_changes(*both)
    columns, into = _columns(count, ("lane", "reason", "stack", "actor", "proc"))
    stacks = pointer(STACK_ARGUMENT, np.int8)
    given_up = loops.goroutine_changes(
        *both, byref(given.clock), stacks, c_int64(count), byref(into)
    )
    return None if given_up else Changes(**columns, goroutine=columns["lane"])


def proc_changes(
    events: EventColumns, context: Context, clock: TickClock, extent: Extent
) -> Changes | None:
    """Return the changes of procs in a generation of that extent."""
    loops, given = library(), _given(events, context, clock, extent)
    if loops is None or given is None:
        return None
    both = byref(given.events), byref(given.context)
    count = loops.count_proc_changes(*both)
    columns, into = _columns(count, ("lane", "goroutine"))
    given_up = loops.proc_changes(*both, byref(given.clock), c_int64(count), byref(into))
    return None if given_up else Changes(**columns, proc=columns["lane"])


def thread_changes(
    events: EventColumns, context: Context, clock: TickClock, extent: Extent
) -> Changes | None:
    """Return the changes of threads in a generation of that extent."""
    loops, given = library(), _given(events, context, clock, extent)
    if loops is None or given is None:
        return None
    both = byref(given.events), byref(given.context)
    count = loops.count_thread_changes(*both)
    columns, into = _columns(count, ("goroutine", "proc"))
    given_up = loops.thread_changes(*both, byref(given.clock), byref(into))
    return None if given_up else Changes(**columns, lane=columns["stream"])


def tell_waits(changes: Changes, told: Callable[[int, int], int]) -> bool:
    """Turn each wait, in place, into the state told by its reason's and its stack's number.

    Returns whether that was done.
    """
    loops = library()
    width = int(changes.stack.max(initial=0)) + 1
    size = (int(changes.reason.max(initial=0)) + 1) * width
    if loops is None or size > _TABLE:
        return False
    table = np.zeros(size, np.uint8)
    rows = (
        pointer(changes.state, np.uint8),
        pointer(changes.reason, np.int32),
        pointer(changes.stack, np.int32),
        c_int64(len(changes.state)),
        c_int64(width),
        pointer(table, np.uint8),
    )
    loops.mark_waits(*rows)
    for pair in np.flatnonzero(table).tolist():
        table[pair] = told(*divmod(pair, width))
    loops.tell_waits(*rows)
    return True


def _given(
    events: EventColumns, context: Context, clock: TickClock, extent: Extent
) -> _Given | None:
    threads = events.threads.astype(np.int64)
    outline = as_events(events, threads)
    bound = (context.goroutine, context.proc, context.goroutine_span, context.proc_span)
    if outline is None or any(column.dtype != np.int32 for column in bound):
        return None
    if extent[1] - extent[0] >= NARROW - 1:
        return None
    return _Given(
        outline,
        Bound(*(pointer(column, np.int32) for column in bound)),
        Clock(clock.zero, *clock.ns_a_tick, clock.most_ticks, extent[0]),
        threads,
    )


def _columns(count: int, wanted: Collection[str]) -> tuple[dict[str, NDArray[Any]], ChangeColumns]:
    columns = {name: np.empty(count, _DTYPES[name]) for name in (*_OF_ALL, *wanted)}
    columns["status"][:] = 0
    into = ChangeColumns(*(pointer(columns.get(name), dtype) for name, dtype in _DTYPES.items()))
    columns["status"] = columns["status"].view(np.bool_)
    if "actor" not in wanted:
        columns |= {"reason": everywhere(0, count), "stack": everywhere(0, count)}
        columns["actor"] = everywhere(NO_GOROUTINE, count)
    return columns, into
