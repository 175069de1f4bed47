"""What was bound to each thread, by the library."""

from __future__ import annotations

from ctypes import byref, c_int64
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.event_columns import EventColumns
from flakecore.gotrace.kernel.library import NARROW, Context, Events, library, pointer

Column = NDArray[np.int32]


class Bound(NamedTuple):
    """The columns of ``gotrace.context.Context``."""

    goroutine: Column
    proc: Column
    goroutine_span: Column
    proc_span: Column


def as_events(events: EventColumns, threads: NDArray[np.int64]) -> Events | None:
    """Return events as the library takes them; None where it cannot.

    ``threads`` are the same as the events' own, 64 bits wide; both must outlive the call.
    """
    if events.arguments.dtype != np.int32:
        return None
    return Events(
        pointer(events.buffer, np.uint8),
        len(events.buffer),
        pointer(events.type, np.uint8),
        pointer(events.tick, np.int64),
        pointer(events.arguments, np.int32),
        pointer(events.streams, np.int64),
        pointer(threads, np.int64),
        len(threads),
    )


def bind_threads(events: EventColumns, initial: NDArray[np.int64]) -> Bound | None:
    """Return what was bound to its thread just before each event.

    ``initial`` is the goroutine that each thread had in a syscall when the generation began.
    """
    loops = library()
    threads = events.threads.astype(np.int64)
    outline = as_events(events, threads)
    if loops is None or outline is None or int(initial.max(initial=0)) >= NARROW:
        return None
    bound = Bound(*(np.empty(len(events), np.int32) for _ in Bound._fields))
    first = initial.astype(np.int32)
    columns = Context(*(pointer(column, np.int32) for column in bound))
    given_up = loops.bind_threads(byref(outline), pointer(first, np.int32), byref(columns))
    return None if given_up else bound


def count_lacking(
    type_: NDArray[np.uint8],
    goroutine: NDArray[Any],
    proc: NDArray[Any],
    needs: NDArray[np.uint8],
) -> tuple[int, int] | None:
    """Return how many events have no goroutine or proc that they need, and the first one's row.

    ``needs`` says by type: 1 for a proc, 2 for a goroutine, 3 for both.
    """
    loops = library()
    if loops is None or goroutine.dtype != np.int32 or proc.dtype != np.int32:
        return None
    first = c_int64(0)
    count = loops.count_lacking(
        pointer(type_, np.uint8),
        pointer(goroutine, np.int32),
        pointer(proc, np.int32),
        c_int64(len(type_)),
        pointer(needs, np.uint8),
        byref(first),
    )
    return count, first.value
