"""Durations are put together by test; what statistics say of them is worked out by hand."""

from __future__ import annotations

import statistics

import numpy as np
import pytest
from numpy.typing import NDArray

from comparison.features.plain_features import values_of
from flakecore.comparison.features.durations import (
    DurationsByPlace,
    Piece,
    pearson_skewness,
    percentile,
    value_at_rank,
)

MANY = 200_000


def test_durations_of_several_parts_come_together_by_place() -> None:
    durations = DurationsByPlace(3)
    durations.add(np.array([2, -1, 0]), np.array([2, 1, 1]), np.array([7, 8, 9, 1], np.uint32))
    durations.add(np.array([1, 2]), np.array([1, 1]), np.array([4, 1 << 40]))
    found = durations.durations()
    assert [values_of(found.of(slice(at, at + 1))) for at in range(3)] == [
        [1],
        [4],
        [7, 8, 1 << 40],
    ]
    assert values_of(found.of(slice(1, 3))) == [4, 7, 8, 1 << 40]
    assert found.of(slice(3, 3)) == []


def test_durations_of_groups_that_follow_each_other_are_not_copied() -> None:
    durations, ns = DurationsByPlace(2), np.array([5, 1, 2, 3, 6], np.uint32)
    durations.add(np.array([-1, 0, 1, -1]), np.array([1, 2, 1, 1]), ns)
    (piece,) = durations.durations().of(slice(0, 2))
    assert np.shares_memory(piece, ns)
    assert piece.tolist() == [1, 2, 3]


def test_skewness_is_pearsons_second_coefficient() -> None:
    # Mean 4, median 2, deviation sqrt(14): by hand.
    by_hand = pytest.approx(3 * 2 / (38 / 3) ** 0.5)
    assert pearson_skewness([np.array([1, 2, 9])]) == by_hand
    assert pearson_skewness([np.array([9, 1]), np.array([2])]) == by_hand
    assert pearson_skewness([np.array([5, 5, 5])]) == 0.0
    assert pearson_skewness([]) is None


def test_a_percentile_is_the_nearest_rank() -> None:
    assert percentile([np.arange(1, 101)], 0.99) == 99
    assert percentile([np.arange(1, 102)], 0.99) == 100
    assert percentile([np.array([7])], 0.99) == 7
    assert percentile([], 0.99) is None


@pytest.mark.parametrize(
    "drawn",
    [
        np.random.default_rng(1).pareto(1.5, MANY) * 1000,
        np.random.default_rng(2).integers(0, 9, MANY),
        np.zeros(MANY),
        np.arange(MANY),
        # Every 24th, as the sample takes them, is larger than all others.
        np.where(np.arange(MANY) % (MANY // 8192), 1, 1000) + np.arange(MANY) % 7,
    ],
    ids=["long tail", "few values", "one value", "ascending", "a sample that misleads"],
)
def test_of_many_durations_ranks_and_skewness_are_those_of_all_of_them(
    drawn: NDArray[np.float64],
) -> None:
    every = drawn.astype(np.uint32)
    pieces: list[Piece] = np.array_split(every, [3, 4, MANY // 3])
    before, ascending = every.copy(), np.sort(every)
    for rank in (0, 1, MANY // 2, int(0.99 * MANY), MANY - 1):
        assert value_at_rank(pieces, rank) == ascending[rank]
    as_numbers = every.tolist()
    spread = statistics.pstdev(as_numbers)
    apart = statistics.fmean(as_numbers) - statistics.median(as_numbers)
    expected = 3 * apart / spread if spread else 0.0
    assert pearson_skewness(pieces) == pytest.approx(expected)
    assert np.array_equal(every, before)
