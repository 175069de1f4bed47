"""The order of a lane's events by sequence number."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flakecore.gotrace.events.sequence import lane_order, sequence_order

ROWS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 4), st.booleans()), max_size=40)


def _expected(lane: list[int], sequence: list[int], own: list[int]) -> list[int]:
    return sorted(range(len(lane)), key=lambda row: (lane[row], sequence[row], own[row], row))


@given(ROWS)
def test_rows_are_by_lane_then_number_then_the_lanes_own_then_row(
    rows: list[tuple[int, int, bool]],
) -> None:
    lane, sequence, own = ([row[column] for row in rows] for column in range(3))
    order, lanes = sequence_order(
        np.array(lane, np.int32), np.array(sequence, np.int32), np.array(own, np.bool_)
    )
    assert order.tolist() == _expected(lane, sequence, own)
    assert lanes.tolist() == sorted(lane)


@pytest.mark.parametrize("lost", [False, True])
def test_lost_numbers_leave_the_others_in_order(lost: bool) -> None:
    """A gap in the numbers means that a batch was lost: they are sorted instead of counted."""
    step = 1_000 if lost else 1
    lane = np.tile(np.arange(40, dtype=np.int32), 50)
    sequence = np.repeat(np.arange(1, 51, dtype=np.int32) * step, 40)
    order, _ = sequence_order(lane, sequence[::-1].copy(), np.zeros(2_000, np.bool_))
    assert np.array_equal(order, np.lexsort((sequence[::-1], lane)))


@pytest.mark.parametrize("largest", [0, 1 << 15, 1 << 40, (1 << 63) - 1])
def test_lane_numbers_of_any_size_are_ordered(largest: int) -> None:
    lane = np.array([largest, 0, largest, -1], np.int64)
    within = np.array([2, 1, 1, 0], np.int64)
    assert lane_order(lane, within).tolist() == np.lexsort((within, lane)).tolist()


def test_a_column_without_rows_has_an_empty_order() -> None:
    none = np.zeros(0, np.int32)
    order, lanes = sequence_order(none, none, np.zeros(0, np.bool_))
    assert len(order) == len(lanes) == 0
