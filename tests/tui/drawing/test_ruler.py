"""The ticks and labels of the ruler."""

from __future__ import annotations

import pytest

from flaketui.drawing.ruler import digits_for, tick_step
from tui.scripted_schedule import MS


@pytest.mark.parametrize(
    ("span", "columns", "step"),
    [
        (1000 * MS, 100, 200 * MS),
        (10 * MS, 70, 2 * MS),
        (1000, 80, 200),
        (60_000 * MS, 60, 20_000 * MS),
    ],
)
def test_ticks_are_round_and_leave_room_for_their_labels(
    span: int, columns: int, step: int
) -> None:
    assert tick_step(span, columns) == step


@pytest.mark.parametrize(("step", "digits"), [(10**9, 0), (2 * 10**8, 1), (5000, 6), (1, 9)])
def test_tick_labels_have_the_digits_that_tell_them_apart(step: int, digits: int) -> None:
    assert digits_for(step) == digits
