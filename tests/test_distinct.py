"""Distinct values are those that numpy finds."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from flakecore.distinct import distinct, union

_COLUMN = st.lists(st.integers(-5, 5) | st.integers(-(2**63), 2**63 - 1), max_size=20)


@given(_COLUMN, _COLUMN)
def test_distinct_values_are_those_that_numpy_finds(one: list[int], other: list[int]) -> None:
    ours, theirs = np.array(one, np.int64), np.array(other, np.int64)
    assert distinct(ours).tolist() == np.unique(ours).tolist()
    assert union(ours, theirs).tolist() == np.union1d(ours, theirs).tolist()


def test_the_width_of_a_column_stays() -> None:
    assert distinct(np.array([3, 1, 3], np.int16)).dtype == np.int16
