"""Where the next event begins, if an event begins with a given number of the file.

The ends of all varints of a piece are computed at once; each varint is a token. The offset of an
event is that of a token wherever nothing but numbers stands before it; text need not end where a
number could, so that the end of an event may stand within a token.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.format.varint import MAX_BYTES, IntColumn, read_varint, tokenize
from flakecore.gotrace.v1.format.wire import (
    LOG_BYTE,
    MAX_STRING_SIZE,
    STACK_BYTE,
    STEPS,
    STRING_BYTE,
)

_LONGEST_STEP = 8
"""Numbers that an event of a fixed number of arguments has at most."""

_ADVANCE: NDArray[np.int8] = STEPS.astype(np.int8)
# A first byte from 128 on seems to be the beginning of the number that follows it.
_ADVANCE[128:][_ADVANCE[128:] > 0] -= 1
_ADVANCE[LOG_BYTE] = 0  # a string follows its arguments
_SIZED = np.zeros(256, np.bool_)
_SIZED[[STRING_BYTE, STACK_BYTE, LOG_BYTE]] = True
"""First bytes of events that contain their length."""


class EventSteps:
    """The step from an event to the next one, from every token of a piece of a file.

    Attributes:
        buffer: uint8, (bytes,), the piece.
        count: number of tokens.
        start: (count + 8,), offset of each token's first byte; beyond the last one, the size.
        following: (count + 8,), the token with which the next event begins, if one begins with
            each token. A token that begins no event leads to itself, and so does an event that
            ends within a token.
    """

    def __init__(self, buffer: NDArray[np.uint8]) -> None:
        """Take a piece of a file."""
        tokens = tokenize(buffer)
        self.buffer, self.count = buffer, len(tokens)
        self._view = memoryview(buffer.data)
        # Beyond the end lies what an event that is cut short leads to.
        beyond = np.full(_LONGEST_STEP, len(buffer), tokens.ends.dtype)
        self._ends: IntColumn = np.concatenate((tokens.ends[1:], beyond))
        self.start: IntColumn = np.concatenate((tokens.ends + 1, beyond))
        self.following = self._next_events()

    def _next_events(self) -> IntColumn:
        first = self.buffer[np.minimum(self.start[: self.count], len(self.buffer) - 1)]
        follow: IntColumn = np.arange(self.count + _LONGEST_STEP, dtype=self._ends.dtype)
        follow[: self.count] += _ADVANCE[first]
        sized = np.flatnonzero(_SIZED[first])
        after = self._after(self.start[sized].astype(np.int64), sized)
        token = self.token_at(after)
        whole = (self.start[token] == after) & (token > sized)
        follow[sized[whole]] = token[whole]
        return follow

    def step(self, at: int, token: int) -> tuple[int, int]:
        """Return the offset after an event and the token that holds it; -1 for no event."""
        first = int(self.buffer[at]) if at < len(self.buffer) else 0
        if _ADVANCE[first]:
            token += int(_ADVANCE[first])
            return int(self.start[token]), token
        after = -1
        if first == STRING_BYTE:
            _, after = read_varint(self._view, at + 1, len(self._view))
            after = self._sized(after)
        elif first in (STACK_BYTE, LOG_BYTE):
            after = self._sized(at + 1)
            after = self._sized(after) if first == LOG_BYTE else after
        return after, int(self.token_at(np.array([max(after, 0)]))[0])

    def _sized(self, at: int) -> int:
        """Return the offset after a string whose length stands at ``at``; -1 if out of range."""
        size, after = read_varint(self._view, at, len(self._view)) if at >= 0 else (0, -1)
        invalid = after < 0 or size > MAX_STRING_SIZE or after + size > len(self._view)
        return -1 if invalid else after + size

    def _after(self, at: NDArray[np.int64], token: NDArray[np.intp]) -> NDArray[np.int64]:
        """Return (n,) the offsets after events that contain their length; -1 for invalid ones.

        Args:
            at: (n,), offset of the first byte.
            token: (n,), the token that holds it.
        """
        buffer, ends = self.buffer, self._ends
        kind = buffer[at]
        after = np.full(len(at), -1, np.int64)
        strings = np.flatnonzero(kind == STRING_BYTE)
        last = np.minimum(token[strings] + 2, len(ends) - 1)  # after the byte and its number
        after[strings] = self._beyond(ends[last - 1].astype(np.int64) + 1, last)
        # Here the first byte has run together with the length.
        sized = np.flatnonzero((kind == STACK_BYTE) | (kind == LOG_BYTE))
        after[sized] = self._beyond(at[sized] + 1, token[sized])
        # A log that is cut off before its text is none.
        after[(kind == LOG_BYTE) & (after >= len(buffer))] = -1
        logs = np.flatnonzero((kind == LOG_BYTE) & (after >= 0))
        after[logs] = self._beyond(after[logs], self.token_at(after[logs]))
        after[after > len(buffer)] = -1
        return after

    def token_at(self, at: NDArray[np.int64]) -> NDArray[np.intp]:
        """Return the index of the first token that ends at each offset or after it."""
        # Of one type with the ends: else all of them would be converted each time.
        return np.searchsorted(self._ends[: self.count], at.astype(self._ends.dtype))

    def _beyond(self, first: NDArray[np.int64], token: NDArray[np.intp]) -> NDArray[np.int64]:
        """Return (n,) the offsets after byte strings whose length is the varint before them.

        Args:
            first: (n,), offset of the varint's first byte.
            token: (n,), the varint's token.
        """
        if not len(first):
            return first
        last = self._ends[np.minimum(token, len(self._ends) - 1)].astype(np.int64)
        valid = (last < len(self.buffer)) & (last - first < MAX_BYTES)
        number = np.zeros(len(first), np.int64)
        for back in range(min(int((last - first).max()) + 1, MAX_BYTES)):
            within = np.flatnonzero(valid & (last - back >= first))
            number[within] <<= 7
            number[within] |= self.buffer[last[within] - back] & 0x7F
        valid &= (number >= 0) & (number <= MAX_STRING_SIZE)
        return np.where(valid, last + 1 + number, -1)
