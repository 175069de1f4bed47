"""Where the fields of one long message begin, found in many places of it at once.

A field's place follows from the length of the one before it, so a message of a million fields looks
like a million steps. But a walk that begins at a wrong byte soon falls in with the true one: from
the first field that both visit on, they are the same. So the bytes are cut into chunks, one walk
begins in each and all take a step together; then the true walk goes through the chunks in order and
takes over each chunk's steps from where it meets them. Where it meets none, it walks alone.

Measured on 98 MB of profile, 1.7 million fields: 0.5 s of processor time on a busy machine, against
1.7 s in a loop over fields.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int64]

_CHUNK = 1 << 14
_WINDOW = 256
"""Bytes at the start of a chunk in which a walk looks for three fields of one number in a row."""
_VARINT, _FIXED64, _LENGTH, _FIXED32 = 0, 1, 2, 5
_VARINT_BYTES = 10


def record_starts(octets: Bytes) -> tuple[Ints, int]:
    """Return where the fields of the message that ``octets`` is begin, and where they stop.

    They stop at the end, or at the first place where no field can be.
    """
    size = len(octets)
    if not size:
        return np.zeros(0, np.int64), 0
    padded = np.concatenate([octets, np.zeros(2 * _VARINT_BYTES, np.uint8)])
    first, visited, leaves = _walk_chunks(padded, size)
    parts: list[Ints] = []
    at = 0
    while at < size:
        chunk = at // _CHUNK
        here = visited[first[chunk] : first[chunk + 1]]
        place = int(np.searchsorted(here, at))
        if place < len(here) and here[place] == at:
            parts.append(here[place:])
            at = int(leaves[chunk])
            if at < 0:
                return np.concatenate(parts), -at - 1
            continue
        end = _after(padded, at, size)
        if end < 0:
            return np.concatenate([*parts, np.zeros(0, np.int64)]), at
        parts.append(np.array([at], np.int64))
        at = end
    return np.concatenate([*parts, np.zeros(0, np.int64)]), size


def _walk_chunks(padded: Bytes, size: int) -> tuple[Ints, Ints, Ints]:
    """Walk from a guess in each chunk.

    Returns:
        (chunks + 1,) where each chunk's steps begin, the steps, and (chunks,) where the walk
        leaves its chunk; ``-at - 1`` where it stands at a place that can be no field.
    """
    count = -(-size // _CHUNK)
    at = _guesses(padded, size)
    limit = np.minimum((np.arange(count) + 1) * _CHUNK, size)
    active = np.flatnonzero(at < limit)
    lanes, steps = [], []
    leaves = at.copy()
    while len(active):
        here = leaves[active]
        end = _ends(padded, here, size)
        good = end >= 0
        lanes.append(active[good])
        steps.append(here[good])
        leaves[active] = np.where(good, end, -here - 1)
        active = active[good & (end < limit[active])]
    lane = np.concatenate([*lanes, np.zeros(0, np.int64)])
    order = np.argsort(lane, kind="stable")
    first = np.concatenate([[0], np.cumsum(np.bincount(lane, minlength=count))])
    return first, np.concatenate([*steps, np.zeros(0, np.int64)])[order], leaves


def _guesses(padded: Bytes, size: int) -> Ints:
    """Return for each chunk a place in it that looks like a field, or else its first byte."""
    starts = np.arange(0, size, _CHUNK)
    at = np.minimum(starts[:, None] + np.arange(_WINDOW), size - 1)
    tag = padded[at]
    alike = (tag & 7) == _LENGTH
    follower = at
    for _ in range(2):
        follower = np.minimum(follower + 2 + padded[follower + 1], size - 1)
        alike &= padded[follower] == tag
    found = alike.argmax(axis=1)
    found[0] = 0
    return np.where(alike[np.arange(len(starts)), found], starts + found, starts)


def _ends(padded: Bytes, at: Ints, size: int) -> Ints:
    """Return where the fields that begin at ``at`` end; -1 where none can begin."""
    tag, start = _varints(padded, at)
    wire = tag & 7
    length, after = _varints(padded, start)
    end = np.full(len(at), -1, np.int64)
    end = np.where(wire == _VARINT, after, end)
    bounded = np.minimum(length, size + 1)
    end = np.where((wire == _LENGTH) & (after >= 0) & (length >= 0), after + bounded, end)
    end = np.where(wire == _FIXED64, start + 8, end)
    end = np.where(wire == _FIXED32, start + 4, end)
    possible = (start >= 0) & (tag >> 3 > 0) & (tag >> 3 < 1 << 29) & (end <= size)
    return np.where(possible, end, -1)


def _varints(padded: Bytes, at: Ints) -> tuple[Ints, Ints]:
    """Return the varints at ``at``, and where they end; -1 where one has more than ten bytes."""
    octet = padded[at]
    value = (octet & 0x7F).astype(np.int64)
    end = at + 1
    longer = np.flatnonzero(octet >= 0x80)
    for position in range(1, _VARINT_BYTES):
        if not len(longer):
            return value, end
        octet = padded[at[longer] + position]
        value[longer] |= (octet & 0x7F).astype(np.int64) << (7 * position)
        end[longer] += 1
        longer = longer[octet >= 0x80]
    end[longer] = -1
    return value, end


def _after(padded: Bytes, at: int, size: int) -> int:
    """Return where the field at ``at`` ends; -1 if none can begin there."""
    octet = int(padded[at])
    follower = int(padded[at + 1])
    if octet < 0x80 and octet & 7 == _LENGTH and octet >> 3 and follower < 0x80:
        end = at + 2 + follower
        return end if end <= size else -1
    return int(_ends(padded, np.array([at], np.int64), size)[0])
