"""Stretches of time: what a trace without generations is taken apart into.

The old format has no generations, but each proc's stream is in order of time, so what happened
from one moment to another is a slice of every stream. What ran on a proc when a slice begins is
carried over from the one before. Everything beyond the bare events is worked out a stretch at a
time, so none of it is ever held for the whole trace.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.events.context import NO_GOROUTINE
from flakecore.gotrace.format.varint import IntColumn
from flakecore.gotrace.v1.events import OldEvents
from flakecore.gotrace.v1.format.records import ranges
from flakecore.gotrace.v1.format.wire import SEQUENCED, EvV1, of_types

NO_THREAD = -1

STARTS = of_types(EvV1.GO_START, EvV1.GO_START_LOCAL, EvV1.GO_START_LABEL)
"""Types with which a goroutine comes to run on the proc."""
STOPS = of_types(
    EvV1.GO_END,
    EvV1.GO_STOP,
    EvV1.GO_SCHED,
    EvV1.GO_PREEMPT,
    EvV1.GO_SLEEP,
    EvV1.GO_BLOCK,
    EvV1.GO_BLOCK_SEND,
    EvV1.GO_BLOCK_RECV,
    EvV1.GO_BLOCK_SELECT,
    EvV1.GO_BLOCK_SYNC,
    EvV1.GO_BLOCK_COND,
    EvV1.GO_BLOCK_NET,
    EvV1.GO_BLOCK_GC,
    EvV1.GO_SYS_BLOCK,
)
"""Types with which the running goroutine gives up the proc, or loses it in a syscall."""
_RUNS = STARTS | STOPS
_MOVES = of_types(EvV1.PROC_START, EvV1.PROC_STOP)

_LEAST, _MOST = np.iinfo(np.int64).min, np.iinfo(np.int64).max
_STRETCH = 1 << 20
"""Events of a stretch, more or less."""
_SAMPLED = 64
"""One of so many events is looked at to tell how long a stretch has to be."""


@dataclass(frozen=True, slots=True)
class Segment:
    """The events of a stretch of time, proc by proc; every column (n,).

    First come those that stand where they were written; from ``written`` on follow the ends of
    syscalls that were written later than they happened, in order of time.

    Attributes:
        events: all events of the trace.
        rows: int64, which of the trace's events these are.
        type: uint8, an ``EvV1``.
        tick: int64, when it happened; of what the trace began with when it had been told.
        proc: on which it happened; -1 for none.
        thread: the thread that has the proc, from a proc's start on; -1 for none.
        running: the goroutine that ran on the proc before; -1 for none.
        named: the goroutine that it names; 0 where it names none.
        sequence: of what names a goroutine its sequence number; of all else that with which the
            running goroutine came to run.
        written: how many stand where they were written.
        initial: the rows of the trace that tell what was so already when it began.
        first, after: the ticks between which it lies; without bounds the first and the last.
    """

    events: OldEvents
    rows: NDArray[np.int64]
    type: NDArray[np.uint8]
    tick: NDArray[np.int64]
    proc: IntColumn
    thread: IntColumn
    running: IntColumn
    named: IntColumn
    sequence: IntColumn
    written: int
    initial: slice
    first: int
    after: int

    def __len__(self) -> int:
        return len(self.rows)

    def argument(self, place: int, which: NDArray[np.intp]) -> IntColumn:
        """Return an argument (after the time difference) of events whose type has it."""
        return self.events.argument(place, self.rows[which])

    def stack(self, which: NDArray[np.intp]) -> IntColumn:
        """Return the file's number for the stack each event happened at; 0 for none."""
        return self.events.stack[self.rows[which]]

    def is_initial(self, which: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Return which events tell what was so already when the trace began."""
        rows = self.rows[which]
        initial: NDArray[np.bool_] = (rows >= self.initial.start) & (rows < self.initial.stop)
        return initial

    def initial_rows(self) -> NDArray[np.intp]:
        """Return the events that tell what was so already when the trace began."""
        bounds = [self.initial.start, self.initial.stop]
        return np.arange(*np.searchsorted(self.rows[: self.written], bounds))

    def goes_on(self) -> NDArray[np.intp]:
        """Return the event with which the world goes on after those, if it is there."""
        last = np.array([self.initial.stop] if self.initial.start < self.initial.stop else [])
        found = _found(self.rows[: self.written], last.astype(np.int64))
        same: NDArray[np.intp] = found[self.proc[found] == self.proc[self.initial_rows()[:1]]]
        return same

    def is_blocked(self, which: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Return which syscalls lost their proc: it is the next that happens on it."""
        events, rows = self.events, self.rows[which]
        after = np.minimum(rows + 1, len(events) - 1)
        blocked: NDArray[np.bool_] = (events.type[after] == EvV1.GO_SYS_BLOCK) & (after > rows)
        ends = events.streams[np.searchsorted(events.streams, rows, side="right")]
        blocked &= after < ends
        return blocked

    def follows(self, which: NDArray[np.intp], kind: EvV1) -> NDArray[np.bool_]:
        """Return which events follow, on the same proc, one of a type at once."""
        events, rows = self.events, self.rows[which]
        follows: NDArray[np.bool_] = events.type[np.maximum(rows - 1, 0)] == kind
        follows &= ~np.isin(rows, events.streams)
        return follows

    def first_moves(self) -> NDArray[np.intp]:
        """Return the events with which procs are heard of starting or stopping first."""
        return _found(self.rows[: self.written], self.events.first_moves)


def find_stretches(events: OldEvents, sequence: IntColumn) -> Iterator[Segment]:
    """Yield the trace stretch by stretch, in order of time."""
    initial = find_initial(events)
    bounds = _bounds(events, initial)
    slices = _slices(events, bounds)
    late = np.argsort(events.ended, kind="stable")
    late_slices = np.searchsorted(events.ended[late], bounds)
    late_slices = np.concatenate(([0], late_slices, [len(late)]))
    edges = np.concatenate(([_LEAST], bounds, [_MOST]))
    carried = _Carried(len(events.streams) - 1)
    for number in range(len(slices) - 1):
        counts = slices[number + 1] - slices[number]
        rows = ranges(slices[number], counts)
        running, span, thread = carried.bind(events, sequence, rows, counts)
        exits = late[late_slices[number] : late_slices[number + 1]]
        here = np.ones(len(rows), np.bool_)
        here[_found(rows, events.exits)] = False
        if not here.all():
            rows, running, span, thread = rows[here], running[here], span[here], thread[here]
        first, after = int(edges[number]), int(edges[number + 1])
        yield _stretch(
            events, sequence, rows, (running, span, thread), exits, initial, first, after
        )


def _stretch(
    events: OldEvents,
    sequence: IntColumn,
    rows: NDArray[np.int64],
    bound: tuple[IntColumn, IntColumn, IntColumn],
    exits: NDArray[np.intp],
    initial: slice,
    first: int,
    after: int,
) -> Segment:
    """Return a stretch, the late ends of syscalls put behind what stands where it was written."""
    written, none = len(rows), np.full(len(exits), -1, np.int8)
    tick, proc = events.tick[rows], events.proc(rows)
    if initial.start < initial.stop:
        # What the trace began with shows when all of it has been told; then the world goes on.
        begun = np.flatnonzero((rows >= initial.start) & (rows < initial.stop))
        created = begun[events.type[rows[begun]] == EvV1.GO_CREATE]
        tick[created] = events.tick[min(initial.stop, len(events) - 1)]
    running, span, thread = (np.concatenate((column, none)) for column in bound)
    rows = np.concatenate((rows, events.exits[exits]))
    kind, turn = events.type[rows], sequence[rows]
    own = np.flatnonzero(~SEQUENCED[kind])
    turn = turn.astype(np.result_type(turn, span), copy=False)
    turn[own] = span[own]
    starts = np.flatnonzero(kind == EvV1.PROC_START)
    thread[starts] = events.argument(0, rows[starts])
    return Segment(
        events=events,
        rows=rows,
        type=kind,
        tick=np.concatenate((tick, events.ended[exits])),
        proc=np.concatenate((proc, none)),
        thread=thread,
        running=running,
        named=_wide(events.named[rows]),
        sequence=turn,
        written=written,
        initial=initial,
        first=first,
        after=after,
    )


def find_initial(events: OldEvents) -> slice:
    """Return the rows that tell what was so already when the trace began.

    StartTrace writes them with the world stopped, all on one proc, and then the number of procs
    as it lets the world go on (``startTheWorld``, ``procresize``). The streams of all other procs
    begin with the proc's start, this one with the creation of a goroutine.
    """
    begins = events.streams[:-1][events.streams[:-1] < len(events)]
    begins = begins[events.type[begins] == EvV1.GO_CREATE]
    if not len(begins):
        return slice(0, 0)
    begin = int(begins[np.argmin(events.tick[begins])])
    ends = np.append(events.renewals, len(events))
    end = int(ends[np.searchsorted(ends, begin, side="right")])
    kind = events.type[begin:end]
    goes_on = np.flatnonzero((kind == EvV1.GOMAXPROCS) | STOPS[kind])
    return slice(begin, begin + int(goes_on[0]) if len(goes_on) else end)


def _bounds(events: OldEvents, initial: slice) -> NDArray[np.int64]:
    """Return the ticks at which one stretch ends and the next begins, ascending."""
    sampled = np.sort(events.tick[::_SAMPLED])
    each = max(_STRETCH // _SAMPLED, 1)
    bounds = np.unique(sampled[each::each])
    if initial.start < initial.stop:
        told: NDArray[np.int64] = events.tick[initial.start : initial.stop + 1]
        bounds = bounds[bounds > told.max()]
    return bounds


def _slices(events: OldEvents, bounds: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the row at which each stretch's slice of each stream begins, (bounds + 2, streams).

    Where damage, or a clock, has put a stream out of order, no row is lost or found twice.
    """
    slices = np.empty((len(bounds) + 2, len(events.streams) - 1), np.int64)
    slices[0], slices[-1] = events.streams[:-1], events.streams[1:]
    for stream, (first, after) in enumerate(pairwise(events.streams.tolist())):
        tick = events.tick[first:after]
        if (tick[1:] < tick[:-1]).any():
            tick = np.maximum.accumulate(tick)
        slices[1:-1, stream] = first + np.searchsorted(tick, bounds)
    return slices


class _Carried:
    """What each stream's last slice leaves to the next: what ran on the proc, and which thread."""

    def __init__(self, streams: int) -> None:
        self._running = np.full(streams, NO_GOROUTINE, np.int64)
        self._span = np.zeros(streams, np.int64)
        self._thread = np.full(streams, NO_THREAD, np.int64)

    def bind(
        self,
        events: OldEvents,
        sequence: IntColumn,
        rows: NDArray[np.int64],
        counts: NDArray[np.int64],
    ) -> tuple[IntColumn, IntColumn, IntColumn]:
        """Return what runs just before each row, with which sequence number, and on which thread.

        The rows are those of one slice of each stream, ``counts`` of each.
        """
        kind = events.type[rows]
        begins = np.cumsum(counts) - counts
        # Behind a damaged stretch another goroutine may run than before it.
        lost = _found(rows, events.renewals)
        anew = np.isin(begins, lost) & (counts > 0)
        self._running[anew], self._span[anew] = NO_GOROUTINE, 0
        lost = np.setdiff1d(lost, begins)
        changes = np.flatnonzero(_RUNS[kind])
        starts = STARTS[kind[changes]]
        which = rows[changes]
        runs = _ProcRuns(changes, begins, lost, len(rows))
        goroutine = np.where(starts, _wide(events.named[which]), NO_GOROUTINE)
        running, self._running = runs.fill(goroutine, self._running, NO_GOROUTINE)
        span, self._span = runs.fill(np.where(starts, sequence[which], 0), self._span, 0)

        moves = np.flatnonzero(_MOVES[kind])
        taken = np.flatnonzero(kind[moves] == EvV1.PROC_START)
        told = np.full(len(moves), NO_THREAD, np.int64)
        told[taken] = events.argument(0, rows[moves[taken]])
        runs = _ProcRuns(moves, begins, lost[:0], len(rows))
        thread, self._thread = runs.fill(told, self._thread, NO_THREAD)
        return running, span, thread


class _ProcRuns:
    """Fills columns forward: every row gets the value of the last change before it."""

    def __init__(
        self,
        changes: NDArray[np.intp],
        begins: NDArray[np.int64],
        lost: NDArray[np.intp],
        count: int,
    ) -> None:
        """Take the rows that change the value, where slices begin, and where the value is lost.

        All ascend; a value is not lost where a slice begins.
        """
        anew = np.concatenate((begins, lost))
        order = np.argsort(anew, kind="stable")
        self._places = np.searchsorted(changes + 1, anew[order], side="right")
        places = np.insert(changes + 1, self._places, anew[order])
        self._lengths = np.diff(np.append(places, count))
        # Where each slice's beginning has come to stand; its last value stands before the next.
        inserted = np.empty(len(anew), np.int64)
        inserted[order] = self._places + np.arange(len(anew))
        self._order, self._slices = order, len(begins)
        self._last = np.append(inserted[1 : len(begins)], len(places))[: len(begins)] - 1

    def fill(
        self, value: IntColumn, carried: NDArray[np.int64], lost: int
    ) -> tuple[IntColumn, NDArray[np.int64]]:
        """Return the filled column, and the value with which each slice ends.

        Args:
            value: of each change.
            carried: the value with which each slice begins.
            lost: the value where it is lost.
        """
        anew = np.full(len(self._order), lost, np.result_type(value, np.int32))
        if len(carried) and int(np.abs(carried).max()) >= 1 << 31:
            anew = anew.astype(np.int64)
        anew[: self._slices] = carried
        values = np.insert(value.astype(anew.dtype, copy=False), self._places, anew[self._order])
        return np.repeat(values, self._lengths), values[self._last].astype(np.int64)


def _wide(column: IntColumn) -> IntColumn:
    """Return a column of at least 32 bits, with which can be reckoned."""
    return column.astype(np.result_type(column, np.int32), copy=False)


def _found(rows: NDArray[np.int64], wanted: NDArray[np.int64]) -> NDArray[np.intp]:
    """Return the places of those wanted rows that are among ascending rows."""
    place = np.searchsorted(rows, wanted)
    inside = place < len(rows)
    place, wanted = place[inside], wanted[inside]
    found: NDArray[np.intp] = place[rows[place] == wanted]
    return found
