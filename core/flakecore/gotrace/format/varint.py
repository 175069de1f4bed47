"""LEB128 numbers, a whole column at a time.

Every byte below 128 ends a number, so the ends of all numbers in a buffer are one comparison
away, and number *k* is the bytes between end *k-1* and end *k*. Only the numbers that are asked
for are ever put together, from their first byte on; who has their offsets needs no ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.native.event_reader import read_numbers

MAX_BYTES = 10
"""Longest encoding of a 64-bit number (``encoding/binary``)."""
_SHORT = 4
"""Bytes whose seven bits each fit 32 with room for a sign."""
_TILE = 1 << 20
"""Bytes looked at together: temporaries of a tile stay in the processor's cache."""
_ASKED = 1 << 15
"""Numbers put together at a time, for the same reason."""

IntColumn: TypeAlias = NDArray[np.signedinteger[Any]]
"""Integers, (n,), int32 wherever the values allow it: offsets in a buffer, indices of a table."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """The numbers in a buffer.

    Attributes:
        buffer: uint8, (bytes,).
        ends: (tokens + 1,), ``ends[k + 1]`` is the offset of token *k*'s last byte; ``ends[0]``
            is -1.
    """

    buffer: NDArray[np.uint8]
    ends: IntColumn

    def __len__(self) -> int:
        return len(self.ends) - 1

    def values(self, which: IntColumn) -> IntColumn:
        """Return the numbers of the tokens ``which``.

        They are 32 bits wide where all of them fit, else 64; larger ones wrap around.
        """
        return numbers_behind(self.buffer, self.ends[which] + self.ends.dtype.type(1), 0)

    def types(self, which: IntColumn) -> NDArray[np.uint8]:
        """Return the last byte of each token, which is its whole value where it has one byte."""
        return self.buffer[self.ends[which + 1]]


def numbers_behind(buffer: NDArray[np.uint8], at: IntColumn, skipped: int) -> IntColumn:
    """Return numbers that each follow some others.

    They are 32 bits wide where all of them fit, else 64; larger ones wrap around.

    Args:
        buffer: the bytes.
        at: (n,), the offset of the first of the others, or of the number itself if there are none.
        skipped: how many others there are.
    """
    read = read_numbers(buffer, at, skipped)
    if read is not None:
        return read
    values: IntColumn = np.empty(len(at), np.int32)
    for start in range(0, len(at), _ASKED):
        byte = at[start : start + _ASKED].astype(np.intp)
        for _ in range(skipped):
            _skip(buffer, byte)
        part = _value(buffer, byte)
        if part.dtype != values.dtype:
            values = values.astype(np.int64, copy=False)
        values[start : start + len(part)] = part
    # Five bytes may still hold what fits.
    fit = values.dtype == np.int64 and 0 <= values.min() <= values.max() < 1 << 31
    return values.astype(np.int32) if fit else values


def _skip(buffer: NDArray[np.uint8], byte: NDArray[np.intp]) -> None:
    """Move offsets, in place, from the first byte of a number to the byte after its last."""
    rows = np.flatnonzero(np.take(buffer, byte) >= 0x80)
    byte += 1
    while len(rows):
        further = byte[rows]
        byte[rows] = further + 1
        rows = rows[np.take(buffer, further) >= 0x80]


def _value(buffer: NDArray[np.uint8], byte: NDArray[np.intp]) -> IntColumn:
    """Return the numbers whose first bytes are at some offsets."""
    part = np.take(buffer, byte)
    goes_on = part >= 0x80
    value: IntColumn = (part & 0x7F).astype(np.int32)
    shift = 7
    while shift < 7 * _SHORT and 2 * np.count_nonzero(goes_on) > len(byte):
        # Most go on: it is cheaper to read on for all and to leave out the others.
        byte = byte + goes_on
        part = np.take(buffer, byte)
        value |= np.where(goes_on, part & 0x7F, np.uint8(0)).astype(np.int32) << shift
        goes_on &= part >= 0x80
        shift += 7
    rows = np.flatnonzero(goes_on)
    further = byte[rows]
    while len(rows) and shift < 7 * MAX_BYTES:
        if shift == 7 * _SHORT:
            value = value.astype(np.int64)
        further += 1
        part = np.take(buffer, further)
        value[rows] |= (part & 0x7F).astype(value.dtype) << shift
        on = part >= 0x80
        rows, further = rows[on], further[on]
        shift += 7
    return value


def tokenize(buffer: NDArray[np.uint8]) -> Tokens:
    """Return the numbers in ``buffer``; bytes after the last end belong to none."""
    wide = len(buffer) >= 1 << 31
    parts = [np.array([-1], np.int64 if wide else np.int32)]
    for start in range(0, len(buffer), _TILE):
        found = np.flatnonzero(buffer[start : start + _TILE] < 0x80) + start
        parts.append(found.astype(parts[0].dtype))
    return Tokens(buffer, np.concatenate(parts))


def read_varint(data: memoryview, at: int, limit: int) -> tuple[int, int]:
    """Return one number and the offset after it, which is -1 if it does not end by ``limit``."""
    value = shift = 0
    while at < limit and shift < 7 * MAX_BYTES:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
    return 0, -1
