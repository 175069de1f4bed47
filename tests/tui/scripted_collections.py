"""Garbage collections of a made-up case, which are scripted instead of read from a trace."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from flakecore.timeline import (
    Axis,
    CollectionKind,
    Collections,
    CollectionSpan,
)
from flakecore.timeline.lanes.collections import Assists
from tui.scripted_schedule import MS

PAUSES = (
    (CollectionKind.CYCLE, "GC concurrent mark phase", 200, 230),
    (CollectionKind.STOP_THE_WORLD, "stop-the-world (GC sweep termination)", 199, 200),
    (CollectionKind.STOP_THE_WORLD, "stop-the-world (GC mark termination)", 230, 231),
    (CollectionKind.CYCLE, "GC concurrent mark phase", 2200, 2240),
)


class ScriptedCollections(Collections):
    """Answers every query about the collector from ``PAUSES``."""

    def __init__(self) -> None:
        self._spans = tuple(
            CollectionSpan(kind, name, start * MS, end * MS, 34, 0, ())
            for kind, name, start, end in sorted(PAUSES, key=lambda pause: pause[2])
        )

    def spans(
        self, start_ns: int, end_ns: int, kind: CollectionKind | None = None
    ) -> tuple[CollectionSpan, ...]:
        return tuple(
            span
            for span in self._spans
            if span.start_ns <= end_ns and span.end_ns >= start_ns and kind in (None, span.kind)
        )

    def assists(self, start_ns: int, end_ns: int) -> tuple[Assists, ...]:
        inside = start_ns < 212 * MS and end_ns > 210 * MS
        return (Assists(35, 210 * MS, 2, 2 * MS),) if inside else ()

    def heap(self, axis: Axis) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        live = 2_000_000 + (axis.edges[:-1] // MS % 2000) * 1500
        return live, np.full(axis.columns, 6_000_000, np.int64)
