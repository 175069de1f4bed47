"""Ranges of the garbage collector and the runtime: stop-the-world, mark phase, sweep, mark assist.

Begin and end of a range happen on one goroutine (stop-the-world, mark assist), on one proc (sweep)
or anywhere (the mark phase). ``Active`` events repeat at the start of a generation the ranges still
open; they count as a begin only where the trace holds none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.events.lazy_context import LazyContext
from flakecore.gotrace.format.varint import IntColumn
from flakecore.gotrace.format.wire import Ev, of_types


class RangeKind(IntEnum):
    """Kind of a range."""

    COLLECTION = 0
    """The concurrent mark phase of one garbage collection."""
    STOP_THE_WORLD = 1
    SWEEP = 2
    ASSIST = 3
    """A goroutine made to mark in proportion to what it allocates."""


_BEGIN = {
    Ev.GC_BEGIN: RangeKind.COLLECTION,
    Ev.GC_ACTIVE: RangeKind.COLLECTION,
    Ev.STW_BEGIN: RangeKind.STOP_THE_WORLD,
    Ev.GC_SWEEP_BEGIN: RangeKind.SWEEP,
    Ev.GC_SWEEP_ACTIVE: RangeKind.SWEEP,
    Ev.GC_MARK_ASSIST_BEGIN: RangeKind.ASSIST,
    Ev.GC_MARK_ASSIST_ACTIVE: RangeKind.ASSIST,
}
_END = {
    Ev.GC_END: RangeKind.COLLECTION,
    Ev.STW_END: RangeKind.STOP_THE_WORLD,
    Ev.GC_SWEEP_END: RangeKind.SWEEP,
    Ev.GC_MARK_ASSIST_END: RangeKind.ASSIST,
}
_IS_RANGE_EVENT = of_types(*_BEGIN, *_END)
_IS_END = of_types(*_END)
_IS_ACTIVE = of_types(Ev.GC_ACTIVE, Ev.GC_SWEEP_ACTIVE, Ev.GC_MARK_ASSIST_ACTIVE)
_KIND = np.zeros(256, np.uint8)
for _event, _kind in (*_BEGIN.items(), *_END.items()):
    _KIND[_event] = _kind


@dataclass(frozen=True, slots=True)
class RangeEvents:
    """Begin, active and end events of ranges in one generation, unpaired; every column (n,).

    Attributes:
        type: uint8, an ``Ev``.
        time: int64, nanoseconds since the trace began.
        goroutine, proc: int64, what it happens on or names; -1 for none.
        name: string number of a stop-the-world's reason; 0 for the other kinds.
        stack: stack number.
    """

    type: NDArray[np.uint8]
    time: NDArray[np.int64]
    goroutine: NDArray[np.int64]
    proc: NDArray[np.int64]
    name: IntColumn
    stack: IntColumn


@dataclass(frozen=True, slots=True)
class RangeColumns:
    """Ranges in order of their beginning; every column (n,).

    Attributes:
        kind: uint8, ``RangeKind``.
        start, end: int64, nanoseconds since the trace began.
        goroutine, proc: int64, where it began; -1 for none.
        name: int32, string number of a stop-the-world's reason; 0 for the other kinds.
        stack: int32, stack number of where it began.
    """

    kind: NDArray[np.uint8]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    goroutine: NDArray[np.int64]
    proc: NDArray[np.int64]
    name: NDArray[np.int32]
    stack: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.kind)


def find_range_events(
    context: LazyContext,
    to_ns: Callable[[NDArray[np.int64]], NDArray[np.int64]],
) -> RangeEvents:
    """Return a generation's range events, under its string and stack numbers."""
    events = context.events
    rows = events.of_types(_IS_RANGE_EVENT)
    kind = events.type[rows]
    at_rows = context.at(rows)
    goroutine, proc = at_rows.goroutine.astype(np.int64), at_rows.proc.astype(np.int64)
    assist = kind == Ev.GC_MARK_ASSIST_ACTIVE
    goroutine[assist] = events.argument(0, rows[assist])
    sweep = kind == Ev.GC_SWEEP_ACTIVE
    proc[sweep] = events.argument(0, rows[sweep])
    stack = events.stack(rows)
    name: IntColumn = np.zeros(len(rows), np.int64)
    stops = kind == Ev.STW_BEGIN
    name[stops] = events.argument(0, rows[stops])
    return RangeEvents(kind, to_ns(events.tick[rows]), goroutine, proc, name, stack)


def pair_ranges(generations: Sequence[RangeEvents], end_ns: int) -> RangeColumns:
    """Pair begins with ends over all generations.

    A range that never ended ends with the trace; an end without a begin is dropped, as its
    duration is unknown.
    """
    kind_of_event = np.concatenate([np.zeros(0, np.uint8), *(g.type for g in generations)])
    time = np.concatenate([np.zeros(0, np.int64), *(g.time for g in generations)])
    goroutine = np.concatenate([np.zeros(0, np.int64), *(g.goroutine for g in generations)])
    proc = np.concatenate([np.zeros(0, np.int64), *(g.proc for g in generations)])
    none = np.zeros(0, np.int32)
    name = np.concatenate([none, *(g.name for g in generations)]).astype(np.int32)
    stack = np.concatenate([none, *(g.stack for g in generations)]).astype(np.int32)
    kind = _KIND[kind_of_event]
    owner = np.where(kind == RangeKind.SWEEP, proc, goroutine)
    owner[kind == RangeKind.COLLECTION] = 0
    order = np.lexsort((time, owner, kind))
    kind, owner, event = kind[order], owner[order], kind_of_event[order]

    same = np.zeros(len(order), np.bool_)
    same[1:] = (kind[1:] == kind[:-1]) & (owner[1:] == owner[:-1])
    is_end = _IS_END[event]
    repeated = np.zeros(len(order), np.bool_)
    repeated[1:] = _IS_ACTIVE[event[1:]] & same[1:] & ~is_end[:-1]
    distinct = np.flatnonzero(~repeated)
    order, kind, owner, is_end = order[distinct], kind[distinct], owner[distinct], is_end[distinct]

    begins = np.flatnonzero(~is_end)
    after = np.minimum(begins + 1, len(order) - 1) if len(order) else begins
    ended = is_end[after] & (kind[after] == kind[begins]) & (owner[after] == owner[begins])
    end = np.where(ended, time[order[after]], end_ns)
    rows = order[begins]
    by_start = np.argsort(time[rows], kind="stable")
    rows = rows[by_start]
    return RangeColumns(
        kind=kind[begins][by_start],
        start=time[rows],
        end=np.maximum(end[by_start], time[rows]),
        goroutine=goroutine[rows],
        proc=proc[rows],
        name=name[rows],
        stack=stack[rows],
    )
