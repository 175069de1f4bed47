"""Pairs what adds up: between two anchors every call site prints as much as it always does.

What each site prints is known from elsewhere (``counts``). Where these numbers add up to just what
is there, and every unit may be what its write printed, that is the proof: nothing is weighed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.alignment.anchors import Anchors
from flakecore.alignment.transition_scores import PARTS, Sides
from flakecore.alignment.unit_counts import UNKNOWN, Counts
from flakecore.alignment.writers import WriteKind

_FAITHFUL = 0.8
"""How often a site's write must be seen as a packet for its silence to be news."""


@dataclass(frozen=True, slots=True)
class Gaps:
    """What lies between anchors, those before the first and behind the last included.

    Attributes:
        of_unit: int64, (units,), the gap of each unit; an anchor opens one.
        of_write: int64, (writes,), the same of each write.
        count: how many there are.
    """

    of_unit: NDArray[np.int64]
    of_write: NDArray[np.int64]
    count: int


def gaps_between(anchors: Anchors, units: int, writes: int) -> Gaps:
    """Return the gaps between anchors among so many units and writes."""
    return Gaps(
        np.searchsorted(anchors.units, np.arange(units), side="right"),
        np.searchsorted(anchors.writes, np.arange(writes), side="right"),
        len(anchors.units) + 1,
    )


@dataclass(frozen=True, slots=True)
class Added:
    """What the gaps that add up tell.

    Attributes:
        settled: bool, (gaps,), it adds up.
        units: int64, (n,), units in such gaps, ascending.
        owner: int64, (n,), the write that printed each.
    """

    settled: NDArray[np.bool_]
    units: NDArray[np.int64]
    owner: NDArray[np.int64]


def add_up(sides: Sides, gaps: Gaps, counts: Counts, rates: NDArray[np.float64]) -> Added:
    """Pair the units of gaps in which every site prints what it always does.

    Args:
        sides: units and writes.
        gaps: between the anchors.
        counts: how many units each site prints.
        rates: how often each site's write is printed at all.
    """
    units, writes, keys = sides.units, sides.writes, sides.keys
    number = counts.number[writes.site]
    known = number != UNKNOWN
    fixed = keys.least == keys.most
    number = np.where(fixed, keys.least, number)
    known |= fixed
    unsure = ~known | counts.doubtful[writes.site]
    if not sides.whole:
        # A packet is one write: only somebody's silence and a stranger's word could deceive.
        number = np.where(known, number, 1)
        unsure = rates[writes.site] < _FAITHFUL
    doubtful = np.bincount(gaps.of_write[unsure & ~fixed], minlength=gaps.count) > 0
    plain = ~units.stranger
    expected = np.bincount(gaps.of_write, np.maximum(number, 0), minlength=gaps.count)
    there = np.bincount(gaps.of_unit[plain], minlength=gaps.count)
    overlaps = writes.end[:-1] > writes.start[1:]
    doubtful[gaps.of_write[:-1][overlaps]] = True
    settled: NDArray[np.bool_] = ~doubtful & (expected == there)
    rows = np.flatnonzero(settled[gaps.of_write])
    owner = np.repeat(rows, number[rows])
    mine = np.flatnonzero(settled[gaps.of_unit] & plain)
    first = np.ones(len(owner), np.bool_)
    first[1:] = owner[1:] != owner[:-1]
    wrong = ~_fits(sides, mine, owner, first)
    settled[gaps.of_unit[mine[wrong]]] = False
    kept = settled[gaps.of_unit[mine]]
    return Added(settled, mine[kept], owner[kept])


def _fits(
    sides: Sides,
    units: NDArray[np.int64],
    owner: NDArray[np.int64],
    first: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Return whether units may be what their writes printed."""
    keys, columns = sides.keys, sides.units
    unit_key, write_key = keys.units[units], keys.writes[owner]
    printed = keys.printed[owner]
    is_log = printed == WriteKind.LOG
    begins = (unit_key == write_key) & ((unit_key > 0) | (printed == WriteKind.ANYTHING))
    deep = columns.depth[units]
    # A log of several lines, from Go 1.25 on, is written line by line; so is t.Output.
    begins |= is_log & keys.single[owner] & (unit_key == 0) & (deep > 0)
    goes_on = columns.joined[units] & (unit_key == 0)
    if sides.whole:
        goes_on &= ~is_log | (deep == 2)
        goes_on &= (printed != WriteKind.RESULT) | (deep > 0)
    last = np.append(first[1:], True)
    habit = sides.writes.habit[sides.writes.site[owner]]
    parts = np.isin(habit, PARTS) & (printed == WriteKind.ANYTHING)
    goes_on &= columns.ends[units] | ~last | parts
    begins &= columns.ends[units] | ~last | parts
    in_time = sides.writes.start[owner] <= sides.latest[units]
    fits: NDArray[np.bool_] = np.where(first, begins, goes_on) & in_time
    return fits
