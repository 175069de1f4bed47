"""The clock of a whole trace, from the sync batches of its generations."""

from __future__ import annotations

from typing import NamedTuple

from flakecore.gotrace.format.batch_index import TraceIndex
from flakecore.gotrace.format.clock import DEFAULT_FREQUENCY, TickClock
from flakecore.gotrace.format.tables import ClockSnapshot, read_sync
from flakecore.loss import Loss


class TraceClock(NamedTuple):
    """A trace's clock, the moments known on the wall clock too, and what of both is lost."""

    ticks: TickClock
    snapshots: tuple[ClockSnapshot, ...]
    losses: tuple[Loss, ...]


def read_clock(data: memoryview, index: TraceIndex, *, name: str) -> TraceClock:
    """Return the clock of a trace; its time 0 is where the first generation begins.

    All generations have one frequency, so it is read from the first that still has it.
    """
    read = [read_sync(data, generation, name=name) for generation in index.generations]
    losses = [loss for _, lost in read for loss in lost]
    frequency = next((sync.frequency for sync, _ in read if sync.frequency), 0)
    if not frequency:
        losses.append(Loss(name, "the length of its ticks is lost: taken to be 64 ns"))
    zero = index.generations[0].start_tick if index.generations else 0
    snapshots = tuple(sync.snapshot for sync, _ in read if sync.snapshot is not None)
    return TraceClock(TickClock(zero, frequency or DEFAULT_FREQUENCY), snapshots, tuple(losses))
