"""Protocol Buffers' wire format, read a column at a time.

A profile holds thousands of small messages of the same form, and a Python loop over their varints
is what makes reading slow. So all messages of one kind are read together: ``fields_of`` reads the
first field of every message, then the second of every message that has one, and so on, each step a
few numpy operations; ``varints_in`` reads all varints of any number of byte ranges at once. The
outermost message, which is one message of many fields, has a module of its own
(``records``); ``each_field`` goes through one field by field.

Format: protobuf.dev/programming-guides/encoding. Nothing here trusts a length.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from flakecore.profile_native.records import read_records
from flakecore.protobuf.records import record_starts

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int64]
Words = NDArray[np.uint64]

VARINT = 0
FIXED64 = 1
LENGTH = 2
FIXED32 = 5

_MOST_RECORDS = 40_000_000
"""Fields of the outermost message; a profile of a large program has some 100,000."""
_TILE = 1 << 16
"""Bytes of varints put together at a time: temporaries stay in the processor's cache."""
_MOST_FIELDS = 20_000
"""Fields of an inner message; a stack of Go's has at most 128 frames, packed in one field."""
_NUMBERS = 1 << 29
"""Field numbers are below this (protobuf.dev/programming-guides/encoding)."""
_VARINT_BYTES = 10


class WireError(ValueError):
    """The bytes are no protocol buffer message; the text is the reason."""


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of many messages: the first field of each, then the second of each, and so on.

    Attributes:
        message: (fields,), which message.
        number: (fields,) int32, the field's number.
        wire: (fields,) uint8, its wire type.
        start: (fields,), where its value begins in the data; a varint's own bytes count as value.
        end: (fields,), where its value ends.
    """

    message: Ints
    number: NDArray[np.int32]
    wire: Bytes
    start: Ints
    end: Ints

    def numbered(self, number: int, *wires: int) -> Fields:
        """Return the fields of one number, message by message, in the order they are written.

        Raises:
            WireError: if one has none of the given wire types.
        """
        chosen = np.flatnonzero(self.number == number)
        message = self.message[chosen]
        if (message[1:] < message[:-1]).any():
            chosen = chosen[np.argsort(message, kind="stable")]
        wire = self.wire[chosen]
        expected = np.zeros(len(chosen), np.bool_)
        for each in wires:
            expected |= wire == each
        if not expected.all():
            raise WireError(f"field {number} has an unexpected type")
        return Fields(
            self.message[chosen],
            self.number[chosen],
            wire,
            self.start[chosen],
            self.end[chosen],
        )

    def varints(self, data: Bytes, number: int, messages: int) -> Words:
        """Return (messages,) values of a varint field; 0 where a message lacks it."""
        chosen = self.numbered(number, VARINT)
        values = np.zeros(messages, np.uint64)
        values[chosen.message] = _varints_at(data, chosen.start, chosen.end)[0]
        return values

    def repeated_varints(self, data: Bytes, number: int, messages: int) -> tuple[Words, Ints]:
        """Return all values of a repeated varint field, packed or not, and (messages,) counts."""
        chosen = self.numbered(number, VARINT, LENGTH)
        values, counts = varints_in(data, chosen.start, chosen.end)
        per_message = np.zeros(messages, np.int64)
        np.add.at(per_message, chosen.message, counts)
        return values, per_message


class Field(NamedTuple):
    """One field of a message: its number, its wire type, and where its value stands."""

    number: int
    wire: int
    start: int
    end: int


def each_field(data: bytes) -> Iterator[Field]:
    """Yield the fields of the message that ``data`` is, one by one.

    Raises:
        WireError: at the first field that makes no sense or is cut off; those before it are good.
    """
    at, size = 0, len(data)
    while at < size:
        tag, at = varint_at(data, at)
        wire, start = tag & 7, at
        if wire == LENGTH:
            length, start = varint_at(data, at)
            at = start + length
        elif wire == VARINT:
            _, at = varint_at(data, at)
        elif wire in (FIXED64, FIXED32):
            at += 8 if wire == FIXED64 else 4
        else:
            raise WireError(f"wire type {wire} at byte {at}")
        if at > size:
            raise WireError(f"a field that ends at byte {at:,} of {size:,}")
        yield Field(tag >> 3, wire, start, at)


def outermost_fields(data: bytes) -> Fields:
    """Return the fields of the message that ``data`` is.

    Raises:
        WireError: if it is none.
    """
    fields, end = fields_until_damage(data)
    if end < len(data):
        raise WireError(f"what stands at byte {end:,} is no field")
    return fields


def fields_until_damage(data: bytes) -> tuple[Fields, int]:
    """Return the fields that ``data`` begins with, and where they end.

    Raises:
        WireError: if there are too many.
    """
    octets = np.frombuffer(data, np.uint8)
    read = read_records(octets)
    if read is not None and len(read.number) <= _MOST_RECORDS:
        return Fields(np.zeros(len(read.number), np.int64), *read), len(octets)
    at, end = record_starts(octets)
    if len(at) > _MOST_RECORDS:
        raise WireError(f"more than {_MOST_RECORDS:,} records")
    ends = np.append(at[1:], end) if len(at) else at
    tag, start = _varints_at(octets, at, ends)
    wire = (tag & np.uint64(7)).astype(np.uint8)
    sized = np.flatnonzero(wire == LENGTH)
    start[sized] = _varints_at(octets, start[sized], ends[sized])[1]
    number = (tag >> np.uint64(3)).astype(np.int32)
    return Fields(np.zeros(len(at), np.int64), number, wire, start, ends), end


def fields_of(data: Bytes, starts: Ints, ends: Ints) -> Fields:
    """Return the fields of the messages that lie at ``data[start:end]``.

    Args:
        data: all the bytes.
        starts: (messages,).
        ends: (messages,), none beyond the data.

    Raises:
        WireError: if one of them is no message.
    """
    active = np.flatnonzero(starts < ends)
    at, limit = starts[active], ends[active]
    rounds: list[tuple[Ints, NDArray[np.int32], Bytes, Ints, Ints]] = []
    while len(active):
        if len(rounds) == _MOST_FIELDS:
            raise WireError(f"a message of more than {_MOST_FIELDS:,} fields")
        tag, start = _varints_at(data, at, limit)
        if (tag >= np.uint64(_NUMBERS << 3)).any() or (tag < 8).any():
            raise WireError("a field with an impossible number")
        wire = (tag & np.uint64(7)).astype(np.uint8)
        end = start.copy()
        kinds = np.flatnonzero(np.bincount(wire, minlength=8)).tolist()
        for kind in kinds:
            chosen = slice(None) if len(kinds) == 1 else wire == kind
            if kind in (FIXED64, FIXED32):
                end[chosen] += 8 if kind == FIXED64 else 4
            elif kind in (VARINT, LENGTH):
                value, after = _varints_at(data, start[chosen], limit[chosen])
                if kind == LENGTH:
                    if (value > (limit[chosen] - after).astype(np.uint64)).any():
                        raise WireError("a field that is longer than its message")
                    start[chosen] = after
                    after = after + value.astype(np.int64)
                end[chosen] = after
            else:
                raise WireError("a field of an impossible type")
        if (end > limit).any():
            raise WireError("a field that is longer than its message")
        rounds.append((active, (tag >> np.uint64(3)).astype(np.int32), wire, start, end))
        more = np.flatnonzero(end < limit)
        active, at, limit = active[more], end[more], limit[more]
    if not rounds:
        none = np.zeros(0, np.int64)
        return Fields(none, none.astype(np.int32), none.astype(np.uint8), none, none)
    return Fields(*(np.concatenate(column) for column in zip(*rounds, strict=True)))


def varints_in(data: Bytes, starts: Ints, ends: Ints) -> tuple[Words, Ints]:
    """Return all varints in the byte ranges ``data[start:end]``, and (ranges,) counts.

    Raises:
        WireError: if a range does not end with a varint's last byte, or a varint is too long.
    """
    tiles = list(varint_tiles(data, starts, ends))
    if not tiles:
        return np.zeros(0, np.uint64), np.zeros(len(starts), np.int64)
    values, counts = zip(*tiles, strict=True)
    return np.concatenate(values), np.concatenate(counts)


def varint_tiles(data: Bytes, starts: Ints, ends: Ints) -> Iterator[tuple[Words, Ints]]:
    """Yield what ``varints_in`` returns, some ranges at a time.

    A range's numbers begin where the byte before it ends one, so all numbers between the first
    byte and the last of some ranges are found by one comparison, and those in ranges picked out.

    Args:
        data: all the bytes.
        starts: (ranges,) ascending; each begins the data or follows a byte below 128.
        ends: (ranges,), none before its start, or beyond the data or the next range's start.
    """
    at = 0
    while at < len(starts):
        begin = int(starts[at])
        stop = max(at + 1, int(np.searchsorted(ends, begin + _TILE, side="right")))
        octets = data[begin : max(begin, int(ends[stop - 1]))]
        last = np.flatnonzero(octets < 0x80).astype(np.int32)
        begins = (starts[at:stop] - begin).astype(np.int32)
        limits = (ends[at:stop] - begin).astype(np.int32)
        at = stop
        filled = limits > begins
        if (octets[limits[filled] - 1] >= 0x80).any():
            raise WireError("a varint that is cut off")
        first = np.searchsorted(last, begins[filled])
        behind = np.searchsorted(last, limits[filled])
        counts = np.zeros(len(begins), np.int64)
        counts[filled] = behind - first
        edges = np.zeros(len(last) + 1, np.int8)
        edges[first] = 1
        edges[behind] -= 1
        inside = np.cumsum(edges[:-1], dtype=np.int8).view(np.bool_)
        size = np.diff(last, prepend=np.int32(-1))[inside]
        end = last[inside]
        values = octets[end].astype(np.uint64)
        longer = np.flatnonzero(size > 1)
        if len(longer) and int(size[longer].max()) > _VARINT_BYTES:
            raise WireError("a varint of more than ten bytes")
        for back in range(1, _VARINT_BYTES):
            if not len(longer):
                break
            octet = octets[end[longer] - back] & 0x7F
            values[longer] = values[longer] << np.uint64(7) | octet
            longer = longer[size[longer] > back + 1]
        yield values, counts


def _varints_at(data: Bytes, at: Ints, limit: Ints) -> tuple[Words, Ints]:
    """Return the varints that begin at ``at``, and where they end, none beyond ``limit``."""
    if (at >= limit).any():
        raise WireError("a varint that is cut off")
    octets = data[at]
    values = (octets & 0x7F).astype(np.uint64)
    ends = at + 1
    unfinished = np.flatnonzero(octets >= 0x80)
    for size in range(1, _VARINT_BYTES):
        if not len(unfinished):
            return values, ends
        position = at[unfinished] + size
        if (position >= limit[unfinished]).any():
            raise WireError("a varint that is cut off")
        octets = data[position]
        values[unfinished] |= (octets & 0x7F).astype(np.uint64) << np.uint64(7 * size)
        ends[unfinished] += 1
        unfinished = unfinished[octets >= 0x80]
    if len(unfinished):
        raise WireError("a varint of more than ten bytes")
    return values, ends


def varint_at(data: bytes, at: int) -> tuple[int, int]:
    """Return the varint that begins at ``at``, and where it ends."""
    value = 0
    for size, octet in enumerate(data[at : at + _VARINT_BYTES]):
        value |= (octet & 0x7F) << (7 * size)
        if octet < 0x80:
            return value, at + size + 1
    raise WireError(f"a varint at byte {at:,} that is cut off or too long")
