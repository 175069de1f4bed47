"""Segments: spans of time into which a trace without generations is divided.

The format of Go 1.11 to 1.21 has no generations, but each proc's stream is in order of time, so the
events from one moment to another are a slice of every stream. What is bound to a proc at the start
of a slice is known from the slice before. All derived columns are computed a segment at a time, so
none is ever held for the whole trace.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.format.varint import IntColumn
from flakecore.gotrace.v1.events import EventsV1
from flakecore.gotrace.v1.format.records import ranges
from flakecore.gotrace.v1.format.wire import SEQUENCED, EvV1
from flakecore.gotrace.v1.proc_bindings import STOPS, ProcBindings, positions_in, wide

_FIRST_TICK, _LAST_TICK = np.iinfo(np.int64).min, np.iinfo(np.int64).max
_SEGMENT_EVENTS = 1 << 20
"""Events of a segment, approximately: the memory of derived columns grows with it."""
_SAMPLE_STRIDE = 64
"""One of so many events is sampled to find the bounds of segments."""


@dataclass(frozen=True, slots=True)
class Segment:
    """The events of a segment, proc by proc; every column (n,).

    First come those at their position in a proc's stream; from row ``written`` on follow the ends
    of syscalls that were written later than they happened, by time.

    Attributes:
        events: all events of the trace.
        rows: int64, rows of ``events``.
        type: uint8, an ``EvV1``.
        tick: int64, time of the event; of an initial GoCreate that of the last initial event.
        proc: on which it happened; -1 for none.
        thread: the thread that has the proc, from the proc's start on; -1 for none.
        running: the goroutine that ran on the proc just before; -1 for none.
        named: the goroutine that it names; 0 for none.
        sequence: the sequence number of an event that names a goroutine; else that with which
            the running goroutine started.
        written: number of events at their position in a proc's stream.
        initial: rows of ``events`` that state what existed when the trace began.
        first, after: ticks of the segment, first <= tick < after; the first and the last segment
            are unbounded.
    """

    events: EventsV1
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

    def argument(self, number: int, which: NDArray[np.intp]) -> IntColumn:
        """Return an argument of rows that have it, by its index after the time difference."""
        return self.events.argument(number, self.rows[which])

    def stack(self, which: NDArray[np.intp]) -> IntColumn:
        """Return the file's number for the stack each event happened at; 0 for none."""
        return self.events.stack[self.rows[which]]

    def is_initial(self, which: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Return which rows are initial events; bool."""
        rows = self.rows[which]
        initial: NDArray[np.bool_] = (rows >= self.initial.start) & (rows < self.initial.stop)
        return initial

    def initial_rows(self) -> NDArray[np.intp]:
        """Return the rows of initial events, which state what existed when the trace began."""
        bounds = [self.initial.start, self.initial.stop]
        return np.arange(*np.searchsorted(self.rows[: self.written], bounds))

    def start_the_world(self) -> NDArray[np.intp]:
        """Return the row of the event after the initial ones on their proc, if it is here."""
        last = np.array([self.initial.stop] if self.initial.start < self.initial.stop else [])
        found = positions_in(self.rows[: self.written], last.astype(np.int64))
        same: NDArray[np.intp] = found[self.proc[found] == self.proc[self.initial_rows()[:1]]]
        return same

    def lost_proc(self, which: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Return which GoSysCall events lost their proc: GoSysBlock is the next event on it."""
        events, rows = self.events, self.rows[which]
        after = np.minimum(rows + 1, len(events) - 1)
        blocked: NDArray[np.bool_] = (events.type[after] == EvV1.GO_SYS_BLOCK) & (after > rows)
        ends = events.streams[np.searchsorted(events.streams, rows, side="right")]
        blocked &= after < ends
        return blocked

    def follows(self, which: NDArray[np.intp], kind: EvV1) -> NDArray[np.bool_]:
        """Return which rows follow directly after an event of a type on the same proc; bool."""
        events, rows = self.events, self.rows[which]
        follows: NDArray[np.bool_] = events.type[np.maximum(rows - 1, 0)] == kind
        follows &= ~np.isin(rows, events.streams)
        return follows

    def first_proc_events(self) -> NDArray[np.intp]:
        """Return the rows of the first start or stop of each proc in the trace."""
        return positions_in(self.rows[: self.written], self.events.first_proc_events)


def find_segments(events: EventsV1, sequence: IntColumn) -> Iterator[Segment]:
    """Yield the segments of a trace, by time; ``sequence`` is (n,), from ``read_sequence``."""
    initial = find_initial(events)
    bounds = _bounds(events, initial)
    slices = _slices(events, bounds)
    late = np.argsort(events.ended, kind="stable")
    late_slices = np.searchsorted(events.ended[late], bounds)
    late_slices = np.concatenate(([0], late_slices, [len(late)]))
    edges = np.concatenate(([_FIRST_TICK], bounds, [_LAST_TICK]))
    bindings = ProcBindings(len(events.streams) - 1)
    for number in range(len(slices) - 1):
        counts = slices[number + 1] - slices[number]
        rows = ranges(slices[number], counts)
        running, span, thread = bindings.bind(events, sequence, rows, counts)
        exits = late[late_slices[number] : late_slices[number + 1]]
        here = np.ones(len(rows), np.bool_)
        here[positions_in(rows, events.exits)] = False
        if not here.all():
            rows, running, span, thread = rows[here], running[here], span[here], thread[here]
        first, after = int(edges[number]), int(edges[number + 1])
        yield _make_segment(
            events, sequence, rows, (running, span, thread), exits, initial, first, after
        )


def _make_segment(
    events: EventsV1,
    sequence: IntColumn,
    rows: NDArray[np.int64],
    bound: tuple[IntColumn, IntColumn, IntColumn],
    exits: NDArray[np.intp],
    initial: slice,
    first: int,
    after: int,
) -> Segment:
    """Return the segment of some rows, followed by the late ends of syscalls ``exits``."""
    written, none = len(rows), np.full(len(exits), -1, np.int8)
    tick, proc = events.tick[rows], events.proc(rows)
    if initial.start < initial.stop:
        # Initial GoCreate events happen when the world is started again, after all of them.
        initial_rows = np.flatnonzero((rows >= initial.start) & (rows < initial.stop))
        created = initial_rows[events.type[rows[initial_rows]] == EvV1.GO_CREATE]
        tick[created] = events.tick[min(initial.stop, len(events) - 1)]
    running, span, thread = (np.concatenate((column, none)) for column in bound)
    rows = np.concatenate((rows, events.exits[exits]))
    kind, number = events.type[rows], sequence[rows]
    own = np.flatnonzero(~SEQUENCED[kind])
    number = number.astype(np.result_type(number, span), copy=False)
    number[own] = span[own]
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
        named=wide(events.named[rows]),
        sequence=number,
        written=written,
        initial=initial,
        first=first,
        after=after,
    )


def find_initial(events: EventsV1) -> slice:
    """Return the rows of the initial events, which state what existed when the trace began.

    StartTrace writes them with the world stopped, all on one proc, and then the number of procs as
    it starts the world again (``startTheWorld``, ``procresize``). The streams of all other procs
    begin with the proc's start, this one with the creation of a goroutine.
    """
    begins = events.streams[:-1][events.streams[:-1] < len(events)]
    begins = begins[events.type[begins] == EvV1.GO_CREATE]
    if not len(begins):
        return slice(0, 0)
    begin = int(begins[np.argmin(events.tick[begins])])
    ends = np.append(events.discontinuities, len(events))
    end = int(ends[np.searchsorted(ends, begin, side="right")])
    kind = events.type[begin:end]
    start_the_world = np.flatnonzero((kind == EvV1.GOMAXPROCS) | STOPS[kind])
    return slice(begin, begin + int(start_the_world[0]) if len(start_the_world) else end)


def _bounds(events: EventsV1, initial: slice) -> NDArray[np.int64]:
    """Return the ticks at which one segment ends and the next begins; int64, ascending."""
    sampled = np.sort(events.tick[::_SAMPLE_STRIDE])
    each = max(_SEGMENT_EVENTS // _SAMPLE_STRIDE, 1)
    bounds = np.unique(sampled[each::each])
    if initial.start < initial.stop:
        initial_ticks: NDArray[np.int64] = events.tick[initial.start : initial.stop + 1]
        bounds = bounds[bounds > initial_ticks.max()]
    return bounds


def _slices(events: EventsV1, bounds: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the row at which each segment's slice of each stream begins, (bounds + 2, streams).

    Every row is in exactly one slice, also where damage or a clock has put a stream out of order.
    """
    slices = np.empty((len(bounds) + 2, len(events.streams) - 1), np.int64)
    slices[0], slices[-1] = events.streams[:-1], events.streams[1:]
    for stream, (first, after) in enumerate(pairwise(events.streams.tolist())):
        tick = events.tick[first:after]
        if (tick[1:] < tick[:-1]).any():
            tick = np.maximum.accumulate(tick)
        slices[1:-1, stream] = first + np.searchsorted(tick, bounds)
    return slices
