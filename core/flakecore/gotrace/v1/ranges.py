"""Range events and metrics of Go 1.11 to 1.21, under the types of the newer format.

Both formats have the same ranges (``src/internal/trace/tracev1.go``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.format.wire import Ev
from flakecore.gotrace.v1.format.wire import EvV1
from flakecore.gotrace.v1.segments import Segment

RANGE_TYPES = {
    EvV1.GC_START: Ev.GC_BEGIN,
    EvV1.GC_DONE: Ev.GC_END,
    EvV1.STW_START: Ev.STW_BEGIN,
    EvV1.STW_DONE: Ev.STW_END,
    EvV1.GC_SWEEP_START: Ev.GC_SWEEP_BEGIN,
    EvV1.GC_SWEEP_DONE: Ev.GC_SWEEP_END,
    EvV1.GC_MARK_ASSIST_START: Ev.GC_MARK_ASSIST_BEGIN,
    EvV1.GC_MARK_ASSIST_DONE: Ev.GC_MARK_ASSIST_END,
}
"""Types that begin and end ranges, and the equivalent types of the newer format."""
_RANGE_TYPE = np.zeros(256, np.uint8)
for _v1, _v2 in RANGE_TYPES.items():
    _RANGE_TYPE[_v1] = _v2


@dataclass(frozen=True, slots=True)
class RangeEventsV1:
    """Begin and end events of ranges, unpaired, by segment and then by time; every column (n,).

    Attributes:
        type: uint8, the equivalent ``Ev`` of the newer format.
        tick: int64.
        goroutine, proc: int64, -1 for none. A stop-the-world ends on the goroutine that began it.
        name: int64, string number of a stop-the-world's kind; 0 for the other ranges.
        stack: int64, stack number of a begin event; 0 for none.
    """

    type: NDArray[np.uint8]
    tick: NDArray[np.int64]
    goroutine: NDArray[np.int64]
    proc: NDArray[np.int64]
    name: NDArray[np.int64]
    stack: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class MetricV1:
    """A metric over time; both columns int64, (n,), by tick within a segment."""

    tick: NDArray[np.int64]
    value: NDArray[np.int64]


RangeEventColumns = tuple[NDArray[Any], ...]
"""The columns of ``RangeEventsV1``, of one segment."""


def find_range_events(segment: Segment, kinds: NDArray[np.int64]) -> RangeEventColumns:
    """Return the begin and end events of ranges in a segment, by time.

    ``kinds`` are string numbers by kind of stop-the-world; the last stands for all larger kinds.
    """
    rows = np.flatnonzero(_RANGE_TYPE[segment.type])
    rows = rows[np.argsort(segment.tick[rows], kind="stable")]
    kind = _RANGE_TYPE[segment.type[rows]]
    begins = np.flatnonzero(kind == Ev.STW_BEGIN)
    name = np.zeros(len(rows), np.int64)
    stop_kind = segment.argument(0, rows[begins]).astype(np.int64).view(np.uint64)
    name[begins] = kinds[np.minimum(stop_kind, len(kinds) - 1).astype(np.int64)]
    wide = (segment.running[rows], segment.proc[rows], name, segment.stack(rows))
    return kind, segment.tick[rows], *(column.astype(np.int64) for column in wide)


def join_range_events(segments: Iterable[RangeEventColumns]) -> RangeEventsV1:
    """Return the range events of all segments."""
    range_events = RangeEventsV1(
        *(np.concatenate(columns) for columns in zip(*segments, strict=True))
    )
    # Stop-the-worlds do not overlap.
    begins = np.flatnonzero(range_events.type == Ev.STW_BEGIN)
    ends = np.flatnonzero(range_events.type == Ev.STW_END)
    begin_index = np.searchsorted(begins, ends) - 1
    range_events.goroutine[ends[begin_index >= 0]] = range_events.goroutine[
        begins[begin_index[begin_index >= 0]]
    ]
    return range_events


def find_metric(segment: Segment, kind: EvV1) -> MetricV1:
    """Return the metric that is the first argument of events of a type, in a segment."""
    rows = np.flatnonzero(segment.type == kind)
    rows = rows[np.argsort(segment.tick[rows], kind="stable")]
    return MetricV1(segment.tick[rows], segment.argument(0, rows).astype(np.int64))
