"""Metrics: heap size, heap goal and GOMAXPROCS, which the runtime writes when they change."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.events.event_columns import EventColumns
from flakecore.gotrace.format.clock import TickClock
from flakecore.gotrace.format.wire import Ev, of_types


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric over time; both columns int64, (n,); ``time`` in nanoseconds of the trace."""

    time: NDArray[np.int64]
    value: NDArray[np.int64]


def find_metric(events: EventColumns, kind: Ev, clock: TickClock) -> Metric:
    """Return the metric that is the first argument of events of a type, in a generation."""
    rows = events.of_types(of_types(kind))
    rows = rows[np.argsort(events.tick[rows], kind="stable")]
    value = events.argument(0, rows).astype(np.int64)
    return Metric(clock.to_ns(events.tick[rows]), value)
