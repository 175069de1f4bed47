"""A trace's events in true order, a block at a time: what a pipe wants, in flat memory.

Generations are decoded one after another, and only those that the wanted times lie in. Of each,
the rows that are wanted are chosen on whole columns, and only those are worded, some thousands at
a time. What leaves here is one row for each event of the reference, under the reference's names,
so that the two can be counted side by side.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.errors import TraceError
from flakecore.gotrace.carried import Carried, understand
from flakecore.gotrace.clock import DEFAULT_FREQUENCY, TickClock
from flakecore.gotrace.context import bind, read_statuses
from flakecore.gotrace.events import decode_events
from flakecore.gotrace.index import GenerationIndex, index_trace
from flakecore.gotrace.kinds import KIND, EventKind, Subject
from flakecore.gotrace.order import true_order
from flakecore.gotrace.soundness import contradictions
from flakecore.gotrace.tables import read_cpu_samples, read_stacks, read_strings, read_sync
from flakecore.gotrace.telling import EventBlock, Tale, tale
from flakecore.gotrace.wire import FIRST_WITH_GENERATIONS, HEADER_SIZE, read_version
from flakecore.gotrace.words import Words
from flakecore.loss import Loss

_BLOCK = 1 << 14
"""Rows worded together: enough for columns to pay, too few to be felt in memory."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which events are wanted; None is no bound.

    Attributes:
        from_ns, to_ns: nanoseconds since the trace began, both included.
        goroutine: events that happen on it or change it.
        kinds: kinds of events.
    """

    from_ns: int | None = None
    to_ns: int | None = None
    goroutine: int | None = None
    kinds: frozenset[EventKind] | None = None


class EventStream:
    """The wanted events of a trace, block by block. Iterate over it once.

    Attributes:
        losses: what could not be read, as far as the iteration has come.
    """

    def __init__(
        self, data: memoryview | bytes, *, name: str, selection: Selection | None = None
    ) -> None:
        """Index a trace.

        Raises:
            TraceError: the bytes are no trace of the format since Go 1.22.
        """
        self._data = memoryview(data)
        version = read_version(bytes(self._data[:HEADER_SIZE]), name=name)
        if version < FIRST_WITH_GENERATIONS:
            raise TraceError(
                f"{name}: written by Go 1.{version}, whose events cannot be listed",
                remedy="open it with: flaketui BUNDLE",
            )
        self._name = name
        self._wanted = selection or Selection()
        self._index = index_trace(self._data, name=name)
        self.losses: list[Loss] = list(self._index.losses)
        generations = self._index.generations
        syncs = (read_sync(self._data, generation) for generation in generations)
        frequency = next((s.frequency for s in syncs if s.frequency > 0), DEFAULT_FREQUENCY)
        self._clock = TickClock(generations[0].start_tick if generations else 0, frequency)
        self._decoded, self._skipped = 0, False

    def __iter__(self) -> Iterator[EventBlock]:
        """Yield the wanted events in true order.

        Raises:
            TraceError: the trace holds at most one event, when all of it has been read.
        """
        carried, first, end = Carried(), self._wanted.from_ns, self._wanted.to_ns
        generations = self._index.generations
        begins = np.array([self._clock.one_to_ns(g.start_tick) for g in generations], np.int64)
        # All threads have left a generation before the one after the next begins.
        over = np.minimum.accumulate(begins[::-1])[::-1][2:]
        for place, generation in enumerate(generations):
            if first is not None and place < len(over) and over[place] < first:
                carried.first, self._skipped = False, True
            elif end is None or begins[place] <= end:
                yield from self._generation(generation, carried)
        if self._decoded <= 1 and not self._skipped and end is None:
            raise TraceError(
                f"{self._name}: holds no events",
                remedy="the process ended before its trace was written out (os.Exit, a signal?)",
            )

    def _generation(self, index: GenerationIndex, carried: Carried) -> Iterator[EventBlock]:
        data, name = self._data, self._name
        where = f"{name}, generation {index.number}"
        events, event_losses = decode_events(data, index, name=name)
        strings, string_losses = read_strings(data, index, name=name)
        stacks, stack_losses = read_stacks(data, index, name=name)
        self._decoded += len(events)
        statuses = read_statuses(events)
        context = bind(events, statuses)
        self.losses += [*event_losses, *string_losses, *stack_losses]
        self.losses += contradictions(events, context, where=where)
        if not index.ended:
            self.losses.append(Loss(where, "cut off before its end"))
        words = Words(strings, stacks)
        order = true_order(events, context)
        meanings = understand(events, context, statuses, order, words, carried)
        samples = read_cpu_samples(data, index)
        # A sample comes before the first event that is later than it.
        passed = np.maximum.accumulate(events.tick[order])
        place = np.searchsorted(passed, samples.tick, side="right")
        order = np.insert(order, place, len(events) + np.arange(len(place)))
        told = tale(events, context, samples, meanings, words)
        order = order[self._wants(told)[order]]
        for start in range(0, len(order), _BLOCK):
            yield self._exactly(told.block(order[start : start + _BLOCK], self._clock))

    def _wants(self, told: Tale) -> NDArray[np.bool_]:
        """Return which rows have something in them that is wanted."""
        wanted, time = self._wanted, self._clock.to_ns(told.tick)
        wants = np.ones(len(told.code), np.bool_)
        if wanted.from_ns is not None:
            wants &= time >= wanted.from_ns
        if wanted.to_ns is not None:
            wants &= time <= wanted.to_ns
        if wanted.kinds is not None:
            wants &= np.isin(KIND, list(wanted.kinds))[told.code]
        if wanted.goroutine is not None:
            wants &= told.concerning(wanted.goroutine)
        return wants

    def _exactly(self, block: EventBlock) -> EventBlock:
        """Leave out what came along with something wanted: a switch concerns two goroutines."""
        wanted = self._wanted.goroutine
        if wanted is None:
            return block
        changes = (block.subject == Subject.GOROUTINE) & (block.number == wanted)
        return block.rows((block.goroutine == wanted) | changes)
