"""The lines of code whose allocations that are alive grow through a series of heap profiles.

A heap profile has what the latest collection that ended left alive, by who allocated it. It is
sampled, one allocation of each ``period`` bytes on average, so that of b bytes alive the estimate
is off by the root of b times the period. What is kept once and for all is sampled once, and never
looks like growth; what comes and goes may rise by chance from one profile to the next, but hardly
in all four quarters of a series, with hardly a fall, and by several deviations. Single steps prove
little: how many samples of a step's growth there are is chance, and collections end at any moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import sqrt
from typing import NamedTuple

import numpy as np

from flakecore.pprof.aggregation.nodes import Granularity, nodes_by
from flakecore.pprof.aggregation.own_places import own_frames
from flakecore.pprof.profile import Profile
from flakecore.pprof.stack_columns import ProfileFrame

PROFILES_LEAST = 5
"""Profiles between which something was collected: of fewer, growth by chance is no rarity."""
GROWTH_LEAST = 1 << 20
"""Bytes from the first to the last; package testing and the runtime keep less."""
_QUARTERS = 4
"""Parts of a series in each of which a site has to grow."""
_QUARTER_PART = 4
"""Each quarter adds at least one part in so many of what they add on average."""
_FALLS_PART = 8
"""All falls together are less than one part in so many of the growth."""
_ALIVE = "inuse_space"
_DEVIATIONS = 3
"""By how many standard deviations of the sampling a site's growth has to be above none."""


class GrowingSite(NamedTuple):
    """A line whose allocations that are alive keep growing.

    Attributes:
        where: the line.
        sizes: estimated bytes alive, profile by profile, those left out that saw nothing new.
    """

    where: ProfileFrame
    sizes: tuple[int, ...]

    @property
    def growth(self) -> int:
        """Bytes from the first to the last."""
        return self.sizes[-1] - self.sizes[0]


def alive_by_line(profile: Profile, package: str = "") -> dict[ProfileFrame, int]:
    """Return the bytes alive by the line of one's own that allocated them, largest first.

    Args:
        profile: of any other than a heap profile, or a difference, nothing is returned.
        package: import path of the package under test; "" if unknown.
    """
    column = profile.column_of(_ALIVE)
    if column < 0 or not len(profile.stacks) or (profile.values[:, column] < 0).any():
        return {}
    own = own_frames(profile.stacks, package)
    lines = nodes_by(profile.stacks, Granularity.LINES)
    charged = np.zeros(len(lines), np.int64)
    values = profile.stack_values(column)
    np.add.at(charged, lines.of_frame[own[own >= 0]], values[own >= 0])
    found: dict[ProfileFrame, int] = {}
    for line in np.argsort(-charged, kind="stable").tolist():
        if charged[line]:
            frame = profile.stacks.profile_frame(int(lines.first[line]))
            where = replace(frame, file=frame.file.replace("\\", "/"))
            found[where] = found.get(where, 0) + int(charged[line])
    return found


def growing_sites(
    profiles: Sequence[Profile], package: str = "", *, of_repetitions: bool = False
) -> tuple[GrowingSite, ...]:
    """Return the lines that grow through a series of heap profiles, the largest growth first.

    Args:
        profiles: in the order in which they were taken, of one process.
        package: import path of the package under test; "" if unknown.
        of_repetitions: whether they were taken behind repetitions of the tests. What grows does so
            by repetition then, whatever time each took; by time, where some have no profile. Either
            will do.
    """
    if len(profiles) < PROFILES_LEAST:
        return ()
    period = max(profile.period for profile in profiles)
    alive: list[dict[ProfileFrame, int]] = []
    taken: list[tuple[int, int]] = []
    for index, profile in enumerate(profiles):
        found = alive_by_line(profile, package)
        if not alive or found != alive[-1]:  # else no collection ended between the two
            alive.append(found)
            taken.append((profile.time_ns, index))
    if len(alive) < PROFILES_LEAST:
        return ()
    times, indices = zip(*taken, strict=True)
    axes = (indices, times) if of_repetitions else (times,)
    grown = []
    for where in alive[-1]:
        sizes = tuple(each.get(where, 0) for each in alive)
        if any(_grows(sizes, axis, period) for axis in axes):
            grown.append(GrowingSite(where, sizes))
    return tuple(sorted(grown, key=lambda site: -site.growth))


def grows_steadily(sizes: Sequence[int], times: Sequence[int]) -> bool:
    """Return whether a size grows by a megabyte, in each quarter of its time, with hardly a fall.

    Args:
        sizes: in bytes, in the order in which they were taken; of fewer than ``PROFILES_LEAST``
            there is none.
        times: when each was, in any unit, such as repetitions; where they do not ascend, they count
            as evenly spaced.
    """
    if len(sizes) < PROFILES_LEAST:
        return False
    column, moments = np.array(sizes, np.int64), np.array(times, np.int64)
    if (np.diff(moments) <= 0).any():
        moments = np.arange(len(column))
    growth, steps = int(column[-1] - column[0]), np.diff(column)
    ends = np.linspace(moments[0], moments[-1], _QUARTERS + 1)
    quarters = np.diff(np.interp(ends, moments, column))
    falls = -int(steps[steps < 0].sum())
    least = growth / _QUARTERS / _QUARTER_PART
    return (
        growth >= GROWTH_LEAST and falls * _FALLS_PART <= growth and bool((quarters >= least).all())
    )


def _grows(sizes: Sequence[int], times: Sequence[int], period: int) -> bool:
    growth = sizes[-1] - sizes[0]
    by_chance = _DEVIATIONS * sqrt(max(sizes[-1], 0) * max(period, 1))
    return growth > by_chance and grows_steadily(sizes, times)
