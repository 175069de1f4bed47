"""The number of live goroutines over a window, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from flakecore.comparison.features.goroutine_counts import (
    CountStatistics,
    Lifetimes,
    count_statistics,
)

NEVER = np.iinfo(np.int64).max


def lives(*spans: tuple[int, int]) -> Lifetimes:
    start, end = (np.array(column, np.int64) for column in zip(*spans, strict=True))
    return Lifetimes(np.arange(len(spans)), start, end, np.zeros(len(spans), np.int64))


def test_each_change_is_a_sample() -> None:
    # From one at 0: two at 10, three at 20, two at 30, one at 40.
    found = count_statistics(lives((0, NEVER), (10, 30), (20, 40)), 0, 100)
    assert found.peak == 3
    assert found.variance == pytest.approx(np.var([2, 3, 2, 1]))
    levels = [1] * 10 + [2] * 10 + [3] * 10 + [2] * 10 + [1] * 60
    assert found.variance_by_time == pytest.approx(np.var(levels))


def test_one_that_takes_over_at_the_same_moment_lived_beside_the_one_before() -> None:
    found = count_statistics(lives((0, 50), (50, NEVER)), 0, 100)
    assert found == CountStatistics(2, 0.25, 0.0)


def test_without_a_change_nothing_varies() -> None:
    assert count_statistics(lives((0, NEVER), (0, NEVER)), 0, 100) == CountStatistics(2, 0.0, 0.0)
    assert count_statistics(lives((0, 400)), 0, 0) == CountStatistics(1, 0.0, 0.0)
