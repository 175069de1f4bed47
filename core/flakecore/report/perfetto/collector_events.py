"""Collections, stops of the world and the heap as events on tracks."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace import Metric, RangeKind, Trace
from flakecore.report.perfetto.names import COLLECTOR_NAMES, Category
from flakecore.report.perfetto.packets import (
    EventType,
    Interned,
    TrackEvents,
    event_packets,
    interned_packet,
    interned_text,
)
from flakecore.report.perfetto.tracks import Root, TrackKind, Tracks, track_of
from flakecore.text.printable import printable
from flakecore.timeline.lanes.collections import range_name

Ints = NDArray[np.int64]

_ROWS = 1 << 18
"""Events that are taken together: some 50 MB with all that comes of them."""


def collector_pieces(
    trace: Trace, tracks: Tracks, window: tuple[int, int], shift_ns: int
) -> Iterator[bytes]:
    """Yield packets of what the collector did and of the stops of the world in a window.

    Args:
        trace: the trace.
        tracks: describes the tracks.
        window: first and last moment.
        shift_ns: what is added to all times.
    """
    ranges = trace.ranges
    until = int(np.searchsorted(ranges.start, window[1], side="right"))
    rows = np.flatnonzero(ranges.end[:until] >= window[0])
    named = ranges.name[rows].astype(np.int64) * len(RangeKind) + ranges.kind[rows]
    names, which = np.unique(named, return_inverse=True)
    numbers = COLLECTOR_NAMES.start + np.minimum(np.arange(len(names)), len(COLLECTOR_NAMES) - 1)
    content = []
    for number, name in zip(COLLECTOR_NAMES, names.tolist(), strict=False):
        kind = RangeKind(name % len(RangeKind))
        text = printable(range_name(kind, trace.table.string(name // len(RangeKind))))
        content.append(interned_text(Interned.NAME, number, text))
    yield interned_packet(b"".join(content))
    for at in range(0, len(rows), _ROWS):
        part = rows[at : at + _ROWS]
        place = np.full(len(part), int(Root.CYCLES), np.int64)
        place[ranges.kind[part] == RangeKind.STOP_THE_WORLD] = Root.STOPS
        for kind, lanes, numbers_of in (
            (RangeKind.SWEEP, TrackKind.SWEEP, ranges.proc),
            (RangeKind.ASSIST, TrackKind.ASSIST, ranges.goroutine),
        ):
            of_kind = np.flatnonzero(ranges.kind[part] == kind)
            found = np.maximum(numbers_of[part[of_kind]].astype(np.int64), 0)
            yield from tracks.lanes(lanes, found)
            place[of_kind] = track_of(lanes, found)
        times = np.stack((ranges.start[part], ranges.end[part]), axis=1).ravel() + shift_ns
        begins = np.tile([1, 0], len(part))
        yield event_packets(
            TrackEvents.of(
                times,
                type=np.where(begins, int(EventType.BEGIN), int(EventType.END)),
                track=np.repeat(place, 2),
                category=begins * int(Category.COLLECTOR),
                name=np.repeat(numbers[which[at : at + _ROWS]], 2) * begins,
            )
        )


def counter_pieces(
    root: Root, metric: Metric, tracks: Tracks, window: tuple[int, int], shift_ns: int
) -> Iterator[bytes]:
    """Yield packets of the values of a metric in a window, the one that it began with first."""
    begin, end = np.searchsorted(metric.time, [window[0], window[1] + 1]).tolist()
    begin = max(begin - 1, 0)
    if begin < end:
        yield tracks.once(root)
    for at in range(begin, end, _ROWS):
        part = slice(at, min(at + _ROWS, end))
        yield event_packets(
            TrackEvents.of(
                metric.time[part].astype(np.int64) + shift_ns,
                type=int(EventType.COUNTER),
                track=int(root),
                value=metric.value[part].astype(np.int64),
            )
        )
