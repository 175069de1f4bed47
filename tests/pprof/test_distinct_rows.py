from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from flakecore.pprof import distinct_rows as distinct
from flakecore.pprof.distinct_rows import distinct_rows, rows_of

_ROWS = st.lists(st.lists(st.integers(0, 3), max_size=4), max_size=30)


def _columns(rows: list[list[int]]) -> tuple[distinct.Indices, distinct.Ints]:
    values = np.array([value for row in rows for value in row], np.int32)
    return values, np.cumsum([0, *map(len, rows)]).astype(np.int64)


@given(_ROWS)
def test_equal_rows_have_one_number_in_the_order_of_their_first(rows: list[list[int]]) -> None:
    content, first = distinct_rows(*_columns(rows))
    known: dict[tuple[int, ...], int] = {}
    assert content.tolist() == [known.setdefault(tuple(row), len(known)) for row in rows]
    assert [tuple(rows[at]) for at in first.tolist()] == list(known)


def _equal_hashes(_: distinct.Indices, offsets: distinct.Ints) -> NDArray[np.uint64]:
    return np.zeros(len(offsets) - 1, np.uint64)


@given(_ROWS)
def test_rows_of_equal_hash_are_told_apart_by_their_numbers(rows: list[list[int]]) -> None:
    expected = distinct_rows(*_columns(rows))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(distinct, "number_rows", lambda *_: None)
        patch.setattr(distinct, "_row_hashes", _equal_hashes)
        found = distinct_rows(*_columns(rows))
    assert [each.tolist() for each in found] == [each.tolist() for each in expected]


def test_rows_longer_than_a_tile_are_told_apart() -> None:
    rows = [[1] * 200_000, [1] * 200_000, [1] * 199_999 + [2]]
    assert distinct_rows(*_columns(rows))[0].tolist() == [0, 0, 1]


def test_some_rows_are_picked_out_in_the_order_asked_for() -> None:
    values, offsets = _columns([[1], [], [2, 3]])
    picked, starts = rows_of(values, offsets, np.array([2, 0, 1]))
    assert (picked.tolist(), starts.tolist()) == ([2, 3, 1], [0, 2, 3, 3])
