"""The line of code that allocates more than half of all bytes, where one does.

A heap profile is sampled, one allocation of each ``period`` bytes on average, so that half of few
samples is chance. What a line has the standard library or the runtime allocate is its own; what
package testing allocates for the tests that it runs is nobody's.
"""

from __future__ import annotations

from dataclasses import replace
from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from flakecore.pprof.aggregation.nodes import Granularity, nodes_by
from flakecore.pprof.aggregation.own_places import own_frames
from flakecore.pprof.profile import Profile
from flakecore.pprof.stack_columns import Indices, ProfileFrame, StackColumns

HALF = 0.5
"""Share of all allocated bytes above which one place stands out. Chosen."""
_ALLOCATED = "alloc_space"
_TESTING = "testing."
_SAMPLES_LEAST = 64
"""Samples on average; of fewer, half of all is off by more than 6 % (a binomial's deviation)."""
_DEVIATIONS = 3
"""By how many standard deviations of the sampling a share has to be above it."""
_BYTES_LEAST = 16 << 20
"""Four times the heap at which Go first collects (4 MB, ``defaultHeapMinimum``)."""


class AllocationShare(NamedTuple):
    """What one line allocates of all.

    Attributes:
        where: the line.
        size: bytes that it allocates.
        total: bytes that all allocate.
    """

    where: ProfileFrame
    size: int
    total: int


def allocation_share(profile: Profile, package: str = "") -> AllocationShare | None:
    """Return the line that allocates above half of all bytes; None for none.

    Args:
        profile: a heap profile; of any other, and of a difference, there is none.
        package: import path of the package under test; "" if unknown.
    """
    column = next(
        (at for at, each in enumerate(profile.sample_types) if each.kind == _ALLOCATED), -1
    )
    if column < 0 or not len(profile.values) or (profile.values[:, column] < 0).any():
        return None
    values = profile.stack_values(column)
    total = int(values.sum())
    if total < max(_BYTES_LEAST, _SAMPLES_LEAST * profile.period):
        return None
    own = own_frames(profile.stacks, package)
    own[_through_testing(profile.stacks, own)] = -1
    lines = nodes_by(profile.stacks, Granularity.LINES)
    charged = np.zeros(len(lines), np.int64)
    np.add.at(charged, lines.of_frame[own[own >= 0]], values[own >= 0])
    most = int(np.argmax(charged)) if len(charged) else 0
    by_chance = _DEVIATIONS * sqrt(HALF * (1 - HALF) * profile.period / total)
    if not len(charged) or charged[most] <= (HALF + by_chance) * total:
        return None
    place = profile.stacks.profile_frame(int(lines.first[most]))
    where = replace(place, file=place.file.replace("\\", "/"))
    return AllocationShare(where, int(charged[most]), total)


def _through_testing(stacks: StackColumns, own: Indices) -> NDArray[np.bool_]:
    """Return (stacks,) whether it is package testing that allocates, called by one's own frame."""
    of_testing = np.array([name.startswith(_TESTING) for name in stacks.functions.names], np.bool_)
    number = np.repeat(np.arange(len(stacks)), stacks.depths)
    first = np.full((2, len(stacks)), len(stacks.frame), np.int64)
    for row, chosen in enumerate(
        (stacks.frame == own[number], of_testing[stacks.frames.function[stacks.frame]])
    ):
        places = np.flatnonzero(chosen)
        np.minimum.at(first[row], number[places], places)
    through: NDArray[np.bool_] = first[1] < first[0]
    return through
