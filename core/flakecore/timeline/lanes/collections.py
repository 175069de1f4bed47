"""GC cycles, sweeps, mark assists and stop-the-worlds of a trace, and its heap metrics."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace import Metric, RangeKind, Stack, Trace
from flakecore.timeline.lanes.folded_time import Axis


class CollectionKind(StrEnum):
    """What a collection span is of."""

    CYCLE = "cycle"
    STOP_THE_WORLD = "stop-the-world"
    SWEEP = "sweep"
    ASSIST = "assist"


KIND_OF_RANGE = {
    RangeKind.COLLECTION: CollectionKind.CYCLE,
    RangeKind.STOP_THE_WORLD: CollectionKind.STOP_THE_WORLD,
    RangeKind.SWEEP: CollectionKind.SWEEP,
    RangeKind.ASSIST: CollectionKind.ASSIST,
}
_NAMES = {
    CollectionKind.CYCLE: "GC concurrent mark phase",
    CollectionKind.SWEEP: "GC incremental sweep",
    CollectionKind.ASSIST: "GC mark assist",
}
"""The names of ``src/internal/trace/event.go`` (rangeTypes)."""


@dataclass(frozen=True, slots=True)
class CollectionSpan:
    """One phase of a garbage collection, or one stop of the world.

    Attributes:
        kind: a phase, or a stop.
        name: Go's own name for it: "stop-the-world (GC mark termination)".
        goroutine: the goroutine that began it; 0 for none.
        proc: the proc on which it ran; -1 for none.
        start_ns, end_ns: since the case began.
        stack: where it began; empty where the trace has none.
    """

    kind: CollectionKind
    name: str
    start_ns: int
    end_ns: int
    goroutine: int
    proc: int
    stack: Stack

    @property
    def duration_ns(self) -> int:
        """Length of the span."""
        return self.end_ns - self.start_ns


@dataclass(frozen=True, slots=True)
class Assists:
    """The mark assists of one goroutine: marking that it does because it allocates.

    Attributes:
        goroutine: its number.
        first_ns: when the first of its assists began.
        count: how many there were.
        assisted_ns: how long they took together within the window.
    """

    goroutine: int
    first_ns: int
    count: int
    assisted_ns: int


class Collections:
    """Queries over a trace's GC and stop-the-world ranges and its heap metrics."""

    def __init__(self, trace: Trace) -> None:
        """Query ``trace``; nothing is copied."""
        self._trace = trace

    def spans(
        self, start_ns: int, end_ns: int, kind: CollectionKind | None = None
    ) -> tuple[CollectionSpan, ...]:
        """Return the spans that touch a window, in order of their beginning."""
        ranges = self._trace.ranges
        until = int(np.searchsorted(ranges.start, end_ns, side="right"))
        touching = ranges.end[:until] >= start_ns
        if kind is not None:
            wanted = next(number for number, name in KIND_OF_RANGE.items() if name is kind)
            touching &= ranges.kind[:until] == wanted
        return tuple(self._span(row) for row in np.flatnonzero(touching).tolist())

    def heap(self, axis: Axis) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return live heap (its highest in each column) and heap goal in bytes; -1 if unknown."""
        edges = axis.edges
        return _highest(self._trace.heap, edges), _highest(self._trace.heap_goal, edges)

    def assists(self, start_ns: int, end_ns: int) -> tuple[Assists, ...]:
        """Return the mark assists that touch a window, by goroutine, the longest first."""
        ranges = self._trace.ranges
        until = int(np.searchsorted(ranges.start, end_ns, side="right"))
        touching = ranges.kind[:until] == RangeKind.ASSIST
        touching &= ranges.end[:until] >= start_ns
        rows = np.flatnonzero(touching)
        numbers, first, which = np.unique(
            ranges.goroutine[rows], return_index=True, return_inverse=True
        )
        begin = np.maximum(ranges.start[rows], start_ns)
        length = np.minimum(ranges.end[rows], end_ns) - begin
        count = np.bincount(which, minlength=len(numbers))
        # Sums of float64 are exact below 2**53 ns, a hundred days.
        spent = np.bincount(which, weights=length, minlength=len(numbers)).astype(np.int64)
        return tuple(
            Assists(int(numbers[row]), int(begin[first[row]]), int(count[row]), int(spent[row]))
            for row in np.argsort(-spent, kind="stable").tolist()
        )

    def _span(self, row: int) -> CollectionSpan:
        ranges, table = self._trace.ranges, self._trace.table
        kind = RangeKind(int(ranges.kind[row]))
        return CollectionSpan(
            kind=KIND_OF_RANGE[kind],
            name=range_name(kind, table.string(int(ranges.name[row]))),
            start_ns=int(ranges.start[row]),
            end_ns=int(ranges.end[row]),
            goroutine=max(int(ranges.goroutine[row]), 0),
            proc=int(ranges.proc[row]),
            stack=table.stack(int(ranges.stack[row])),
        )


def range_name(kind: RangeKind, reason: str) -> str:
    """Return Go's name of a range; ``reason`` is that of a stop of the world, "" if unknown."""
    name = _NAMES.get(KIND_OF_RANGE[kind], "stop-the-world")
    return f"{name} ({reason})" if kind is RangeKind.STOP_THE_WORLD and reason else name


def _highest(metric: Metric, edges: NDArray[np.int64]) -> NDArray[np.int64]:
    columns = len(edges) - 1
    if not len(metric.time):
        return np.full(columns, -1, np.int64)
    index = np.searchsorted(metric.time, edges, side="right")
    # What a column begins with was set before it; what is set inside it may be higher.
    carried = np.where(index[:-1] > 0, metric.value[np.maximum(index[:-1] - 1, 0)], -1)
    filled = index[1:] > index[:-1]
    highest = carried.copy()
    if filled.any():
        bounds = np.stack((index[:-1][filled], index[1:][filled]), axis=1).ravel()
        value = np.append(metric.value, np.iinfo(np.int64).min)
        highest[filled] = np.maximum(carried[filled], np.maximum.reduceat(value, bounds)[::2])
    return highest
