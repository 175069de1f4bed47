"""The offset of each event: all batches of a generation are walked in lockstep.

An event is a type byte and a fixed number of LEB128 numbers, so its offset follows only from the
one before it. But all numbers' ends are known at once, and so is, for every number, where the
next event would begin if one began here. Then one look-up a step moves all batches on by one
event each. A batch holds at most 64 KB, so the number of steps is bounded by a batch's length and
not by the trace's.

Tried on 3.4 million events: numbers and steps apart, over whole arrays, 70 ns an event; together,
in tiles that stay in the processor's cache, 30 ns. The steps themselves take 17 ns; marking the
events they found in a mask took 45 ns more, putting each batch's own side by side takes 5.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.format.varint import IntColumn, Tokens
from flakecore.gotrace.format.wire import STEPS

_TILE = 1 << 16
"""Bytes looked at together."""
_STRIDE = 1024
"""Steps walked between two looks at which batches have ended."""
_BEYOND = int(STEPS.max())
"""Tokens by which an event that is cut short may lead beyond the last one."""
_STEP_BYTES = bytes(int(STEPS[byte]) if byte < 0x80 else 0 for byte in range(256))


class Walked(NamedTuple):
    """The events of some batches, batch by batch.

    Attributes:
        tokens: the numbers of all batches.
        first: (n,), the token that is each event's type.
        counts: int64, (batches,), events of each batch.
        ends: int64, (batches,), the token after each batch's last.
        stopped: int64, (batches,), the token at which each batch's walk stopped; before its end
            where it met a byte that is no event type, or an event cut short.
    """

    tokens: Tokens
    first: IntColumn
    counts: NDArray[np.int64]
    ends: NDArray[np.int64]
    stopped: NDArray[np.int64]


def find_offsets(buffer: NDArray[np.uint8], byte_ends: NDArray[np.int64]) -> Walked:
    """Find all events of batches that lie one after the other in ``buffer``.

    Args:
        buffer: the batches' bytes. Where a batch's last one ends no number, it is changed: its tail
            would else be lent to the next batch's first.
        byte_ends: the offset after each batch.
    """
    cut = buffer[byte_ends - 1] >= 0x80
    buffer[byte_ends - 1] &= 0x7F
    tokens, follow = _tokenize_and_link(buffer)
    ends = np.searchsorted(tokens.ends[1:], byte_ends, side="left")
    starts = np.concatenate(([0], ends[:-1]))
    ends -= cut  # a number that is cut off belongs to no event
    stopped = starts.copy()
    runs: list[list[IntColumn]] = [[] for _ in starts]
    active = np.flatnonzero(starts < ends)
    current = starts[active].astype(follow.dtype)
    while len(active):
        # An event is two tokens at least.
        stride = min(_STRIDE, int((ends[active] - current).max()) // 2 + 1)
        visited = np.empty((stride + 1, len(active)), follow.dtype)
        visited[0] = current
        for step in range(stride):
            # The fastest gather: every index is in range, so clipping never happens.
            follow.take(visited[step], out=visited[step + 1], mode="clip")
        current = visited[-1].copy()
        going = (current <= ends[active]) & (current > visited[-2])
        own = np.ascontiguousarray(visited.T)
        for batch, on, offsets in zip(active.tolist(), going.tolist(), own, strict=True):
            count = stride if on else _steps_within(offsets, int(ends[batch]))
            runs[batch].append(offsets[:count])
            stopped[batch] = offsets[count]
        going &= current < ends[active]
        active, current = active[going], current[going]
    first: IntColumn = np.concatenate([follow[:0], *(run for found in runs for run in found)])
    counts = np.array([sum(map(len, found)) for found in runs], np.int64)
    return Walked(tokens, first, counts, ends, stopped)


def _steps_within(offsets: IntColumn, end: int) -> int:
    """Return how many steps a batch's walk made before it ran over its end or stood still."""
    inside = int(np.searchsorted(offsets, end, side="right")) - 1
    return min(inside, int(np.searchsorted(offsets, offsets[inside], side="left")))


def _tokenize_and_link(buffer: NDArray[np.uint8]) -> tuple[Tokens, IntColumn]:
    """Return all numbers, and from each token the next event's, were it an event's type.

    A token that is no type leads to itself, and so does what lies beyond the end.
    """
    wide = np.int64 if len(buffer) >= 1 << 30 else np.int32
    ends: IntColumn = np.empty(len(buffer) + 1, wide)
    follow: IntColumn = np.empty(len(buffer) + _BEYOND, wide)
    ends[0] = -1
    offsets = np.arange(_TILE, dtype=wide)
    count, ended = 0, True
    for at in range(0, len(buffer), _TILE):
        tile = buffer[at : at + _TILE]
        end = tile < 0x80
        short = np.empty_like(end)  # a type is one byte long
        short[0], ended = end[0] and ended, bool(end[-1])
        np.logical_and(end[1:], end[:-1], out=short[1:])
        step = np.frombuffer(tile.tobytes().translate(_STEP_BYTES), np.uint8) * short.view(np.uint8)
        found = np.flatnonzero(end)
        until = count + len(found)
        np.add(found.astype(wide), wide(at), out=ends[count + 1 : until + 1])
        lead = follow[count:until]
        np.add(offsets[: len(found)], step[end], out=lead)
        lead += wide(count)
        count = until
    follow[count : count + _BEYOND] = np.arange(count, count + _BEYOND)
    return Tokens(buffer, ends[: count + 1]), follow[: count + _BEYOND]
