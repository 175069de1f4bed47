"""State changes by lane and in true order, by the library."""

from __future__ import annotations

from ctypes import Structure, byref, c_int64, c_void_p
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.context import Context
from flakecore.gotrace.event_columns import EventColumns
from flakecore.gotrace.kernel.binding import as_events
from flakecore.gotrace.kernel.library import Context as Bound
from flakecore.gotrace.kernel.library import Events, library, pointer
from flakecore.gotrace.wire import STACK_ARGUMENT

_DTYPES: dict[str, type[np.generic]] = {
    "lane": np.int32,
    "tick": np.int64,
    "state": np.uint8,
    "reason": np.int32,
    "stack": np.int32,
    "actor": np.int32,
    "goroutine": np.int32,
    "proc": np.int32,
    "stream": np.int32,
    "status": np.uint8,
}
_OF_GOROUTINES = _DTYPES.keys() - {"goroutine"}
_OF_PROCS = _DTYPES.keys() - {"reason", "stack", "actor", "proc"}
_OF_THREADS = _DTYPES.keys() - {"lane", "reason", "stack", "actor"}


class Changes(Structure):
    """``struct changes``."""

    _fields_ = tuple((name, c_void_p) for name in _DTYPES)


class _Given(NamedTuple):
    """A generation as the library takes it, and what must outlive the calls."""

    events: Events
    context: Bound
    threads: NDArray[np.int64]


def goroutine_changes(events: EventColumns, context: Context) -> dict[str, NDArray[Any]] | None:
    """Return the columns of the changes of goroutines by their names in ``struct changes``."""
    loops, given = library(), _given(events, context)
    if loops is None or given is None:
        return None
    both = byref(given.events), byref(given.context)
    count = loops.count_goroutine_changes(*both)
    columns, into = _columns(count, _OF_GOROUTINES)
    stacks = pointer(STACK_ARGUMENT, np.int8)
    given_up = loops.goroutine_changes(*both, stacks, c_int64(count), byref(into))
    return None if given_up else columns


def proc_changes(events: EventColumns, context: Context) -> dict[str, NDArray[Any]] | None:
    """Return the columns of the changes of procs by their names in ``struct changes``."""
    loops, given = library(), _given(events, context)
    if loops is None or given is None:
        return None
    both = byref(given.events), byref(given.context)
    count = loops.count_proc_changes(*both)
    columns, into = _columns(count, _OF_PROCS)
    given_up = loops.proc_changes(*both, c_int64(count), byref(into))
    return None if given_up else columns


def thread_changes(events: EventColumns, context: Context) -> dict[str, NDArray[Any]] | None:
    """Return the columns of the changes of threads by their names in ``struct changes``."""
    loops, given = library(), _given(events, context)
    if loops is None or given is None:
        return None
    both = byref(given.events), byref(given.context)
    columns, into = _columns(loops.count_thread_changes(*both), _OF_THREADS)
    loops.thread_changes(*both, byref(into))
    return columns


def _given(events: EventColumns, context: Context) -> _Given | None:
    threads = events.threads.astype(np.int64)
    outline = as_events(events, threads)
    bound = (context.goroutine, context.proc, context.goroutine_span, context.proc_span)
    if outline is None or any(column.dtype != np.int32 for column in bound):
        return None
    return _Given(outline, Bound(*(pointer(column, np.int32) for column in bound)), threads)


def _columns(count: int, wanted: Any) -> tuple[dict[str, NDArray[Any]], Changes]:
    columns = {name: np.empty(count, _DTYPES[name]) for name in _DTYPES if name in wanted}
    return columns, Changes(*(pointer(columns.get(name), dtype) for name, dtype in _DTYPES.items()))
