"""A trace's events in true order, a block at a time: what a pipe wants, in flat memory.

Generations are decoded one after another, and only those that the wanted times lie in; the first
moments are told ahead of the rest of their generation (``opening``). Of each,
the rows that are wanted are chosen on whole columns, and only those are worded, some thousands at
a time. What leaves here is one row for each event of the reference, under the reference's names,
so that the two can be counted side by side.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from flakecore.errors import TraceError
from flakecore.gotrace.events.context import Context, Statuses, bind, read_statuses
from flakecore.gotrace.events.cross_generation import Carried, understand
from flakecore.gotrace.events.decode_events import decode_events
from flakecore.gotrace.events.event_blocks import EventBlock, EventBlocks
from flakecore.gotrace.events.event_columns import EventColumns
from flakecore.gotrace.events.event_filter import EventFilter
from flakecore.gotrace.events.event_kinds import KIND, EventKind, Subject
from flakecore.gotrace.events.event_rows import EventRows, event_rows
from flakecore.gotrace.events.first_events import opening_of, told_ahead
from flakecore.gotrace.events.initial_bindings import Bindings
from flakecore.gotrace.events.order import true_order
from flakecore.gotrace.events.validation import contradictions
from flakecore.gotrace.format.batch_index import GenerationIndex, index_trace
from flakecore.gotrace.format.lazy_tables import LazyTables
from flakecore.gotrace.format.tables import CpuSamples, read_cpu_samples, read_stacks, read_strings
from flakecore.gotrace.format.trace_clock import read_clock
from flakecore.gotrace.format.wire import FIRST_WITH_GENERATIONS, HEADER_SIZE, read_version
from flakecore.loss import Loss

if TYPE_CHECKING:
    from flakecore.gotrace.v1.stream import OldEventStream

_BLOCK = 1 << 14
"""Rows worded together: enough for columns to pay, too few to be felt in memory."""


def event_stream(
    data: memoryview | bytes, *, name: str, selection: EventFilter | None = None
) -> EventStream | OldEventStream:
    """Return the wanted events of a trace of any format, block by block.

    Raises:
        TraceError: the bytes are no trace of a readable format.
    """
    if read_version(bytes(data[:HEADER_SIZE]), name=name) >= FIRST_WITH_GENERATIONS:
        return EventStream(data, name=name, selection=selection)
    # Loaded for old traces only: every start of the program would wait for it.
    from flakecore.gotrace.v1.stream import OldEventStream

    return OldEventStream(data, name=name, selection=selection)


class EventStream:
    """The wanted events of a trace, block by block. Iterate over it once.

    Attributes:
        losses: what could not be read, as far as the iteration has come.
    """

    def __init__(
        self, data: memoryview | bytes, *, name: str, selection: EventFilter | None = None
    ) -> None:
        """Index a trace.

        Raises:
            TraceError: the bytes are no trace of the format since Go 1.22.
        """
        self._data = memoryview(data)
        self._name = name
        self._wanted = selection or EventFilter()
        self._index = index_trace(self._data, name=name)
        self._clock, _, losses = read_clock(self._data, self._index, name=name)
        self.losses: list[Loss] = [*self._index.losses, *losses]
        self._decoded, self._skipped = 0, False

    def __iter__(self) -> Iterator[EventBlock]:
        """Yield the wanted events in true order.

        Raises:
            TraceError: the trace holds at most one event, when all of it has been read.
        """
        carried, bindings = Carried(), Bindings()
        for index in self._generations(carried):
            words, samples = self._words(index), read_cpu_samples(self._data, index)
            ahead = _NOTHING
            if not self._decoded:
                ahead = yield from self._opening(index, samples, words, carried)
            events = self._decode(index)
            statuses = read_statuses(events)
            context = self._bind(index, events, statuses)
            order = true_order(events, context)
            meanings = understand(events, context, statuses, order, words, carried)
            goroutine, proc = bindings.before(events, context, order)
            moved = bindings.moved(events, statuses, goroutine, proc)
            bindings.go_on(events, context, statuses, goroutine)
            rows = event_rows(events, replace(context, goroutine=goroutine, proc=proc), samples)
            order = _with_samples(order, events, samples)
            order = order[~ahead.among(events, samples)[order]]
            yield from self._blocks(EventBlocks(rows, meanings, moved, words, self._clock), order)
            # Before the next generation is decoded, nothing may hold on to this one.
            del events, statuses, context, goroutine, proc, order, meanings, samples, rows

    def _opening(
        self, index: GenerationIndex, samples: CpuSamples, words: LazyTables, carried: Carried
    ) -> Generator[EventBlock, None, _Ahead]:
        """Yield the first moments of a generation; return what was told."""
        opening = opening_of(index)
        if opening is None:
            return _NOTHING
        first, until = opening
        events, losses = decode_events(self._data, first, name=self._name)
        statuses = read_statuses(events)
        context = bind(events, statuses)
        order = told_ahead(events, context, statuses, true_order(events, context), until)
        if losses or not len(order):
            return _NOTHING
        meanings = understand(events, context, statuses, order, words, carried.copy())
        threads, counts = np.unique(events.thread(order), return_counts=True)
        ahead = _Ahead(threads, counts, int(np.searchsorted(samples.tick, until)))
        early = samples.first(ahead.samples)
        goroutine, proc = Bindings().before(events, context, order)
        rows = event_rows(events, replace(context, goroutine=goroutine, proc=proc), early)
        moved = Bindings().moved(events, statuses, goroutine, proc)
        teller = EventBlocks(rows, meanings, moved, words, self._clock)
        yield from self._blocks(teller, _with_samples(order, events, early))
        return ahead

    def _blocks(self, teller: EventBlocks, order: NDArray[np.intp]) -> Iterator[EventBlock]:
        """Yield rows worded, those that are wanted."""
        if self._wanted != EventFilter():
            order = order[self._wants(teller.rows)[order]]
        for start in range(0, len(order), _BLOCK):
            yield self._exactly(teller.block(order[start : start + _BLOCK]))

    def counts(self) -> NDArray[np.int64]:
        """Return how many wanted events there are of each kind, by ``EventKind``; int64, (kinds,).

        The events are not put in order, nor worded. Count or iterate, not both.

        Raises:
            TraceError: as iterating does.
        """
        counts = np.zeros(len(EventKind), np.int64)
        if self._wanted.goroutine is not None:
            for block in self:
                counts += np.bincount(block.kind, minlength=len(counts))
            return counts
        for index in self._generations(Carried()):
            events = self._decode(index)
            context = self._bind(index, events, read_statuses(events))
            rows = event_rows(events, context, read_cpu_samples(self._data, index))
            wanted = np.flatnonzero(self._wants(rows))
            counts += np.bincount(KIND[rows.code[wanted]], minlength=len(counts))
            further = 2 * rows.switches(wanted).sum() + rows.loses_proc(wanted).sum()
            counts[EventKind.STATE_TRANSITION] += further
            del events, context, rows, wanted
        return counts

    def _generations(self, carried: Carried) -> Iterator[GenerationIndex]:
        """Yield the generations that may hold wanted events."""
        first, end = self._wanted.from_ns, self._wanted.to_ns
        generations = self._index.generations
        begins = [self._clock.one_to_ns(g.start_tick) for g in generations]
        # All threads have left a generation before the one after the next begins.
        over = [*accumulate(reversed(begins), min)][::-1][2:]
        for place, generation in enumerate(generations):
            if first is not None and place < len(over) and over[place] < first:
                carried.first, self._skipped = False, True
            elif end is None or begins[place] <= end:
                yield generation
            else:
                self._skipped = True
        if self._decoded <= 1 and not self._skipped:
            raise TraceError(
                f"{self._name}: holds no events",
                remedy="the process ended before its trace was written out (os.Exit, a signal?)",
            )

    def _decode(self, index: GenerationIndex) -> EventColumns:
        events, losses = decode_events(self._data, index, name=self._name)
        self._decoded += len(events)
        self.losses += losses
        return events

    def _bind(self, index: GenerationIndex, events: EventColumns, statuses: Statuses) -> Context:
        where = f"{self._name}, generation {index.number}"
        context = bind(events, statuses)
        self.losses += contradictions(events, context, where=where)
        if not index.ended:
            self.losses.append(Loss(where, "cut off before its end"))
        return context

    def _words(self, index: GenerationIndex) -> LazyTables:
        strings, string_losses = read_strings(self._data, index, name=self._name)
        stacks, stack_losses = read_stacks(self._data, index, name=self._name)
        self.losses += [*string_losses, *stack_losses]
        return LazyTables(strings, stacks)

    def _wants(self, rows: EventRows) -> NDArray[np.bool_]:
        """Return which rows have something in them that is wanted."""
        wanted, wants = self._wanted, np.ones(len(rows.code), np.bool_)
        if wanted.from_ns is not None or wanted.to_ns is not None:
            time = self._clock.to_ns(rows.tick)
            if wanted.from_ns is not None:
                wants &= time >= wanted.from_ns
            if wanted.to_ns is not None:
                wants &= time <= wanted.to_ns
        if wanted.kinds is not None:
            wants &= np.isin(KIND, list(wanted.kinds))[rows.code]
        if wanted.goroutine is not None:
            wants &= rows.concerning(wanted.goroutine)
        return wants

    def _exactly(self, block: EventBlock) -> EventBlock:
        """Leave out what came along with something wanted: a switch concerns two goroutines."""
        wanted = self._wanted.goroutine
        if wanted is None:
            return block
        changes = (block.subject == Subject.GOROUTINE) & (block.number == wanted)
        return block.rows((block.goroutine == wanted) | changes)


@dataclass(frozen=True, slots=True)
class _Ahead:
    """What has been told of a generation: so many events of some threads, so many samples."""

    threads: NDArray[np.int64]
    counts: NDArray[np.intp]
    samples: int

    def among(self, events: EventColumns, samples: CpuSamples) -> NDArray[np.bool_]:
        """Return which of a generation's events and samples it is."""
        told = np.zeros(len(events) + len(samples.tick), np.bool_)
        begins = events.streams[np.searchsorted(events.threads, self.threads)]
        for begin, count in zip(begins.tolist(), self.counts.tolist(), strict=True):
            told[begin : begin + count] = True
        told[len(events) : len(events) + self.samples] = True
        return told


_NOTHING = _Ahead(np.zeros(0, np.int64), np.zeros(0, np.intp), 0)


def _with_samples(
    order: NDArray[np.intp], events: EventColumns, samples: CpuSamples
) -> NDArray[np.intp]:
    """Return the order with each sample before the first event that is later than it."""
    if not len(samples.tick):
        return order
    passed = np.maximum.accumulate(events.tick[order])
    place = np.searchsorted(passed, samples.tick, side="right")
    return np.insert(order, place, len(events) + np.arange(len(place)))
