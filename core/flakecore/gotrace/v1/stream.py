"""The events of a trace of Go 1.11 to 1.21 in true order, in blocks like those of newer traces.

The whole file has to be read before its first event is known: a proc that was idle writes its
earliest events last. Only the event columns are held for the whole trace; everything derived from
them is computed a segment at a time.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from flakecore.errors import TraceError
from flakecore.gotrace.events.event_blocks import EventBlock
from flakecore.gotrace.events.event_filter import EventFilter
from flakecore.gotrace.events.event_kinds import (
    KIND,
    NAMES_RESOURCE,
    RESOURCE_KIND,
    EventKind,
    ResourceKind,
)
from flakecore.gotrace.format.clock import TickClock
from flakecore.gotrace.format.lazy_tables import LazyTables
from flakecore.gotrace.v1.event_blocks import EventBlockBuilderV1
from flakecore.gotrace.v1.reference_kinds import ReferenceRows, convert_rows
from flakecore.gotrace.v1.samples import SamplesV1
from flakecore.gotrace.v1.segments import Segment, find_segments
from flakecore.gotrace.v1.trace import open_v1
from flakecore.loss import Loss

_BLOCK = 1 << 14
"""Rows of a block: some 1.5 MB of columns, enough that a numpy call costs little a row."""


class EventStreamV1:
    """Events of a trace of Go 1.11 to 1.21 that match a filter, block by block. Iterate once.

    Attributes:
        losses: what could not be read.
    """

    def __init__(
        self, data: memoryview | bytes, *, name: str, event_filter: EventFilter | None = None
    ) -> None:
        """Read the event columns of a trace.

        Raises:
            TraceError: the bytes are no trace of such a format, or hold at most one event.
        """
        data = memoryview(data)
        opened = open_v1(data, name=name)
        if len(opened.events) <= 1:
            raise TraceError(
                f"{name}: holds no events",
                remedy="the process ended before its trace was written out (os.Exit, a signal?)",
            )
        self.losses: list[Loss] = list(opened.losses)
        self._opened = opened
        self._filter = event_filter or EventFilter()
        clock = TickClock(opened.start_tick, opened.frequency)
        tables = LazyTables(opened.strings, opened.stacks)
        self._builder = EventBlockBuilderV1(opened.events, tables, clock, data, opened.version)

    def __iter__(self) -> Iterator[EventBlock]:
        """Yield the matching events in true order."""
        for segment, samples in self._segments():
            reference = self._matching(segment, samples, convert_rows(segment, samples))
            for start in range(0, len(reference.row), _BLOCK):
                part = reference.chosen(slice(start, start + _BLOCK))
                yield self._builder.block(segment, samples, part)

    def counts(self) -> NDArray[np.int64]:
        """Return how many events of each ``EventKind`` match; int64, (kinds,).

        The events are neither ordered nor made into blocks. Count or iterate, not both.
        """
        counts = np.zeros(len(EventKind), np.int64)
        for segment, samples in self._segments():
            reference = convert_rows(segment, samples, ordered=False)
            reference = self._matching(segment, samples, reference)
            counts += np.bincount(KIND[reference.code], minlength=len(counts))
        return counts

    def _segments(self) -> Iterator[tuple[Segment, SamplesV1]]:
        opened = self._opened
        for segment in find_segments(opened.events, opened.sequence):
            yield segment, opened.samples.between(segment.first, segment.after)

    def _matching(
        self, segment: Segment, samples: SamplesV1, reference: ReferenceRows
    ) -> ReferenceRows:
        """Return the rows that match the filter."""
        event_filter = self._filter
        matches = event_filter.matches(
            KIND[reference.code], lambda: self._builder.time(segment, samples, reference)
        )
        if event_filter.goroutine is not None:
            changes = NAMES_RESOURCE & (RESOURCE_KIND == ResourceKind.GOROUTINE)
            named = np.flatnonzero(changes[reference.code])
            concerns = (
                self._builder.goroutine(segment, samples, reference) == event_filter.goroutine
            )
            concerns[named] |= segment.named[reference.row[named]] == event_filter.goroutine
            matches &= concerns
        return reference if matches.all() else reference.chosen(matches)
