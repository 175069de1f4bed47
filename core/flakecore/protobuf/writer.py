"""Protocol Buffers' wire format, written a column at a time.

Many messages of one form are written together: a field of all of them is a matrix of bytes, a row
a message, beside a matrix that has which of these bytes are there, for a varint has as many as its
number needs. Fields side by side are one wider matrix, and what is there of it, row by row, is the
messages one after another. So a message costs a few numpy operations shared with all others.

Single messages have ``varint_fields`` and ``message``.

Format: protobuf.dev/programming-guides/encoding.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from flakecore.protobuf.reader import FIXED64, LENGTH, VARINT, Ints, Words

Flags = NDArray[np.bool_]


class FieldColumn(NamedTuple):
    """One field, or several side by side, of many messages.

    Attributes:
        octets: (messages, width) uint8.
        there: (messages, width) bool, which of these bytes are written.
    """

    octets: NDArray[np.uint8]
    there: Flags


def varint_column(number: int, values: NDArray[np.integer], present: Flags) -> FieldColumn:
    """Return a varint field of many messages.

    Args:
        number: the field's number.
        values: (messages,), as uint64; a negative number is its two's complement.
        present: (messages,), whether a message has the field.
    """
    tag = np.frombuffer(varint(number << 3 | VARINT), np.uint8)
    return _field(tag, _varint_octets(values.astype(np.uint64, copy=False)), present)


def fixed64_column(number: int, values: NDArray[np.integer], present: Flags) -> FieldColumn:
    """Return a field of eight bytes of many messages; arguments as for ``varint_column``."""
    tag = np.frombuffer(varint(number << 3 | FIXED64), np.uint8)
    octets = values.astype("<u8").view(np.uint8).reshape(len(values), 8)
    return _field(tag, FieldColumn(octets, np.ones(octets.shape, np.bool_)), present)


def message_column(number: int, parts: Sequence[FieldColumn], present: Flags) -> FieldColumn:
    """Return a field that is a message, of many messages.

    Args:
        number: the field's number.
        parts: the fields of that message.
        present: (messages,), whether a message has the field.
    """
    inner = _side_by_side(parts)
    tag = np.frombuffer(varint(number << 3 | LENGTH), np.uint8)
    sizes = inner.there.sum(axis=1)
    return _field(tag, _side_by_side([_varint_octets(sizes.astype(np.uint64)), inner]), present)


def written(parts: Sequence[FieldColumn]) -> bytes:
    """Return the bytes of many messages, one after another, by their fields."""
    whole = _side_by_side(parts)
    return whole.octets[whole.there].tobytes()


def _side_by_side(parts: Sequence[FieldColumn]) -> FieldColumn:
    octets, there = zip(*parts, strict=True)
    return FieldColumn(np.concatenate(octets, axis=1), np.concatenate(there, axis=1))


def _field(tag: NDArray[np.uint8], content: FieldColumn, present: Flags) -> FieldColumn:
    """Return a field: its tag, then its content, both only where it is present."""
    if not present.any():
        return FieldColumn(content.octets[:, :0], content.there[:, :0])
    count, width = content.octets.shape
    octets = np.empty((count, len(tag) + width), np.uint8)
    octets[:, : len(tag)] = tag
    octets[:, len(tag) :] = content.octets
    there = np.empty(octets.shape, np.bool_)
    there[:, : len(tag)] = present[:, None]
    there[:, len(tag) :] = content.there & present[:, None]
    return FieldColumn(octets, there)


def _varint_octets(values: Words) -> FieldColumn:
    """Return varints, a row each, as wide as the longest of them."""
    sizes = varint_sizes(values)
    width = int(sizes.max(initial=1))
    octets = np.empty((len(values), width), np.uint8)
    there = np.empty(octets.shape, np.bool_)
    for place in range(width):
        more = (sizes > place + 1).astype(np.uint8) << 7
        octets[:, place] = (values >> np.uint64(7 * place)).astype(np.uint8) & 0x7F | more
        there[:, place] = sizes > place
    return FieldColumn(octets, there)


def varint_sizes(values: Words) -> Ints:
    """Return how many bytes each varint has."""
    sizes = np.ones(len(values), np.int64)
    for bits in range(7, 64, 7):
        more = values >= np.uint64(1 << bits)
        if not more.any():
            break
        sizes += more
    return sizes


def varints(values: Words) -> bytes:
    """Return the varints of some numbers, one after another."""
    sizes = varint_sizes(values)
    ends = np.cumsum(sizes)
    octets = np.zeros(int(ends[-1]) if len(ends) else 0, np.uint8)
    at = ends - sizes
    left = np.arange(len(values))
    for place in range(10):
        octet = (values[left] >> np.uint64(7 * place)).astype(np.uint8) & 0x7F
        more = sizes[left] > place + 1
        octets[at[left] + place] = octet | (more.astype(np.uint8) << 7)
        left = left[more]
        if not len(left):
            break
    return octets.tobytes()


def varint_fields(*fields: tuple[int, int]) -> bytes:
    """Return varint fields by number and value; those that are 0 are left out, as in proto3."""
    flat = [n for field, value in fields if value for n in (field << 3, value % (1 << 64))]
    return b"".join(varint(n) for n in flat)


def message(field: int, content: bytes) -> bytes:
    """Return a field that is a message, a text or bytes."""
    return varint(field << 3 | LENGTH) + varint(len(content)) + content


def varint(value: int) -> bytes:
    """Return one varint."""
    octets = bytearray()
    while value >= 0x80:
        octets.append(value & 0x7F | 0x80)
        value >>= 7
    octets.append(value)
    return bytes(octets)
