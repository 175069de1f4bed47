"""Offsets of events: the chain of events through a file, followed from many offsets at once.

The problem: batches of this format have no length, and an event's offset follows only from the
event before it, so the file seems to be readable only from its beginning, one event after
another. The idea: candidates for batch headers are found first (``batch_headers``), and for every
number of the file where the next event begins, if an event began with it (``event_steps``). Then
the chains that begin at all candidates are followed in lockstep, one look-up a step for all of them
together. A chain passes over candidates inside an event and ends where it meets the beginning of
another chain; following the chains from the first one shows which candidates are real, and nothing
depends on having found them all. Where a chain breaks off, the file is damaged, and reading resumes
at the next candidate.

The file is read in pieces, each from a chain's beginning on. No event is longer than a batch may
be, so all batches of a piece but the last are final before its end.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.format.varint import IntColumn
from flakecore.gotrace.format.wire import HEADER_SIZE
from flakecore.gotrace.v1.format.batch_headers import find_headers
from flakecore.gotrace.v1.format.event_steps import EventSteps
from flakecore.gotrace.v1.format.wire import BATCH_BYTE, MAX_BATCH_SIZE

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
        self._steps = EventSteps(buffer)
        self._lanes = self._steps.token_at(lanes)
        self.runs: list[list[NDArray[np.int64]]] = [[] for _ in lanes]
        self.landed = [-1] * len(lanes)
        self.stopped = [0] * len(lanes)
        self._passed = [0] * len(lanes)
        self._bound = np.append(self._lanes[1:], self._steps.count).tolist()
        self._run()
        for lane in range(len(lanes)):
            self._check(lane)

    def _run(self) -> None:
        follow = self._steps.following
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
        if self._steps.following[last] != last:
            self._record(lane, tokens[:-1])
            return last
        stuck = int(np.searchsorted(tokens, last))
        self._record(lane, tokens[:stuck])
        return self._pass(lane, last)

    def _record(self, lane: int, tokens: IntColumn) -> None:
        self.runs[lane].append(self._steps.start[tokens].astype(np.int64))

    def _halt(self, lane: int, token: int) -> int:
        """End a chain that met another's beginning or the piece's end; else return its token."""
        if token > self._steps.count:  # its last event is cut short
            return self._break(lane)
        if token == self._steps.count:
            if self._steps.start[token] == len(self._steps.buffer):
                self.landed[lane] = len(self._lanes)
            else:
                self.stopped[lane] = int(self._steps.start[token])
            return -1
        met = int(np.searchsorted(self._lanes, token))
        if met < len(self._lanes) and self._lanes[met] == token:
            self.landed[lane] = met
            return -1
        self._passed[lane] += 1
        if self._passed[lane] > _PASSED:
            self.stopped[lane] = int(self._steps.start[token])
            return -1
        self._bound[lane] = int(self._lanes[met]) if met < len(self._lanes) else self._steps.count
        return token

    def _pass(self, lane: int, token: int) -> int:
        """Lead a chain through events that end within a token, and some way on from there.

        Where there is one such event, there are more; this stays with the chain for a while, as
        all others wait.
        """
        at, calm = int(self._steps.start[token]), 0
        offsets: list[int] = []
        broken = whole = False
        while not broken and not (whole and (calm > _CALM or token >= self._bound[lane])):
            after, following = self._steps.step(at, token)
            broken = after <= at
            if not broken:
                offsets.append(at)
                at, token = after, following
                whole = int(self._steps.start[token]) == at
                calm = calm + 1 if whole else 0
        self.runs[lane].append(np.array(offsets, np.int64))
        if broken:
            self.stopped[lane] = at
            return -1
        return token if token < self._bound[lane] else self._halt(lane, token)

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
        heads = np.flatnonzero(self._steps.buffer[at] == BATCH_BYTE)
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
        return len(self._steps.buffer) if ends else int(self._steps.start[self._lanes[lane]])
