"""Intervals and tests of counts are those of the textbook, worked out by brute force."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flakecore.comparison.statistics import (
    chance_of_none,
    fisher_exact,
    highest_rate_of_none,
    holm_adjusted,
    p_shown,
    wilson_interval,
)

COUNTS = st.integers(0, 12)


def exact_p(a: int, b: int, c: int, d: int) -> float:
    """Return the p-value by counting every table of the same sums, in whole numbers."""
    row, column, total = a + b, a + c, a + b + c + d
    ways = {
        each: math.comb(column, each) * math.comb(total - column, row - each)
        for each in range(row + 1)
        if 0 <= row - each <= total - column and each <= column
    }
    as_rare = sum(count for count in ways.values() if count <= ways[a])
    return float(Fraction(as_rare, sum(ways.values())))


@pytest.mark.parametrize("trials", [*range(1, 40), 200, 1000])
def test_no_rate_above_the_bound_shows_none_in_one_of_twenty_series(trials: int) -> None:
    bound = highest_rate_of_none(trials)
    assert (1 - bound) ** trials <= 0.05 + 1e-12
    # It is not idle either: a little below, luck would hide it once in sixty series.
    assert (1 - bound) ** trials >= 0.016
    assert bound <= 3.85 / trials


def test_without_a_trial_every_rate_is_possible() -> None:
    assert highest_rate_of_none(0) == 1.0


@given(COUNTS, COUNTS, COUNTS, COUNTS)
def test_fishers_test_counts_all_tables_of_the_same_sums(a: int, b: int, c: int, d: int) -> None:
    assert fisher_exact(a, b, c, d) == pytest.approx(exact_p(a, b, c, d), rel=1e-9)


def test_fishers_test_of_nine_of_nine_and_none_of_forty() -> None:
    assert fisher_exact(9, 0, 0, 40) == pytest.approx(1 / math.comb(49, 9))


def test_fishers_test_takes_thousands_of_runs() -> None:
    assert fisher_exact(300, 4700, 0, 5000) < 1e-80
    assert fisher_exact(250, 4750, 250, 4750) == 1.0


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    # The bounds solve (p - rate)^2 = z^2 p (1 - p) / n.
    [(0, 200, 0.0, 0.018845), (9, 12, 0.467698, 0.911063), (12, 12, 0.757506, 1.0)],
)
def test_wilsons_interval(successes: int, trials: int, low: float, high: float) -> None:
    assert wilson_interval(successes, trials) == pytest.approx((low, high), abs=2e-5)


@given(st.integers(0, 50), st.integers(1, 50))
def test_wilsons_bounds_solve_their_equation(successes: int, more: int) -> None:
    trials = successes + more - 1 if successes else more
    rate = successes / trials
    low, high = wilson_interval(successes, trials)
    assert 0 <= low <= rate <= high <= 1
    for bound in (low, high):
        if 0 < bound < 1:
            deviation = (bound - rate) ** 2 * trials
            assert deviation == pytest.approx(1.959964**2 * bound * (1 - bound), rel=1e-5)


def test_nothing_is_known_of_a_rate_without_runs() -> None:
    assert wilson_interval(0, 0) == (0.0, 1.0)


def test_the_chance_that_a_flake_of_one_in_thirty_stays_away() -> None:
    assert chance_of_none(1 / 30, 150) == pytest.approx((29 / 30) ** 150)
    assert chance_of_none(0.0, 10) == 1.0
    assert chance_of_none(1.0, 1) == 0.0


def test_holm_multiplies_the_smallest_by_all_and_the_largest_by_one() -> None:
    assert holm_adjusted([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm_adjusted([0.9, 0.8]) == [1.0, 1.0]
    assert holm_adjusted([]) == []


@given(st.lists(st.integers(0, 1000), max_size=8), st.sampled_from([0.0105, 0.0505, 0.2005]))
def test_holm_keeps_what_his_steps_reject(thousandths: list[int], level: float) -> None:
    values = [each / 1000 for each in thousandths]
    rejected = set()
    for step, at in enumerate(sorted(range(len(values)), key=values.__getitem__)):
        if values[at] > level / (len(values) - step):
            break
        rejected.add(at)
    found = {at for at, p in enumerate(holm_adjusted(values)) if p <= level}
    # Of equal values each is rejected as the first of them is.
    assert {values[at] for at in found} == {values[at] for at in rejected}


@pytest.mark.parametrize(
    ("p", "shown"),
    [(1.0, "1.00"), (0.516, "0.52"), (0.0314, "0.03"), (0.00027, "0.0003"), (3.2e-9, "3e-09")],
)
def test_a_small_probability_is_shown_by_its_first_digit(p: float, shown: str) -> None:
    assert p_shown(p) == shown
