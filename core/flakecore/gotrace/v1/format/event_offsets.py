"""Offsets of events: the chain of events through a file, followed from many offsets at once.

The problem: batches of this format have no length, and an event's offset follows only from the
event before it, so the file seems to be readable only from its beginning, one event after
another. The idea: candidates for batch headers are found first (``batch_headers``). The ends of
all varints are computed at once, and for every varint the offset of the next event if an event
began with it; then the chains that begin at all candidates are followed in lockstep, one look-up a
step for all of them together. A chain passes over candidates inside an event and ends where it
meets the beginning of another chain; following the chains from the first one shows which
candidates are real, and nothing depends on having found them all. Where a chain breaks off, the
file is damaged, and reading resumes at the next candidate.

The file is read in pieces, each from a chain's beginning on. No event is longer than a batch may
be, so all batches of a piece but the last are final before its end.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.format.varint import MAX_BYTES, IntColumn, read_varint, tokenize
from flakecore.gotrace.format.wire import HEADER_SIZE
from flakecore.gotrace.v1.format.batch_headers import find_headers
from flakecore.gotrace.v1.format.wire import (
    BATCH_BYTE,
    LOG_BYTE,
    MAX_BATCH_SIZE,
    MAX_STRING_SIZE,
    STACK_BYTE,
    STEPS,
    STRING_BYTE,
)

_PIECE = 4 << 20
"""Bytes of a piece; a chain is far shorter."""
_STRIDE = 1024
"""Steps walked between two looks at where the chains are."""
_CALM = 64
"""Events that have to end where varints do before a chain is followed with the others again."""
_PASSED = 16
"""False candidates that a chain may pass over: a real file has hardly any, and in one made to
mislead this bounds how many chains cover an offset."""
_INSIDE = 3
"""Batches whose headers are no candidates that a chain may run through."""
_LONGEST_STEP = 8
"""Numbers that an event of a fixed number of arguments has at most."""

_ADVANCE: NDArray[np.int8] = STEPS.astype(np.int8)
# A first byte from 128 on seems to be the beginning of the number that follows it.
_ADVANCE[128:][_ADVANCE[128:] > 0] -= 1
_ADVANCE[LOG_BYTE] = 0  # a string follows its arguments
_SIZED = np.zeros(256, np.bool_)
_SIZED[[STRING_BYTE, STACK_BYTE, LOG_BYTE]] = True
"""First bytes of events that contain their length."""


@dataclass(frozen=True, slots=True)
class ChainPiece:
    """All events of a piece of a file, whole batches of it.

    Attributes:
        begin: offset of the piece in the file.
        buffer: uint8, (bytes,), a copy of the piece, and of some of what follows it.
        at: int64, (n,), offset in the piece of each event's first byte, ascending.
        resumes: int64, (k,), offsets in the piece of headers from which chains were followed, the
            first event among them, and the piece's end.
        gaps: int64, (g, 2), unreadable ranges, in order, as offsets in the file: the first byte
            of each, and where reading resumes.
        tick: a tick that those of all batches of the file are close to.
    """

    begin: int
    buffer: NDArray[np.uint8]
    at: NDArray[np.int64]
    resumes: NDArray[np.int64]
    gaps: NDArray[np.int64]
    tick: int


def find_pieces(buffer: NDArray[np.uint8]) -> Iterator[ChainPiece]:
    """Yield the offsets of all events of a trace file, piece by piece.

    Args:
        buffer: uint8, (bytes,), the whole file.
    """
    headers, tick = find_headers(buffer)
    size = len(buffer)
    begin = int(headers[0]) if len(headers) else size
    gaps = [HEADER_SIZE, begin] if begin > HEADER_SIZE else []
    if begin == size:
        none, whole = np.zeros(0, np.int64), np.array(gaps, np.int64).reshape(-1, 2)
        yield ChainPiece(size, buffer[:0].copy(), none, none, whole, tick)
    while begin < size:
        end = min(begin + _PIECE, size)
        lanes = headers[slice(*np.searchsorted(headers, [begin, end]))] - begin
        part = buffer[begin:end].copy()
        walk = _Walk(part, lanes)
        chosen, broken = _followed(walk, lanes, headers, begin, size)
        after = size if end == size else _next_piece(lanes[chosen] + begin, broken, begin, end)
        complete = [lane for lane in chosen if lanes[lane] + begin < after]
        gaps += [offset for gap in broken if gap[0] < after for offset in gap]
        at = np.concatenate([lanes[:0], *(run for lane in complete for run in walk.runs[lane])])
        yield ChainPiece(
            begin=begin,
            buffer=part,
            at=at,
            resumes=np.append(lanes[complete], min(after, end) - begin),
            gaps=np.array(gaps, np.int64).reshape(-1, 2),
            tick=tick,
        )
        begin, gaps = after, []


def _next_piece(chosen: NDArray[np.int64], gaps: list[list[int]], begin: int, end: int) -> int:
    """Return the offset of the next piece: the last chain's beginning that is final."""
    final = chosen[(chosen > begin) & (chosen <= end - MAX_BATCH_SIZE)]
    if len(final):
        return int(final[-1])
    # The only chain broke off, and where the next one begins may lie far away.
    return gaps[0][1] if gaps else int(chosen[1])


def _followed(
    walk: _Walk, lanes: NDArray[np.int64], headers: NDArray[np.int64], begin: int, size: int
) -> tuple[list[int], list[list[int]]]:
    """Return which chains follow one another through a piece, and the gaps between them."""
    chosen: list[int] = []
    gaps: list[list[int]] = []
    chain = 0
    while chain < len(lanes):
        chosen.append(chain)
        if walk.landed[chain] >= 0:
            chain = walk.landed[chain]
        else:
            broken = walk.stopped[chain]
            chain = int(np.searchsorted(lanes, broken, side="right"))
            following = int(np.searchsorted(headers, begin + broken, side="right"))
            resumes = int(headers[following]) if following < len(headers) else size
            gaps.append([begin + broken, resumes])
    return chosen, gaps


class _Walk:
    """The chains of a piece, walked in lockstep.

    Attributes:
        runs: of each chain the offsets of its events, in runs.
        landed: at which chain's beginning each ended; the number of chains if it ended with the
            piece, -1 if it broke off.
        stopped: of each that broke off the offset of the first event that could not be read.
    """

    def __init__(self, buffer: NDArray[np.uint8], lanes: NDArray[np.int64]) -> None:
        """Follow the chains from ``lanes``, offsets of candidates for headers."""
        tokens = tokenize(buffer)
        self._buffer, self._count = buffer, len(tokens)
        self._view = memoryview(buffer.data)
        # Beyond the end lies what an event that is cut short leads to.
        beyond = np.full(_LONGEST_STEP, len(buffer), tokens.ends.dtype)
        self._ends: IntColumn = np.concatenate((tokens.ends[1:], beyond))
        self._start: IntColumn = np.concatenate((tokens.ends + 1, beyond))
        self._follow = self._next_events()
        self._lanes = self._token(lanes)
        self.runs: list[list[NDArray[np.int64]]] = [[] for _ in lanes]
        self.landed = [-1] * len(lanes)
        self.stopped = [0] * len(lanes)
        self._passed = [0] * len(lanes)
        self._bound = np.append(self._lanes[1:], self._count).tolist()
        self._run()
        for lane in range(len(lanes)):
            self._check(lane)

    def _next_events(self) -> IntColumn:
        """Return the token with which the next event begins, if one begins with each token.

        A token that begins no event leads to itself, and so does an event whose end stands within
        a token: text need not end where a number could.
        """
        first = self._buffer[np.minimum(self._start[: self._count], len(self._buffer) - 1)]
        follow: IntColumn = np.arange(self._count + _LONGEST_STEP, dtype=self._ends.dtype)
        follow[: self._count] += _ADVANCE[first]
        sized = np.flatnonzero(_SIZED[first])
        after = self._after(self._start[sized].astype(np.int64), sized)
        token = self._token(after)
        whole = (self._start[token] == after) & (token > sized)
        follow[sized[whole]] = token[whole]
        return follow

    def _run(self) -> None:
        follow = self._follow
        active = list(range(len(self._lanes)))
        current = self._lanes.astype(follow.dtype)
        while active:
            left = np.array([self._bound[lane] for lane in active]) - current
            steps = min(_STRIDE, int(left.max()))  # each leads on by a token at least
            visited = np.empty((steps + 1, len(active)), follow.dtype)
            visited[0] = current
            for step in range(steps):
                # The fastest gather: every index is in range, so clipping never happens.
                follow.take(visited[step], out=visited[step + 1], mode="clip")
            own = np.ascontiguousarray(visited.T)
            moved = [self._move(lane, tokens) for lane, tokens in zip(active, own, strict=True)]
            current = np.array([token for token in moved if token >= 0], follow.dtype)
            active = [lane for lane, token in zip(active, moved, strict=True) if token >= 0]

    def _move(self, lane: int, tokens: IntColumn) -> int:
        """Record the events of a chain; return the token where it goes on, -1 if it ended."""
        count = int(np.searchsorted(tokens, self._bound[lane]))
        if count < len(tokens):
            self._record(lane, tokens[:count])
            return self._halt(lane, int(tokens[count]))
        last = int(tokens[-1])
        if self._follow[last] != last:
            self._record(lane, tokens[:-1])
            return last
        stuck = int(np.searchsorted(tokens, last))
        self._record(lane, tokens[:stuck])
        return self._pass(lane, last)

    def _record(self, lane: int, tokens: IntColumn) -> None:
        self.runs[lane].append(self._start[tokens].astype(np.int64))

    def _halt(self, lane: int, token: int) -> int:
        """End a chain that met another's beginning or the piece's end; else return its token."""
        if token > self._count:  # its last event is cut short
            return self._break(lane)
        if token == self._count:
            if self._start[token] == len(self._buffer):
                self.landed[lane] = len(self._lanes)
            else:
                self.stopped[lane] = int(self._start[token])
            return -1
        met = int(np.searchsorted(self._lanes, token))
        if met < len(self._lanes) and self._lanes[met] == token:
            self.landed[lane] = met
            return -1
        self._passed[lane] += 1
        if self._passed[lane] > _PASSED:
            self.stopped[lane] = int(self._start[token])
            return -1
        self._bound[lane] = int(self._lanes[met]) if met < len(self._lanes) else self._count
        return token

    def _pass(self, lane: int, token: int) -> int:
        """Lead a chain through events that end within a token, and some way on from there.

        Where there is one such event, there are more; this stays with the chain for a while, as
        all others wait.
        """
        at, calm = int(self._start[token]), 0
        offsets: list[int] = []
        broken = whole = False
        while not broken and not (whole and (calm > _CALM or token >= self._bound[lane])):
            after, following = self._step(at, token)
            broken = after <= at
            if not broken:
                offsets.append(at)
                at, token = after, following
                whole = int(self._start[token]) == at
                calm = calm + 1 if whole else 0
        self.runs[lane].append(np.array(offsets, np.int64))
        if broken:
            self.stopped[lane] = at
            return -1
        return token if token < self._bound[lane] else self._halt(lane, token)

    def _step(self, at: int, token: int) -> tuple[int, int]:
        """Return the offset after an event and the token that holds it; -1 for no event."""
        first = int(self._buffer[at]) if at < len(self._buffer) else 0
        if _ADVANCE[first]:
            token += int(_ADVANCE[first])
            return int(self._start[token]), token
        after = -1
        if first == STRING_BYTE:
            _, after = read_varint(self._view, at + 1, len(self._view))
            after = self._sized(after)
        elif first in (STACK_BYTE, LOG_BYTE):
            after = self._sized(at + 1)
            after = self._sized(after) if first == LOG_BYTE else after
        return after, int(self._token(np.array([max(after, 0)]))[0])

    def _sized(self, at: int) -> int:
        """Return the offset after a string whose length stands at ``at``; -1 if out of range."""
        size, after = read_varint(self._view, at, len(self._view)) if at >= 0 else (0, -1)
        invalid = after < 0 or size > MAX_STRING_SIZE or after + size > len(self._view)
        return -1 if invalid else after + size

    def _break(self, lane: int) -> int:
        """End a chain before its last event."""
        runs = self.runs[lane]
        while not len(runs[-1]):
            runs.pop()
        self.stopped[lane] = int(runs[-1][-1])
        runs[-1] = runs[-1][:-1]
        return -1

    def _check(self, lane: int) -> None:
        """Break a chain off where a batch is longer than any, or one follows that is unlikely."""
        at = np.concatenate([np.zeros(0, np.int64), *self.runs[lane]])
        self.runs[lane] = [at]
        landed, stopped = self.landed[lane], self.stopped[lane]
        end = stopped if landed < 0 else self._offset(landed)
        heads = np.flatnonzero(self._buffer[at] == BATCH_BYTE)
        if len(heads) <= 1 and end - int(at[0] if len(at) else end) <= MAX_BATCH_SIZE:
            return
        after = np.append(at[1:], end)
        too_long = after - np.repeat(at[heads], np.diff(heads, append=len(at))) > MAX_BATCH_SIZE
        wrong = np.concatenate((np.flatnonzero(too_long)[:1], heads[_INSIDE + 1 : _INSIDE + 2]))
        if len(wrong):
            first = int(wrong.min())
            self.landed[lane], self.stopped[lane] = -1, int(at[first])
            self.runs[lane] = [at[:first]]

    def _offset(self, lane: int) -> int:
        ends = lane == len(self._lanes)
        return len(self._buffer) if ends else int(self._start[self._lanes[lane]])

    def _after(self, at: NDArray[np.int64], token: NDArray[np.intp]) -> NDArray[np.int64]:
        """Return (n,) the offsets after events that contain their length; -1 for invalid ones.

        Args:
            at: (n,), offset of the first byte.
            token: (n,), the token that holds it.
        """
        buffer, ends = self._buffer, self._ends
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
        after[logs] = self._beyond(after[logs], self._token(after[logs]))
        after[after > len(buffer)] = -1
        return after

    def _token(self, at: NDArray[np.int64]) -> NDArray[np.intp]:
        """Return the index of the first token that ends at each offset or after it."""
        # Of one type with the ends: else all of them would be converted each time.
        return np.searchsorted(self._ends[: self._count], at.astype(self._ends.dtype))

    def _beyond(self, first: NDArray[np.int64], token: NDArray[np.intp]) -> NDArray[np.int64]:
        """Return (n,) the offsets after byte strings whose length is the varint before them.

        Args:
            first: (n,), offset of the varint's first byte.
            token: (n,), the varint's token.
        """
        if not len(first):
            return first
        last = self._ends[np.minimum(token, len(self._ends) - 1)].astype(np.int64)
        valid = (last < len(self._buffer)) & (last - first < MAX_BYTES)
        number = np.zeros(len(first), np.int64)
        for back in range(min(int((last - first).max()) + 1, MAX_BYTES)):
            within = np.flatnonzero(valid & (last - back >= first))
            number[within] <<= 7
            number[within] |= self._buffer[last[within] - back] & 0x7F
        valid &= (number >= 0) & (number <= MAX_STRING_SIZE)
        return np.where(valid, last + 1 + number, -1)
