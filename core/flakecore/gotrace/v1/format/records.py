"""The events of a piece of a file, in its order: one row an event, its arguments on demand.

Offsets of events come from ``event_offsets``. Each first byte is reduced to its type bits, so that
it is a varint of one byte, and then one pass finds the ends of all varints of the piece.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.format.varint import MAX_BYTES, IntColumn, Tokens, tokenize
from flakecore.gotrace.v1.format.batch_headers import NEAR
from flakecore.gotrace.v1.format.event_offsets import ChainPiece, find_pieces
from flakecore.gotrace.v1.format.wire import (
    IS_TIMED,
    MAX_STACK_FRAMES,
    PREFIXED,
    STEPS,
    TYPE_BITS,
    EvV1,
)

FRAME_NUMBERS = 4
_LAST_PROC = (1 << 31) - 1


def _by_type() -> tuple[NDArray[np.int8], NDArray[np.int64]]:
    """Return by type where an event's own numbers begin, and how many it has."""
    begins, counts = np.ones(64, np.int8), np.zeros(64, np.int64)
    for first in np.flatnonzero(STEPS):
        event = first & TYPE_BITS
        begins[event] += PREFIXED[first]
        counts[event] = STEPS[first] - begins[event]
    begins[EvV1.STACK] = 2
    counts[EvV1.STRING] = 2
    return begins, counts


_BEGINS, _COUNTS = _by_type()
_HAS_LENGTH = _BEGINS == 2


@dataclass(frozen=True, slots=True)
class Records:
    """All events of a piece of a file that can be read, in its order.

    Attributes:
        type: uint8, (n,), an ``EvV1``.
        gaps: int64, (g, 2), unreadable ranges, in order: offsets in the file of begin and end.
        begin: offset of the piece in the file.
    """

    type: NDArray[np.uint8]
    gaps: NDArray[np.int64]
    begin: int
    _tokens: Tokens
    _first: IntColumn

    def __len__(self) -> int:
        return len(self.type)

    def offset(self, rows: NDArray[np.intp]) -> NDArray[np.int64]:
        """Return the offsets in the file of the first bytes of some rows."""
        return self._tokens.ends[self._first[rows] + 1].astype(np.int64) + self.begin

    def number(self, which: int, rows: IntColumn) -> IntColumn:
        """Return a number of rows that have it, the time difference being number 0."""
        return self._tokens.values(self._first[rows] + (_BEGINS[self.type[rows]] + which))

    def after(self, which: int, rows: NDArray[np.intp]) -> NDArray[np.int64]:
        """Return the offsets in the file after a number of some rows."""
        token = self._first[rows] + (_BEGINS[self.type[rows]] + which)
        after: NDArray[np.int64] = self._tokens.ends[token + 1].astype(np.int64) + (self.begin + 1)
        return after

    def numbers(self, which: int, counts: NDArray[np.int64], rows: NDArray[np.intp]) -> IntColumn:
        """Return ``counts`` numbers of each row from number ``which`` on, row after row."""
        token = self._first[rows] + (_BEGINS[self.type[rows]] + which)
        return self._tokens.values(ranges(token, counts))


def read_records(data: memoryview) -> Iterator[Records]:
    """Yield all events of a file, piece by piece; events that contradict themselves are gaps."""
    for piece in find_pieces(np.frombuffer(data, np.uint8)):
        yield _read_piece(piece)


def _read_piece(piece: ChainPiece) -> Records:
    buffer, at = piece.buffer, piece.at
    buffer[at] &= TYPE_BITS
    # The buffer continues beyond the piece.
    tokens = tokenize(buffer[: int(piece.resumes[-1]) if len(piece.resumes) else 0])
    is_first = np.zeros(len(buffer), np.bool_)
    is_first[at] = True
    first: IntColumn = np.flatnonzero(is_first[tokens.ends[1:]]).astype(tokens.ends.dtype)
    records = Records(tokens.types(first), piece.gaps, piece.begin, tokens, first)
    wrong = _wrong(records, piece.tick)
    if not len(wrong):
        return records
    bounds, at_wrong = piece.resumes, records.offset(wrong) - piece.begin
    cut = np.stack((at_wrong, bounds[np.searchsorted(bounds, at_wrong, side="right")]), axis=1)
    gaps = merged_gaps(np.concatenate((piece.gaps, cut + piece.begin)))
    within = np.searchsorted(gaps[:, 0], at + piece.begin, side="right") - 1
    readable = (within < 0) | (at + piece.begin >= gaps[within, 1])
    return Records(records.type[readable], gaps, piece.begin, tokens, first[readable])


def ranges(begins: IntColumn, counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the numbers from each beginning on, as many as its count, one range after another."""
    shift = begins - (np.cumsum(counts) - counts)
    joined: NDArray[np.int64] = np.repeat(shift, counts) + np.arange(int(counts.sum()))
    return joined


def _wrong(records: Records, near: int) -> NDArray[np.intp]:
    """Return the rows of invalid length, argument or proc, or with a tick far from ``near``."""
    kind, tokens = records.type, records._tokens
    wrong = np.zeros(len(records), np.bool_)
    batches = np.flatnonzero(kind == EvV1.BATCH)
    proc, tick = records.number(0, batches), records.number(1, batches).astype(np.int64)
    wrong[batches] = (np.abs(tick - near) > NEAR) | (proc < -1) | (proc > _LAST_PROC)
    timed = np.flatnonzero(IS_TIMED[kind])
    later = records.number(0, timed)
    elapsed = np.cumsum(later, dtype=np.int64)
    first = np.searchsorted(timed, batches)
    before = np.append(0, elapsed)[first]
    elapsed -= np.repeat(before, np.diff(np.append(first, len(timed))))
    wrong[timed] = (later < 0) | (later > NEAR) | (elapsed > NEAR) | (elapsed < 0)
    wrong[_endless(records)] = True
    rows = np.flatnonzero(_HAS_LENGTH[kind])
    counts = _COUNTS[kind[rows]]
    stacks = np.flatnonzero(kind[rows] == EvV1.STACK)
    # A stack that has no second number stands at the file's end.
    size = np.minimum(records._first[rows[stacks]] + 3, len(tokens) - 1)
    frames = np.clip(tokens.values(size).astype(np.int64), -1, MAX_STACK_FRAMES + 1)
    counts[stacks] = 2 + FRAME_NUMBERS * frames
    begin = records._first[rows].astype(np.int64) + 2
    last = np.clip(begin + counts, begin, len(tokens))
    stated = tokens.values(begin - 1)
    length = tokens.ends[last].astype(np.int64) - tokens.ends[begin]
    wrong[rows] = wrong[rows] | (length != stated) | (last != begin + counts)
    too_deep = (frames < 0) | (frames > MAX_STACK_FRAMES)
    wrong[rows[stacks]] |= too_deep
    return np.flatnonzero(wrong)


def _endless(records: Records) -> NDArray[np.intp]:
    """Return the rows with a varint longer than ``MAX_BYTES``, texts of strings apart."""
    tokens, first = records._tokens, records._first
    long = np.flatnonzero(np.diff(tokens.ends) > MAX_BYTES)
    rows = np.searchsorted(first, long.astype(first.dtype), side="right") - 1
    long, rows = long[rows >= 0], rows[rows >= 0]
    kind = records.type[rows]
    text = (kind == EvV1.STRING) | (kind == EvV1.USER_LOG)
    endless: NDArray[np.intp] = rows[~text | (long - first[rows] < _BEGINS[kind] + _COUNTS[kind])]
    return endless


def merged_gaps(gaps: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return (g, 2) gaps in order, those that overlap or touch merged."""
    if not len(gaps):
        return gaps
    gaps = gaps[np.argsort(gaps[:, 0], kind="stable")]
    reached = np.maximum.accumulate(gaps[:, 1])
    first = np.flatnonzero(np.append(True, gaps[1:, 0] > reached[:-1]))
    return np.stack((gaps[first, 0], reached[np.append(first[1:], len(gaps)) - 1]), axis=1)
