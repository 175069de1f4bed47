"""Where events begin: the chain of events through a whole file, walked from many places at once.

The problem: batches of this format do not say how long they are, and an event's place follows
only from the one before it, so the file seems to be readable only from its beginning, one event
after another. The idea: a batch's header is a rare sight, a certain byte before a proc's number
and an absolute time that is close to all others in the file. So what looks like a header is found
first, and the chains that begin at all of them are walked in lockstep, one look-up a step for all
of them together. A chain passes through what it meets and ends where it meets another's beginning;
following the chains from the first one shows which headers are real, and nothing depends on having
found them all. Where a chain breaks off, the file is damaged, and the next header resumes it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.old.wire import (
    BATCH_BYTE,
    LOG_BYTE,
    MAX_BATCH_SIZE,
    MAX_STRING_SIZE,
    STACK_BYTE,
    STEPS,
    STRING_BYTE,
    SYS_EXIT_BYTE,
)
from flakecore.gotrace.varint import MAX_BYTES, Places, Tokens, tokenize
from flakecore.gotrace.wire import HEADER_SIZE

NEAR = 1 << 43
"""Ticks within which all of a trace lies: more than a day where the runtime counts fastest."""
_MOST_PROCS = 1 << 16
_LEAST_TICK = 1 << 14
"""The first ticks of a machine that was just switched on are no headers' any more."""
_LARGE_TICK = 1 << 32
"""Ticks of a machine that runs for some minutes; other numbers in a trace are smaller."""
_EARLIER = 16
"""How many times earlier than another batch a batch may be; and the share of a tick within which
two agree."""
_PASSED = 16
"""What seem to be headers and are not, or are and do not seem so, that a chain may pass: in a real
file there are hardly any, and in one made to mislead this bounds how many chains cover a place."""
_LONGEST_STEP = 8
"""Numbers that an event of a fixed number of arguments has at most."""

_ADVANCE: NDArray[np.int64] = STEPS.astype(np.int64)
# A first byte from 128 on seems to be the beginning of the number that follows it.
_ADVANCE[128:][_ADVANCE[128:] > 0] -= 1
_ADVANCE[LOG_BYTE] = 0  # a string follows its arguments
_NEEDS_A_LOOK = _ADVANCE == 0
_NEEDS_A_LOOK[BATCH_BYTE] = True


@dataclass(frozen=True, slots=True)
class Chain:
    """All events of a file.

    Attributes:
        at: (n,), place of each event's first byte, ascending.
        resumes: (k,), places of headers from which chains were walked; the first event is one.
        gaps: int64, (g, 2), what was passed over, in order: the first byte of each stretch that
            makes no sense, and the place where reading resumes.
        tick: what the ticks of all batches are close to.
    """

    at: Places
    resumes: NDArray[np.int64]
    gaps: NDArray[np.int64]
    tick: int


def find_events(buffer: NDArray[np.uint8]) -> Chain:
    """Find where each event of a trace file begins.

    Args:
        buffer: uint8, (bytes,), the whole file.
    """
    size = len(buffer)
    tokens = tokenize(buffer)
    resumes, tick = _headers(buffer, tokens)
    # Beyond the end lies what an event that is cut short leads to.
    beyond = np.full(_LONGEST_STEP, size, tokens.ends.dtype)
    ends = np.concatenate((tokens.ends[1:], beyond))
    walk = _Walk(buffer, ends, resumes)
    chosen, gaps = _followed(walk, resumes, size)
    if len(chosen) < len(resumes):
        resumes = resumes[chosen]
        walk = _Walk(buffer, ends, resumes)
    at: Places = np.flatnonzero(walk.starts).astype(ends.dtype)
    return Chain(at, resumes, gaps, tick)


def _headers(buffer: NDArray[np.uint8], tokens: Tokens) -> tuple[NDArray[np.int64], int]:
    """Return the places of what looks like a batch's header, ascending, and a tick close to all."""
    ends = tokens.ends
    token = np.flatnonzero(buffer[ends[1:-2]] == BATCH_BYTE)
    at = ends[token + 1].astype(np.int64)
    proc, tick = tokens.values(token + 1), tokens.values(token + 2).astype(np.int64)
    after = ends[token + 3].astype(np.int64) + 1
    likely = (at >= HEADER_SIZE) & (((proc >= 0) & (proc < _MOST_PROCS)) | (proc == -1))
    likely &= tick >= _LEAST_TICK
    common = _common_tick(tick[likely], tick[at == HEADER_SIZE])
    likely &= (np.abs(tick - common) < NEAR) & (tick >= common // _EARLIER)
    likely[likely] = ~_end_of_syscall(buffer, at[likely], after[likely])
    found: NDArray[np.int64] = at[likely]
    if len(buffer) > HEADER_SIZE and buffer[HEADER_SIZE] == BATCH_BYTE:
        found = np.append(HEADER_SIZE, found[found > HEADER_SIZE])
    return found, common


def _common_tick(ticks: NDArray[np.int64], first: NDArray[np.int64]) -> int:
    """Return a tick that the real ones are close to.

    It is the first header's; but if that agrees with no other, and others agree with each other,
    then theirs. What only looks like a tick is small, or stands alone.
    """
    ticks = np.sort(ticks)
    agree = ticks[1:][np.diff(ticks) <= ticks[1:] // _EARLIER]
    others = int(agree[-1]) if len(agree) else 0
    if not len(first):
        return others
    alone = np.count_nonzero(np.abs(ticks - first[0]) <= first[0] // _EARLIER) <= 1
    return others if alone and others >= _LARGE_TICK else int(first[0])


def _end_of_syscall(
    buffer: NDArray[np.uint8], at: NDArray[np.int64], after: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Return whether what looks like a header is the end of a GoSysExit event.

    Its last arguments are a sequence number and an absolute time; if the goroutine's number ends
    with a header's byte, it looks the same.
    """
    found = np.zeros(len(at), np.bool_)
    for back in range(3, 2 + 2 * MAX_BYTES):
        event = np.maximum(at - back, 0)
        length = buffer[event + 1]
        found |= (buffer[event] == SYS_EXIT_BYTE) & (length == after - event - 2)
    return found


def _followed(
    walk: _Walk, resumes: NDArray[np.int64], size: int
) -> tuple[list[int], NDArray[np.int64]]:
    """Return which chains follow one another through the file, and the gaps between them."""
    chosen: list[int] = []
    gaps: list[int] = []
    bounds = [*resumes.tolist(), size]
    if bounds[0] > HEADER_SIZE:
        gaps += HEADER_SIZE, bounds[0]
    landed, stopped = walk.landed.tolist(), walk.stopped.tolist()
    chain = 0
    while chain < len(resumes):
        chosen.append(chain)
        if landed[chain] >= 0:
            chain = landed[chain]
        else:
            broken = stopped[chain]
            chain = int(np.searchsorted(resumes, broken, side="right"))
            gaps += broken, bounds[chain]
    return chosen, np.array(gaps, np.int64).reshape(-1, 2)


class _Walk:
    """Chains walked in lockstep.

    Attributes:
        starts: bool, (bytes,), where the events of all chains begin.
        landed: int64, (chains,), at which chain's beginning each ended; the number of chains if
            it ended with the file, -1 if it broke off.
        stopped: int64, (chains,), place of the first event that could not be read.
    """

    def __init__(self, buffer: NDArray[np.uint8], ends: Places, resumes: NDArray[np.int64]) -> None:
        """Walk from ``resumes``; ``ends`` are the ends of all numbers and those beyond the end."""
        self.starts = np.zeros(len(buffer), np.bool_)
        self.landed = np.full(len(resumes), -1, np.int64)
        self.stopped = np.zeros(len(resumes), np.int64)
        self._buffer, self._ends = buffer, ends
        self._bounds = np.append(resumes, len(buffer))
        self._run()

    def _run(self) -> None:
        buffer, ends, bounds = self._buffer, self._ends, self._bounds
        chain = np.arange(len(bounds) - 1)
        at = bounds[:-1].copy()
        token = self._token(at)
        head = at.copy()
        bound = np.minimum(bounds[1:], head + MAX_BATCH_SIZE)
        self._passed = np.zeros(len(chain), np.int64)
        while len(chain):
            first = buffer[at]
            self.starts[at] = True
            token += _ADVANCE[first]
            follow = ends[token - 1].astype(np.int64) + 1
            special = np.flatnonzero(_NEEDS_A_LOOK[first])
            if len(special):
                begins = special[first[special] == BATCH_BYTE]
                head[begins] = at[begins]
                self._passed[chain[begins]] += _PASSED // 4
                follow[special] = self._after(at[special], token[special], follow[special])
                token[special] = self._token(follow[special])
            halted = np.flatnonzero((follow >= bound) | (follow <= at))
            if not len(halted):
                at = follow
                continue
            going = self._halt(halted, chain, at, follow, head, bound)
            chain, token, head, bound = chain[going], token[going], head[going], bound[going]
            at = follow[going]

    def _halt(
        self,
        halted: NDArray[np.intp],
        chain: NDArray[np.intp],
        at: NDArray[np.int64],
        follow: NDArray[np.int64],
        head: NDArray[np.int64],
        bound: NDArray[np.int64],
    ) -> NDArray[np.bool_]:
        """Settle chains that met a beginning or broke off; return which of all go on."""
        place, bounds = follow[halted], self._bounds
        inside = (place > at[halted]) & (place <= bounds[-1])
        met = np.minimum(np.searchsorted(bounds, place), len(bounds) - 1)
        lands = inside & (bounds[met] == place)
        self._passed[chain[halted]] += 1
        inside &= lands | (self._passed[chain[halted]] <= _PASSED)
        inside &= place - head[halted] <= MAX_BATCH_SIZE
        lands &= inside
        broken = chain[halted[~inside]]
        self.stopped[broken] = at[halted[~inside]]
        self.starts[self.stopped[broken]] = False
        self.landed[chain[halted[lands]]] = met[lands]
        bound[halted] = np.minimum(bounds[met], head[halted] + MAX_BATCH_SIZE + 1)
        going = np.ones(len(chain), np.bool_)
        going[halted[lands | ~inside]] = False
        return going

    def _after(
        self, at: NDArray[np.int64], token: NDArray[np.int64], follow: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """Return where events end that say how long they are; -1 for what is no event."""
        buffer, ends = self._buffer, self._ends
        kind = buffer[at]
        after = np.where(kind == BATCH_BYTE, follow, -1)

        strings = np.flatnonzero(kind == STRING_BYTE)
        last = token[strings] + 2  # the byte itself, its number, its length
        after[strings] = self._beyond(ends[token[strings] + 1].astype(np.int64) + 1, last)
        # Here the first byte has run together with the length.
        sized = np.flatnonzero((kind == STACK_BYTE) | (kind == LOG_BYTE))
        after[sized] = self._beyond(at[sized] + 1, token[sized])
        logs = np.flatnonzero((kind == LOG_BYTE) & (after >= 0) & (after < len(buffer)))
        after[logs] = self._beyond(after[logs], self._token(after[logs]))
        return after

    def _token(self, place: NDArray[np.int64]) -> NDArray[np.intp]:
        """Return the first number that ends at each place or after it."""
        # Of one type with the ends: else all of them would be converted each time.
        return np.searchsorted(self._ends, place.astype(self._ends.dtype))

    def _beyond(self, first: NDArray[np.int64], token: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the place beyond as many bytes as a number says, which stands just before them.

        Args:
            first: place of the number's first byte.
            token: the number.
        """
        if not len(first):
            return first
        last = self._ends[np.minimum(token, len(self._ends) - 1)].astype(np.int64)
        known = (last < len(self._buffer)) & (last - first < MAX_BYTES)
        number = np.zeros(len(first), np.int64)
        for back in range(min(int((last - first).max()) + 1, MAX_BYTES)):
            within = np.flatnonzero(known & (last - back >= first))
            number[within] <<= 7
            number[within] |= self._buffer[last[within] - back] & 0x7F
        known &= (number >= 0) & (number <= MAX_STRING_SIZE)
        return np.where(known, last + 1 + number, -1)
