"""A trace's events in true order, in blocks of some thousand, in the memory of one generation.

Generations are decoded one after another, and only those that the filter's times lie in; the first
events of a trace are yielded before the rest of their generation is decoded (``first_events``). The
filter is applied to whole columns, and blocks are built of the matching rows alone. There is one
row for each event that Go's own reader (``go tool trace -d=parsed``) gives, under its names, so
that the two can be compared.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from flakecore.errors import TraceError
from flakecore.gotrace.events.context import Context, Statuses, bind, read_statuses
from flakecore.gotrace.events.cross_generation import CrossGenerationState, resolve_fields
from flakecore.gotrace.events.decode_events import decode_events
from flakecore.gotrace.events.event_blocks import EventBlock, EventBlockBuilder
from flakecore.gotrace.events.event_columns import EventColumns
from flakecore.gotrace.events.event_filter import EventFilter
from flakecore.gotrace.events.event_kinds import KIND, EventKind, ResourceKind
from flakecore.gotrace.events.event_rows import EventRows, event_rows
from flakecore.gotrace.events.first_events import first_batches, settled_prefix
from flakecore.gotrace.events.initial_bindings import ThreadBindings
from flakecore.gotrace.events.order import true_order
from flakecore.gotrace.events.validation import context_losses
from flakecore.gotrace.format.batch_index import GenerationIndex, index_trace
from flakecore.gotrace.format.lazy_tables import LazyTables
from flakecore.gotrace.format.tables import CpuSamples, read_cpu_samples, read_stacks, read_strings
from flakecore.gotrace.format.trace_clock import read_clock
from flakecore.loss import Loss

_BLOCK = 1 << 14
"""Rows of a block: some 1.5 MB of columns, enough that a numpy call costs little a row."""


class EventStream:
    """Events of a trace since Go 1.22 that match a filter, block by block. Iterate over it once.

    Attributes:
        losses: what could not be read, up to where the iteration is.
    """

    def __init__(
        self,
        data: memoryview | bytes,
        *,
        name: str,
        event_filter: EventFilter | None = None,
        zero: int | None = None,
    ) -> None:
        """Index a trace; ``zero`` is the tick of its time 0, None for its first one.

        Raises:
            TraceError: the bytes are no trace of the format since Go 1.22.
        """
        self._data = memoryview(data)
        self._name = name
        self._filter = event_filter or EventFilter()
        self._index = index_trace(self._data, name=name)
        self._clock, _, losses = read_clock(self._data, self._index, name=name)
        if zero is not None:
            self._clock = replace(self._clock, zero=zero)
        self.losses: list[Loss] = [*self._index.losses, *losses]
        self._decoded, self._skipped = 0, False

    def __iter__(self) -> Iterator[EventBlock]:
        """Yield the matching events in true order.

        Raises:
            TraceError: the trace holds at most one event, when all of it has been read.
        """
        state, bindings, before = CrossGenerationState(), ThreadBindings(), 0
        for index in self._generations(state):
            if before and index.number > before + 1:
                state.forget()
                bindings = ThreadBindings()
            before = index.number
            tables, samples = self._tables(index), read_cpu_samples(self._data, index)
            yielded = _NO_PREFIX
            if not self._decoded:
                yielded = yield from self._prefix_blocks(index, samples, tables, state)
            events = self._decode(index)
            statuses = read_statuses(events)
            context = self._bind(index, events, statuses)
            order = true_order(events, context)
            resolved = resolve_fields(events, context, statuses, order, tables, state)
            goroutine, proc = bindings.initial_context(events, context, order)
            relocated = bindings.relocate_statuses(events, statuses, goroutine, proc)
            bindings.advance(events, context, statuses, goroutine)
            rows = event_rows(events, replace(context, goroutine=goroutine, proc=proc), samples)
            order = _insert_samples(order, events, samples)
            order = order[~yielded.among(events, samples)[order]]
            yield from self._blocks(
                EventBlockBuilder(rows, resolved, relocated, tables, self._clock), order
            )
            # This generation's columns are freed before the next one is decoded.
            del events, statuses, context, goroutine, proc, order, resolved, samples, rows

    def _prefix_blocks(
        self,
        index: GenerationIndex,
        samples: CpuSamples,
        tables: LazyTables,
        state: CrossGenerationState,
    ) -> Generator[EventBlock, None, _YieldedPrefix]:
        """Yield the first events of a generation; return which these were."""
        prefix = first_batches(index)
        if prefix is None:
            return _NO_PREFIX
        first, until = prefix
        events, losses = decode_events(self._data, first, name=self._name)
        statuses = read_statuses(events)
        context = bind(events, statuses)
        order = settled_prefix(events, context, statuses, true_order(events, context), until)
        if losses or not len(order):
            return _NO_PREFIX
        resolved = resolve_fields(events, context, statuses, order, tables, state.copy())
        threads, counts = np.unique(events.thread(order), return_counts=True)
        yielded = _YieldedPrefix(threads, counts, int(np.searchsorted(samples.tick, until)))
        early = samples.first(yielded.samples)
        goroutine, proc = ThreadBindings().initial_context(events, context, order)
        rows = event_rows(events, replace(context, goroutine=goroutine, proc=proc), early)
        relocated = ThreadBindings().relocate_statuses(events, statuses, goroutine, proc)
        builder = EventBlockBuilder(rows, resolved, relocated, tables, self._clock)
        yield from self._blocks(builder, _insert_samples(order, events, early))
        return yielded

    def _blocks(self, builder: EventBlockBuilder, order: NDArray[np.intp]) -> Iterator[EventBlock]:
        """Yield the rows of ``order`` that match the filter, as blocks."""
        if self._filter != EventFilter():
            order = order[self._matches(builder.rows)[order]]
        for start in range(0, len(order), _BLOCK):
            yield self._without_others(builder.block(order[start : start + _BLOCK]))

    def counts(self) -> NDArray[np.int64]:
        """Return how many events of each ``EventKind`` match; int64, (kinds,).

        The events are neither ordered nor made into blocks. Count or iterate, not both.

        Raises:
            TraceError: as iterating does.
        """
        counts = np.zeros(len(EventKind), np.int64)
        if self._filter.goroutine is not None:
            for block in self:
                counts += np.bincount(block.kind, minlength=len(counts))
            return counts
        for index in self._generations(CrossGenerationState()):
            events = self._decode(index)
            context = self._bind(index, events, read_statuses(events))
            rows = event_rows(events, context, read_cpu_samples(self._data, index))
            event_filter = np.flatnonzero(self._matches(rows))
            counts += np.bincount(KIND[rows.code[event_filter]], minlength=len(counts))
            further = 2 * rows.switches(event_filter).sum() + rows.loses_proc(event_filter).sum()
            counts[EventKind.STATE_TRANSITION] += further
            del events, context, rows, event_filter
        return counts

    def _generations(self, state: CrossGenerationState) -> Iterator[GenerationIndex]:
        """Yield the generations that may hold matching events."""
        first, end = self._filter.from_ns, self._filter.to_ns
        generations = self._index.generations
        begins = [self._clock.one_to_ns(g.start_tick) for g in generations]
        # All threads have left a generation before the one after the next begins.
        ends = [*accumulate(reversed(begins), min)][::-1][2:]
        for position, generation in enumerate(generations):
            if first is not None and position < len(ends) and ends[position] < first:
                state.first, self._skipped = False, True
            elif end is None or begins[position] <= end:
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
        self.losses += context_losses(events, context, where=where)
        if not index.ended:
            self.losses.append(Loss(where, "cut off before its end"))
        return context

    def _tables(self, index: GenerationIndex) -> LazyTables:
        strings, string_losses = read_strings(self._data, index, name=self._name)
        stacks, stack_losses = read_stacks(self._data, index, name=self._name)
        self.losses += [*string_losses, *stack_losses]
        return LazyTables(strings, stacks)

    def _matches(self, rows: EventRows) -> NDArray[np.bool_]:
        """Return which rows hold an event that matches the filter; bool, (rows,)."""
        matches = self._filter.matches(KIND[rows.code], lambda: self._clock.to_ns(rows.tick))
        if self._filter.goroutine is not None:
            matches &= rows.involving(self._filter.goroutine)
        return matches

    def _without_others(self, block: EventBlock) -> EventBlock:
        """Return a block without events of a matching row that do not match: a switch has three."""
        event_filter = self._filter.goroutine
        if event_filter is None:
            return block
        changes = (block.resource_kind == ResourceKind.GOROUTINE) & (block.resource == event_filter)
        return block.rows((block.goroutine == event_filter) | changes)


@dataclass(frozen=True, slots=True)
class _YieldedPrefix:
    """First events and samples of a generation that have been yielded.

    Attributes:
        threads, counts: int64, (k,), how many events of which threads.
        samples: how many CPU samples.
    """

    threads: NDArray[np.int64]
    counts: NDArray[np.intp]
    samples: int

    def among(self, events: EventColumns, samples: CpuSamples) -> NDArray[np.bool_]:
        """Return which rows of a generation, events and then samples, these are; bool."""
        yielded = np.zeros(len(events) + len(samples.tick), np.bool_)
        begins = events.streams[np.searchsorted(events.threads, self.threads)]
        for begin, count in zip(begins.tolist(), self.counts.tolist(), strict=True):
            yielded[begin : begin + count] = True
        yielded[len(events) : len(events) + self.samples] = True
        return yielded


_NO_PREFIX = _YieldedPrefix(np.zeros(0, np.int64), np.zeros(0, np.intp), 0)


def _insert_samples(
    order: NDArray[np.intp], events: EventColumns, samples: CpuSamples
) -> NDArray[np.intp]:
    """Return ``order`` with each CPU sample inserted before the first event later than it."""
    if not len(samples.tick):
        return order
    latest = np.maximum.accumulate(events.tick[order])
    position = np.searchsorted(latest, samples.tick, side="right")
    return np.insert(order, position, len(events) + np.arange(len(position)))
