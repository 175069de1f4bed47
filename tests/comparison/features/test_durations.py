"""Durations are put together by test; what statistics say of them is worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from flakecore.comparison.features.durations import (
    DurationsByPlace,
    pearson_skewness,
    percentile,
)


def test_durations_of_several_parts_come_together_by_place() -> None:
    durations = DurationsByPlace(3)
    durations.add(np.array([2, -1, 0]), np.array([2, 1, 1]), np.array([7, 8, 9, 1], np.uint32))
    durations.add(np.array([1, 2]), np.array([1, 1]), np.array([4, 1 << 40]))
    found = durations.durations()
    assert [sorted(found.of(slice(at, at + 1)).tolist()) for at in range(3)] == [
        [1],
        [4],
        [7, 8, 1 << 40],
    ]
    assert sorted(found.of(slice(1, 3)).tolist()) == [4, 7, 8, 1 << 40]
    assert found.of(slice(3, 3)).tolist() == []


def test_skewness_is_pearsons_second_coefficient() -> None:
    # Mean 4, median 2, deviation sqrt(14): by hand.
    assert pearson_skewness(np.array([1, 2, 9])) == pytest.approx(3 * 2 / (38 / 3) ** 0.5)
    assert pearson_skewness(np.array([5, 5, 5])) == 0.0
    assert pearson_skewness(np.zeros(0, np.int64)) is None


def test_a_percentile_is_the_nearest_rank() -> None:
    assert percentile(np.arange(1, 101), 0.99) == 99
    assert percentile(np.arange(1, 102), 0.99) == 100
    assert percentile(np.array([7]), 0.99) == 7
    assert percentile(np.zeros(0, np.int64), 0.99) is None
