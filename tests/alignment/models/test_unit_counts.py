"""How many lines each call site prints is learned from sums, and doubted where sums do not tell."""

from __future__ import annotations

import numpy as np

from flakecore.alignment.models.unit_counts import (
    GapSums,
    UnitCounts,
    learn_counts,
    observed_counts,
)
from flakecore.alignment.writers import PriorClass

_MANY = 1 << 30


def learned(gaps: list[tuple[list[int], int]], classes: list[PriorClass]) -> UnitCounts:
    """Learn from gaps: the sites that write in each, and the lines that are there."""
    sites = [site for writing, _ in gaps for site in writing]
    sums = GapSums(
        gap=np.repeat(np.arange(len(gaps)), [len(writing) for writing, _ in gaps]),
        site=np.array(sites, np.int32),
        units=np.array([lines for _, lines in gaps], np.int64),
        min_units=np.zeros(len(sites), np.int64),
        max_units=np.full(len(sites), _MANY, np.int64),
        prior_class=np.array(classes, np.uint8),
    )
    return learn_counts(sums)


def test_a_site_that_prints_three_lines_is_told_by_what_is_left_for_it() -> None:
    gaps = [([0], 1), ([0], 1), ([0, 1], 4), ([1], 3), ([1], 3), ([1, 1], 6), ([0, 1], 4)]
    counts = learned(gaps, [PriorClass.WHOLE_LINES] * 2)
    assert counts.units.tolist() == [1, 3]
    assert counts.doubtful.tolist() == [False, False]


def test_of_two_sites_that_always_come_together_neither_is_told() -> None:
    """One odd gap seemed to tell, and a hundred that only know the sum agreed."""
    together = [([0, 1], 2)] * 100
    counts = learned([([0], 2), *together], [PriorClass.PRINTLN, PriorClass.WHOLE_LINES])
    assert counts.units.tolist() == [2, 0]
    assert counts.doubtful.tolist() == [True, True]


def observed(owner: list[int], certain: list[int], overlapping: tuple[int, ...] = ()) -> object:
    """Return the number of units of each write for which it is certain."""
    apart = np.array([write not in overlapping for write in range(6)])
    found = observed_counts(np.array(owner), np.array(certain, np.bool_), apart)
    return dict(zip(*(column.tolist() for column in found), strict=True))


def test_units_are_counted_where_their_neighbours_are_certain_too() -> None:
    assert observed([0, 0, 1, 2, 2], [1, 1, 1, 1, 1]) == {0: 2, 1: 1, 2: 2}
    assert observed([0, 0, 1, 2, 2], [1, 1, 0, 1, 1]) == {}
    assert observed([0, 0, 0, 0, 0], [0, 0, 0, 0, 0]) == {}


def test_a_write_between_those_of_two_adjacent_units_printed_nothing() -> None:
    assert observed([0, 2], [1, 1]) == {0: 1, 1: 0, 2: 1}
    assert observed([0, 2], [1, 1], overlapping=(1,)) == {0: 1, 2: 1}
