"""Protocol Buffers' wire format, read a column at a time.

A profile holds thousands of small messages of the same form, and a Python loop over their varints
is what makes reading slow. So all messages of one kind are read together: ``fields_of`` reads the
first field of every message, then the second of every message that has one, and so on, each step a
few numpy operations; ``varints_in`` reads all varints of any number of byte ranges at once. Only
the outermost message, which is one message of many fields, is walked by a loop (``walk``).

Format: protobuf.dev/programming-guides/encoding. Nothing here trusts a length.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int64]
Words = NDArray[np.uint64]

VARINT = 0
FIXED64 = 1
LENGTH = 2
FIXED32 = 5

_MOST_RECORDS = 4_000_000
"""Fields of the outermost message; a profile of a large program has some 100,000."""
_MOST_FIELDS = 20_000
"""Fields of an inner message; a stack of Go's has at most 128 frames, packed in one field."""
_NUMBERS = 1 << 29
_VARINT_BYTES = 10


class WireError(ValueError):
    """The bytes are no protocol buffer message; the text is the reason."""


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of many messages, message by message, each in the order it is written.

    Attributes:
        message: (fields,), which message.
        number: (fields,), the field's number.
        wire: (fields,), its wire type.
        start: (fields,), where its value begins in the data; a varint's own bytes count as value.
        end: (fields,), where its value ends.
    """

    message: Ints
    number: Ints
    wire: Ints
    start: Ints
    end: Ints

    def numbered(self, number: int, *wires: int) -> Fields:
        """Return the fields of one number, which must have one of the given wire types."""
        chosen = self.number == number
        if not np.isin(self.wire[chosen], wires).all():
            raise WireError(f"field {number} has an unexpected type")
        return Fields(
            self.message[chosen],
            self.number[chosen],
            self.wire[chosen],
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


def walk(data: bytes) -> Iterator[Field]:
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
    numbers: list[int] = []
    wires: list[int] = []
    starts: list[int] = []
    ends: list[int] = []
    for number, wire, start, end in walk(data):
        numbers.append(number)
        wires.append(wire)
        starts.append(start)
        ends.append(end)
        if len(numbers) > _MOST_RECORDS:
            raise WireError(f"more than {_MOST_RECORDS:,} records")
    if any(not 0 < number < _NUMBERS for number in numbers):
        raise WireError("a field with an impossible number")
    return Fields(
        np.zeros(len(numbers), np.int64),
        np.array(numbers, np.int64),
        np.array(wires, np.int64),
        np.array(starts, np.int64),
        np.array(ends, np.int64),
    )


def fields_of(data: Bytes, starts: Ints, ends: Ints) -> Fields:
    """Return the fields of the messages that lie at ``data[start:end]``.

    Args:
        data: all the bytes.
        starts: (messages,).
        ends: (messages,), none beyond the data.

    Raises:
        WireError: if one of them is no message.
    """
    at = starts.copy()
    active = np.flatnonzero(at < ends)
    rounds: list[tuple[Ints, Ints, Ints, Ints, Ints]] = []
    while len(active):
        if len(rounds) == _MOST_FIELDS:
            raise WireError(f"a message of more than {_MOST_FIELDS:,} fields")
        limit = ends[active]
        tag, start = _varints_at(data, at[active], limit)
        wire = (tag & np.uint64(7)).astype(np.int64)
        number = (tag >> np.uint64(3)).astype(np.int64)
        possible = (number > 0) & (number < _NUMBERS)
        if not (possible & np.isin(wire, (VARINT, FIXED64, LENGTH, FIXED32))).all():
            raise WireError("a field with an impossible number or type")
        end = start + np.where(wire == FIXED64, 8, 4)
        for kind in (VARINT, LENGTH):
            chosen = np.flatnonzero(wire == kind)
            value, after = _varints_at(data, start[chosen], limit[chosen])
            if kind == LENGTH:
                if (value > (limit[chosen] - after).astype(np.uint64)).any():
                    raise WireError("a field that is longer than its message")
                start[chosen] = after
                after = after + value.astype(np.int64)
            end[chosen] = after
        if (end > limit).any():
            raise WireError("a field that is longer than its message")
        rounds.append((active, number, wire, start, end))
        at[active] = end
        active = active[end < limit]
    columns = [np.concatenate(column) for column in zip(*rounds, strict=True)] if rounds else []
    if not columns:
        columns = [np.zeros(0, np.int64)] * 5
    order = np.argsort(columns[0], kind="stable")
    return Fields(*(column[order] for column in columns))


def varints_in(data: Bytes, starts: Ints, ends: Ints) -> tuple[Words, Ints]:
    """Return all varints in the byte ranges ``data[start:end]``, and (ranges,) counts.

    Raises:
        WireError: if a range does not end with a varint's last byte, or a varint is too long.
    """
    lengths = ends - starts
    offsets = np.cumsum(lengths) - lengths
    total = int(lengths.sum())
    if not total:
        return np.zeros(0, np.uint64), np.zeros(len(starts), np.int64)
    where = np.arange(total) + np.repeat(starts - offsets, lengths)
    octets = data[where]
    last = octets < 0x80
    filled = lengths > 0
    if not last[(offsets + lengths - 1)[filled]].all():
        raise WireError("a varint that is cut off")
    last_at = np.flatnonzero(last)
    first_at = np.concatenate([[0], last_at[:-1] + 1])
    sizes = last_at - first_at + 1
    if int(sizes.max()) > _VARINT_BYTES:
        raise WireError("a varint of more than ten bytes")
    shift = (np.arange(total) - np.repeat(first_at, sizes)) * 7
    groups = (octets & 0x7F).astype(np.uint64) << shift.astype(np.uint64)
    values = np.bitwise_or.reduceat(groups, first_at)
    ended = np.concatenate([[0], np.cumsum(last)])
    return values, (ended[offsets + lengths] - ended[offsets]).astype(np.int64)


def _varints_at(data: Bytes, at: Ints, limit: Ints) -> tuple[Words, Ints]:
    """Return the varints that begin at ``at``, and where they end, none beyond ``limit``."""
    values = np.zeros(len(at), np.uint64)
    ends = at.copy()
    unfinished = np.arange(len(at))
    for size in range(_VARINT_BYTES):
        position = at[unfinished] + size
        if (position >= limit[unfinished]).any():
            raise WireError("a varint that is cut off")
        octets = data[position]
        values[unfinished] |= (octets & 0x7F).astype(np.uint64) << np.uint64(7 * size)
        last = octets < 0x80
        ends[unfinished[last]] = position[last] + 1
        unfinished = unfinished[~last]
        if not len(unfinished):
            return values, ends
    raise WireError("a varint of more than ten bytes")


def varint_at(data: bytes, at: int) -> tuple[int, int]:
    """Return the varint that begins at ``at``, and where it ends."""
    value = 0
    for size, octet in enumerate(data[at : at + _VARINT_BYTES]):
        value |= (octet & 0x7F) << (7 * size)
        if octet < 0x80:
            return value, at + size + 1
    raise WireError(f"a varint at byte {at:,} that is cut off or too long")
