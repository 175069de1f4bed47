"""The events of an old trace in true order, a block at a time, in the terms of the newer format.

The file has to be read to its end before the first event is known to be the first: a proc that
was idle writes its earliest events last. But only the bare events are held; what they mean and
say is worked out a stretch of time after the other.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from flakecore.errors import TraceError
from flakecore.gotrace.events.event_blocks import EventBlock
from flakecore.gotrace.events.event_filter import EventFilter
from flakecore.gotrace.events.event_kinds import KIND, NAMES_SUBJECT, SUBJECT, EventKind, Subject
from flakecore.gotrace.format.clock import TickClock
from flakecore.gotrace.format.lazy_tables import LazyTables
from flakecore.gotrace.v1.event_blocks import OldEventBlocks
from flakecore.gotrace.v1.reference_kinds import Meant, understand
from flakecore.gotrace.v1.samples import OldSamples
from flakecore.gotrace.v1.segments import Segment, find_stretches
from flakecore.gotrace.v1.trace import open_old
from flakecore.loss import Loss

_BLOCK = 1 << 14
"""Rows worded together: enough for columns to pay, too few to be felt in memory."""


class OldEventStream:
    """The wanted events of an old trace, block by block. Iterate over it once.

    Attributes:
        losses: what could not be read.
    """

    def __init__(
        self, data: memoryview | bytes, *, name: str, selection: EventFilter | None = None
    ) -> None:
        """Read a trace's bare events.

        Raises:
            TraceError: the bytes are no trace of the old format, or hold at most one event.
        """
        data = memoryview(data)
        opened = open_old(data, name=name)
        if len(opened.events) <= 1:
            raise TraceError(
                f"{name}: holds no events",
                remedy="the process ended before its trace was written out (os.Exit, a signal?)",
            )
        self.losses: list[Loss] = list(opened.losses)
        self._opened = opened
        self._wanted = selection or EventFilter()
        clock = TickClock(opened.start_tick, opened.frequency)
        words = LazyTables(opened.strings, opened.stacks)
        self._teller = OldEventBlocks(opened.events, words, clock, data, opened.version)

    def __iter__(self) -> Iterator[EventBlock]:
        """Yield the wanted events in true order."""
        for stretch, samples in self._stretches():
            meant = self._chosen(stretch, samples, understand(stretch, samples))
            for start in range(0, len(meant.row), _BLOCK):
                part = meant.chosen(slice(start, start + _BLOCK))
                yield self._teller.block(stretch, samples, part)

    def counts(self) -> NDArray[np.int64]:
        """Return how many wanted events there are of each kind, by ``EventKind``; int64, (kinds,).

        The events are not put in order, nor worded. Count or iterate, not both.
        """
        counts = np.zeros(len(EventKind), np.int64)
        for stretch, samples in self._stretches():
            meant = understand(stretch, samples, ordered=False)
            meant = self._chosen(stretch, samples, meant)
            counts += np.bincount(KIND[meant.code], minlength=len(counts))
        return counts

    def _stretches(self) -> Iterator[tuple[Segment, OldSamples]]:
        opened = self._opened
        for stretch in find_stretches(opened.events, opened.sequence):
            yield stretch, opened.samples.between(stretch.first, stretch.after)

    def _chosen(self, stretch: Segment, samples: OldSamples, meant: Meant) -> Meant:
        """Leave out what is not wanted."""
        wanted = self._wanted
        wants = np.ones(len(meant.row), np.bool_)
        if wanted.from_ns is not None or wanted.to_ns is not None:
            time = self._teller.time(stretch, samples, meant)
            if wanted.from_ns is not None:
                wants &= time >= wanted.from_ns
            if wanted.to_ns is not None:
                wants &= time <= wanted.to_ns
        if wanted.kinds is not None:
            wants &= np.isin(KIND, list(wanted.kinds))[meant.code]
        if wanted.goroutine is not None:
            changes = NAMES_SUBJECT & (SUBJECT == Subject.GOROUTINE)
            named = np.flatnonzero(changes[meant.code])
            concerns = self._teller.on(stretch, samples, meant) == wanted.goroutine
            concerns[named] |= stretch.named[meant.row[named]] == wanted.goroutine
            wants &= concerns
        return meant if wants.all() else meant.chosen(wants)
