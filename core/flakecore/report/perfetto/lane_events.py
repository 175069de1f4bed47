"""Lanes as events on tracks: what each was in, and who made whom go on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace import Intervals, State, Trace
from flakecore.report.perfetto.lane_rows import LaneRows, lane_rows
from flakecore.report.perfetto.names import (
    CREATES,
    WAKES,
    Category,
    goroutine_of_name,
    is_goroutine_name,
    name_of_goroutine,
    name_of_state,
)
from flakecore.report.perfetto.packets import (
    EventType,
    Interned,
    TrackEvents,
    event_packets,
    interned_packet,
    interned_place,
    interned_text,
)
from flakecore.report.perfetto.tracks import TrackKind, Tracks, track_of
from flakecore.text.printable import printable, printable_lines
from flakecore.timeline.tables.columns import stack_place

Ints = NDArray[np.int64]

_IS_WAIT = np.array([state.waiting for state in State], np.bool_)


_CATEGORIES = {
    TrackKind.GOROUTINE: Category.GOROUTINE,
    TrackKind.PROC: Category.PROC,
    TrackKind.THREAD: Category.THREAD,
}


class LaneEvents:
    """Makes the events of the lanes of a trace."""

    def __init__(self, trace: Trace, tracks: Tracks, package: str, shift_ns: int) -> None:
        """Take a trace.

        Args:
            trace: the trace.
            tracks: describes the tracks.
            package: import path of the package under test.
            shift_ns: what is added to all times, so that none is negative.
        """
        self._trace = trace
        self._tracks = tracks
        self._package = package
        self._shift = shift_ns
        self._flows = 0
        self._interned: set[tuple[str, int]] = set()

    def pieces(
        self,
        kind: TrackKind,
        intervals: Intervals,
        window: tuple[int, int],
        lanes: Ints | None = None,
    ) -> Iterator[bytes]:
        """Yield packets of the intervals of one kind of lane that touch a window.

        Args:
            kind: the kind of lane.
            intervals: those of it.
            window: first and last moment.
            lanes: only these; None for all.
        """
        for rows in lane_rows(intervals, *window):
            chosen = rows if lanes is None else rows.take(np.flatnonzero(np.isin(rows.lane, lanes)))
            if len(chosen):
                yield from self._piece(kind, chosen)

    def _piece(self, kind: TrackKind, rows: LaneRows) -> Iterator[bytes]:
        yield from self._tracks.lanes(kind, rows.lane)
        wait = _IS_WAIT[rows.state]
        stack = np.where(wait, rows.stack, 0)
        names = name_of_state(rows.state)
        if kind is not TrackKind.GOROUTINE:
            shown = (rows.state == State.RUNNING) & (rows.goroutine > 0)
            names = np.where(shown, name_of_goroutine(rows.goroutine), names)
        yield self._texts(rows, stack, names)
        arriving = np.zeros(len(rows), np.int64)
        if kind is TrackKind.GOROUTINE:
            acted = np.flatnonzero(rows.woken | rows.created)
            arriving[acted] = self._flows + 1 + np.arange(len(acted))
            self._flows += len(acted)
            yield from self._tracks.lanes(TrackKind.GOROUTINE, rows.actor[acted])
            yield event_packets(
                # Where flows begin comes before where they end, at the same moment too.
                TrackEvents.of(
                    rows.start[acted] + self._shift,
                    type=EventType.INSTANT,
                    track=track_of(TrackKind.GOROUTINE, rows.actor[acted]),
                    category=Category.WAKE,
                    name=np.where(rows.woken[acted], WAKES, CREATES),
                    place=rows.stack[acted],
                    flow=arriving[acted],
                )
            )
        events = TrackEvents.of(
            np.stack((rows.start, rows.end), axis=1).ravel() + self._shift,
            type=np.tile([EventType.BEGIN, EventType.END], len(rows)),
            track=np.repeat(track_of(kind, rows.lane), 2),
            category=_begins(np.full(len(rows), int(_CATEGORIES[kind]))),
            name=_begins(names),
            place=_begins(rows.stack),
            reason=_begins(np.where(rows.reason > 0, 2 * rows.reason, 0)),
            stack=_begins(np.where(stack > 0, 2 * stack + 1, 0)),
            arriving=_begins(arriving),
        )
        # What nothing had ended when the trace stopped has no end.
        ended = np.ones(2 * len(rows), np.bool_)
        ended[1::2] = ~rows.last
        yield event_packets(events if ended.all() else events.take(np.flatnonzero(ended)))

    def _texts(self, rows: LaneRows, stacks: Ints, names: Ints) -> bytes:
        """Return the packet of what rows refer to and was not interned yet."""
        table, content = self._trace.table, []
        for number in self._new("place", rows.stack):
            place = stack_place(table.stack(number), self._package)
            shown = (printable(place.function), printable(place.file), place.line)
            content.append(interned_place(number, *shown))
        for number in self._new("stack", stacks):
            text = printable_lines(stack_place(table.stack(number), self._package).stack)
            content.append(interned_text(Interned.ANNOTATION_VALUE, 2 * number + 1, text))
        for number in self._new("reason", rows.reason):
            text = printable(table.string(number))
            content.append(interned_text(Interned.ANNOTATION_VALUE, 2 * number, text))
        for number in self._new("name", names[is_goroutine_name(names)]):
            text = self._tracks.goroutine_name(goroutine_of_name(number))
            content.append(interned_text(Interned.NAME, number, text))
        return interned_packet(b"".join(content))

    def _new(self, kind: str, numbers: Ints) -> Iterator[int]:
        for number in np.unique(numbers[numbers > 0]).tolist():
            if (kind, number) not in self._interned:
                self._interned.add((kind, number))
                yield number


def _begins(values: Ints) -> Ints:
    """Return a column for beginnings and ends in turn, 0 for the ends."""
    both = np.zeros(2 * len(values), np.int64)
    both[::2] = values
    return both
