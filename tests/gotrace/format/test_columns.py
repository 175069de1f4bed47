"""Columns in the narrowest type that holds their values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from flakecore.gotrace.format.columns import chosen, everywhere, narrow, one_after_another


@dataclass(frozen=True)
class Pair:
    number: NDArray[np.int64]
    other: NDArray[np.int64]


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        ([0, 32_767], np.int16),
        ([-32_768, 0], np.int16),
        ([0, 32_768], np.int32),
        ([-(1 << 31), (1 << 31) - 1], np.int32),
        ([0, 1 << 31], np.int64),
    ],
)
def test_the_values_at_the_limits_of_a_type_are_held(values: list[int], dtype: type) -> None:
    found = narrow(np.array(values, np.int64))
    assert found.dtype == dtype
    assert found.tolist() == values


def test_a_column_of_one_value_takes_no_memory() -> None:
    found = narrow(np.full(1000, 1 << 40, np.int64))
    assert (found.strides, len(found), int(found[999])) == ((0,), 1000, 1 << 40)
    assert everywhere(-1, 3).tolist() == [-1, -1, -1]
    assert everywhere(-1, 3).strides == (0,)


def test_an_empty_column_stays_empty() -> None:
    assert len(narrow(np.zeros(0, np.int64))) == 0
    assert len(everywhere(7, 0)) == 0


@pytest.mark.parametrize(
    "rows", [np.array([2, 0]), np.array([True, False, True]), slice(1, 3)], ids=repr
)
def test_rows_are_chosen_of_every_column(rows: NDArray[np.int64] | slice) -> None:
    found = chosen(Pair(np.arange(3), np.arange(3) * 10), rows)
    assert found.number.tolist() == np.arange(3)[rows].tolist()
    assert (found.other == 10 * found.number).all()


def test_parts_follow_one_another_in_every_column() -> None:
    found = one_after_another(
        [Pair(np.array([1]), np.array([2])), Pair(np.array([3]), np.array([4]))]
    )
    assert (found.number.tolist(), found.other.tolist()) == ([1, 3], [2, 4])
