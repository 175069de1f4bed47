"""Perfetto's packets: descriptors of tracks one by one, events on them in columns, interned texts.

All packets are of one sequence. A text that many events share is interned: it is written once and
has a number from then on, of a kind of its own (names, places, annotations).

Format: ``protos/perfetto/trace/trace_packet.proto``, ``track_event/track_event.proto``,
``track_event/track_descriptor.proto`` and ``interned_data/interned_data.proto`` of Perfetto.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from flakecore.protobuf.writer import (
    fixed64_column,
    message,
    message_column,
    varint_column,
    varint_fields,
    written,
)

Ints = NDArray[np.int64]

_PACKET = 1
_TIMESTAMP, _SEQUENCE, _TRACK_EVENT, _INTERNED, _FLAGS, _TRACK = 8, 10, 11, 12, 13, 60
_SEQUENCE_NUMBER, _CLEARED, _NEEDS_INTERNED = 1, 1, 2
_BATCH = 1 << 15
"""Events that become bytes at a time: their matrices of some 60 bytes an event are 4 MB."""


class EventType(IntEnum):
    """``TrackEvent.Type``."""

    BEGIN = 1
    END = 2
    INSTANT = 3
    COUNTER = 4


class Interned(IntEnum):
    """Kinds of interned texts, each with the number of its field in ``InternedData``."""

    CATEGORY = 1
    NAME = 2
    ANNOTATION = 3
    ANNOTATION_VALUE = 29


class Annotation(IntEnum):
    """What an event may be annotated with, by the number of the annotation's interned name."""

    REASON = 1
    STACK = 2
    KNOWN = 3
    ERROR_NS = 4


@dataclass(frozen=True, slots=True)
class TrackEvents:
    """Events in the order in which they are written; every column (n,) int64.

    Attributes:
        time: nanoseconds, not negative.
        type: ``EventType``.
        track: number of the track.
        category, name: numbers of interned texts; 0 for none.
        place: number of an interned place in the source; 0 for none.
        reason, stack: numbers of interned values of annotations; 0 for none.
        flow: number of the flow that leaves it; 0 for none.
        arriving: number of the flow that ends in it; 0 for none.
        value: of a counter.
    """

    time: Ints
    type: Ints
    track: Ints
    category: Ints
    name: Ints
    place: Ints
    reason: Ints
    stack: Ints
    flow: Ints
    arriving: Ints
    value: Ints

    @classmethod
    def of(cls, time: Ints, **columns: Ints | int) -> TrackEvents:
        """Return events of some columns or single values; the others are 0."""
        given = {"time": time, **columns}
        return cls(
            *(
                np.broadcast_to(np.asarray(given.get(each.name, 0), np.int64), len(time))
                for each in fields(cls)
            )
        )

    def take(self, rows: NDArray[np.generic] | slice) -> TrackEvents:
        """Return some of the events."""
        return TrackEvents(*(getattr(self, each.name)[rows] for each in fields(self)))

    def __len__(self) -> int:
        return len(self.time)


def event_packets(events: TrackEvents) -> bytes:
    """Return a packet for each event."""
    return b"".join(
        _packets(events.take(slice(at, at + _BATCH))) for at in range(0, len(events), _BATCH)
    )


def _packets(events: TrackEvents) -> bytes:
    always = np.ones(len(events), np.bool_)
    same = np.ones(len(events), np.uint64)
    annotations = [
        message_column(
            4,
            [varint_column(1, same * int(kind), always), varint_column(17, values, always)],
            values > 0,
        )
        for kind, values in (
            (Annotation.REASON, events.reason),
            (Annotation.STACK, events.stack),
        )
    ]
    event = [
        varint_column(9, events.type, always),
        varint_column(11, events.track, always),
        varint_column(3, events.category, events.category > 0),
        varint_column(10, events.name, events.name > 0),
        varint_column(34, events.place, events.place > 0),
        varint_column(30, events.value, events.type == EventType.COUNTER),
        fixed64_column(47, events.flow, events.flow > 0),
        fixed64_column(48, events.arriving, events.arriving > 0),
        *annotations,
    ]
    packet = [
        varint_column(_TIMESTAMP, events.time, always),
        varint_column(_SEQUENCE, same * _SEQUENCE_NUMBER, always),
        varint_column(_FLAGS, same * _NEEDS_INTERNED, always),
        message_column(_TRACK_EVENT, event, always),
    ]
    return written([message_column(_PACKET, packet, always)])


def text_instant(
    time_ns: int, track: int, category: int, name: str, known: str = "", off_ns: int = 0
) -> bytes:
    """Return the packet of an instant whose name no other event shares.

    Args:
        time_ns: when it was, not negative.
        track: number of its track.
        category: number of its interned category.
        name: what it is called.
        known: how its time is known; "" where there is no need of that.
        off_ns: how far off the time may be.
    """
    event = varint_fields((9, EventType.INSTANT), (11, track), (3, category))
    event += message(23, utf_8(name))
    if known:
        event += message(4, varint_fields((1, Annotation.KNOWN)) + message(6, utf_8(known)))
        event += message(4, varint_fields((1, Annotation.ERROR_NS), (4, off_ns)))
    return _one_packet(
        varint_fields((_TIMESTAMP, time_ns), (_FLAGS, _NEEDS_INTERNED))
        + message(_TRACK_EVENT, event)
    )


def first_packet() -> bytes:
    """Return the packet that begins the sequence: nothing is interned before it."""
    return _one_packet(varint_fields((_FLAGS, _CLEARED), (87, 1)))


def interned_packet(content: bytes) -> bytes:
    """Return a packet of what is interned; "" without any."""
    if not content:
        return b""
    flags = varint_fields((_FLAGS, _NEEDS_INTERNED))
    return _one_packet(flags + message(_INTERNED, content))


def interned_text(kind: Interned, number: int, text: str) -> bytes:
    """Return one interned text, a part of what ``interned_packet`` takes."""
    return message(kind, varint_fields((1, number)) + message(2, utf_8(text)))


def interned_place(number: int, function: str, file: str, line: int) -> bytes:
    """Return one interned place in the source, a part of what ``interned_packet`` takes."""
    content = varint_fields((1, number)) + message(2, utf_8(file)) + message(3, utf_8(function))
    return message(4, content + varint_fields((4, max(line, 0))))


def track_packet(
    track: int, name: str, *, parent: int = 0, rank: int = 0, ordered: bool = False, unit: int = 0
) -> bytes:
    """Return the packet that describes a track.

    Args:
        track: its number, above 0.
        name: what it is called.
        parent: number of the track that it is shown below; 0 for none.
        rank: its place among the tracks below that parent, where these are ordered.
        ordered: whether the tracks below it have places.
        unit: of a counter, ``CounterDescriptor.Unit``; 0 for a track of other events.
    """
    content = varint_fields((1, track), (5, parent), (11, 3 if ordered else 0), (12, rank))
    content += message(2, utf_8(name))
    if unit:
        content += message(8, varint_fields((3, unit)))
    return _one_packet(message(_TRACK, content))


def utf_8(text: str) -> bytes:
    """Return a text in UTF-8; what stands for a byte that is none becomes a question mark."""
    return text.encode("utf-8", "replace")


def _one_packet(content: bytes) -> bytes:
    return message(_PACKET, varint_fields((_SEQUENCE, _SEQUENCE_NUMBER)) + content)
