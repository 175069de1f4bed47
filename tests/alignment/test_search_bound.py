"""The bound is never below what a path can still score."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import pytest

from flakecore.alignment.search_bound import SearchBound

COUNTS = [(-3.0, -0.2, -2.0), (-0.1, -4.0, -5.0), (-2.0, -1.0, -0.5)]
SKIP = -6.0


def best_path(counts: Sequence[Sequence[float]], units: int) -> float:
    """Try every number of units of every write, the rest skipped."""
    return max(
        sum(scores[number] for scores, number in zip(counts, numbers, strict=True))
        + SKIP * (units - sum(numbers))
        for numbers in product(range(3), repeat=len(counts))
        if sum(numbers) <= units
    )


def bound(units: int, *, open_end: bool = False) -> SearchBound:
    return SearchBound(COUNTS, [SKIP] * units, False, open_end, [0.0] * units)


@pytest.mark.parametrize("units", [0, 1, 3, 6, 8])
@pytest.mark.parametrize("write", [0, 1, 2, 3])
def test_without_deferred_writes_the_bound_is_the_best_path(units: int, write: int) -> None:
    assert bound(units).of(write, 0, ()) == pytest.approx(best_path(COUNTS[write:], units))


def test_a_deferred_write_can_only_raise_the_bound() -> None:
    assert bound(5).of(2, 1, ((0, 0),)) >= bound(5).of(2, 1, ())


def test_what_a_deferred_write_has_printed_counts_as_its_units() -> None:
    counts = (*COUNTS[0][1:], -100.0)
    found = bound(5).of(2, 1, ((0, 1),))
    assert found == pytest.approx(best_path([counts, COUNTS[2]], 4))


def test_units_behind_the_last_write_are_free_at_an_open_end() -> None:
    assert bound(6, open_end=True).of(3, 0, ()) == 0.0
    assert bound(6).of(3, 0, ()) == 6 * SKIP


def test_a_segment_that_is_too_large_for_a_table_has_the_bound_0() -> None:
    large = SearchBound([(0.0,)] * 3000, [SKIP] * 6000, False, False, [0.0] * 6000)
    assert large.of(0, 0, ()) == 0.0
