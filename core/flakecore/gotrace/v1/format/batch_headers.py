"""Offsets in a file that may be the header of a batch.

A header is a certain byte, then a proc's number and an absolute tick that is close to those of all
others in the file. Other bytes rarely look so, but may: the chains of events decide
(``event_offsets``).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.format.varint import MAX_BYTES, tokenize
from flakecore.gotrace.format.wire import HEADER_SIZE
from flakecore.gotrace.v1.format.wire import BATCH_BYTE, SYS_EXIT_BYTE

NEAR = 1 << 43
"""Ticks within which all of a trace lies: more than a day where the runtime counts fastest."""
_MOST_PROCS = 1 << 16
_LEAST_TICK = 1 << 14
"""The least tick of a header: a machine is past it before it can run a Go program."""
_LARGE_TICK = 1 << 32
"""The least tick of a machine that has run for some minutes; other numbers of a trace are less."""
_EARLIER = 16
"""How many times earlier than another batch a batch may be; and the share of a tick within which
two agree."""
_TILE = 1 << 22
"""Bytes searched together."""
_LONGEST = 1 + 2 * MAX_BYTES
"""Bytes of a header at most."""


def find_headers(buffer: NDArray[np.uint8]) -> tuple[NDArray[np.int64], int]:
    """Return the offsets of candidates for headers, ascending, and a tick close to all of theirs.

    Args:
        buffer: uint8, (bytes,), the whole file.
    """
    parts = [_candidates(buffer, at) for at in range(0, len(buffer), _TILE)]
    none = np.zeros(0, np.int64)
    at, tick, after = (
        np.concatenate([none, *(part[column] for part in parts)]) for column in range(3)
    )
    common = _common_tick(tick, tick[at == HEADER_SIZE])
    likely = (np.abs(tick - common) < NEAR) & (tick >= common // _EARLIER)
    likely[likely] = ~_end_of_syscall(buffer, at[likely], after[likely])
    found: NDArray[np.int64] = at[likely]
    if len(buffer) > HEADER_SIZE and buffer[HEADER_SIZE] == BATCH_BYTE:
        found = np.append(HEADER_SIZE, found[found > HEADER_SIZE])
    return found, common


def _candidates(buffer: NDArray[np.uint8], begin: int) -> NDArray[np.int64]:
    """Return (3, n) offsets of candidates in a tile, their ticks, and the offsets after them."""
    tile = buffer[begin : begin + _TILE]
    at = np.flatnonzero(tile == BATCH_BYTE) + begin
    # A byte that continues a varint is no header.
    at = at[(at >= HEADER_SIZE) & (buffer[at - 1] < 0x80)]
    tokens = tokenize(buffer[begin : begin + len(tile) + _LONGEST])
    token = np.searchsorted(tokens.ends, at - begin)
    at, token = at[token + 2 < len(tokens.ends)], token[token + 2 < len(tokens.ends)]
    proc, tick = tokens.values(token), tokens.values(token + 1).astype(np.int64)
    after = tokens.ends[token + 2].astype(np.int64) + begin + 1
    likely = ((proc >= 0) & (proc < _MOST_PROCS)) | (proc == -1)
    likely &= tick >= _LEAST_TICK
    return np.stack((at[likely], tick[likely], after[likely]))


def _common_tick(ticks: NDArray[np.int64], first: NDArray[np.int64]) -> int:
    """Return a tick that those of real headers are close to.

    It is the first header's; but if that agrees with no other, and others agree with each other,
    then theirs. Numbers that are no ticks are small, or agree with no other.
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
    """Return (n,) whether each candidate is the end of a GoSysExit event.

    Its last arguments are a sequence number and an absolute time; if the goroutine's number ends
    with a header's byte, it looks the same.
    """
    found = np.zeros(len(at), np.bool_)
    for back in range(3, 2 + 2 * MAX_BYTES):
        event = np.maximum(at - back, 0)
        length = buffer[event + 1]
        found |= (buffer[event] == SYS_EXIT_BYTE) & (length == after - event - 2)
    return found
