"""Which frame of each stack is one's own: the place in the code under test that is charged."""

from __future__ import annotations

import numpy as np

from flakecore.frames import OTHERS, own_rank
from flakecore.pprof.stack_columns import Indices, StackColumns

_NOWHERE = np.int64(1) << 62


def is_go(function: str) -> bool:
    """Return whether a function is Go's: C symbols, the race detector's among them, are not."""
    return "." in function


def own_frames(stacks: StackColumns, package: str) -> Indices:
    """Return (stacks,) int32: the frame that names each stack, -1 where none does.

    It is that of ``flakecore.frames.own_frame``, C symbols left out. What the runtime or the race
    detector did on behalf of a caller is so charged to the caller.

    Args:
        stacks: of a profile.
        package: import path of the package under test.
    """
    frames = stacks.frames
    used = np.zeros(len(frames), np.bool_)
    used[stacks.frame] = True
    rank = np.full(len(frames), OTHERS, np.int64)
    for frame in np.flatnonzero(used).tolist():
        named = stacks.profile_frame(frame)
        if is_go(named.function):
            rank[frame] = own_rank(named, package)
    ranks = rank[stacks.frame]
    key = np.where(ranks < OTHERS, ranks << 40 | np.arange(len(ranks)), _NOWHERE)
    filled = stacks.depths > 0
    best = np.full(len(stacks), _NOWHERE, np.int64)
    if filled.any():
        best[filled] = np.minimum.reduceat(key, stacks.offsets[:-1][filled])
    found = best < _NOWHERE
    own = np.full(len(stacks), -1, np.int32)
    own[found] = stacks.frame[best[found] & ((1 << 40) - 1)]
    return own
