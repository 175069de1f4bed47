"""Panes divide the screen without gaps or overlaps, whichever of them are placed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flaketui.panes.placement import ROW_PARTS, Box, Placement, boxes, is_beside
from flaketui.panes.registry import Basis, default_places

SHOWN = default_places(Basis.TRACE)
ALL = list(SHOWN.values())
placements = st.builds(
    Placement,
    row=st.integers(0, len(ROW_PARTS) - 1),
    column=st.integers(1, 9),
    parts=st.integers(1, 5),
    percent=st.sampled_from([0, 0, 10, 28]),
    most=st.sampled_from([20, 1 << 16]),
)


@given(
    st.lists(placements, min_size=1, max_size=8, unique_by=lambda one: (one.row, one.column)),
    st.integers(80, 400),
    st.integers(20, 150),
)
def test_every_cell_belongs_to_one_pane(places: list[Placement], width: int, height: int) -> None:
    found = boxes(places, width, height)
    assert sum(box.width * box.height for box in found) == width * height
    for box in found:
        assert 0 <= box.x <= box.x + box.width <= width
        assert 0 <= box.y <= box.y + box.height <= height
    for place, box in zip(places, found, strict=True):
        left = [one for one, other in zip(found, places, strict=True) if other.row == place.row]
        assert all(one.y == box.y and one.height == box.height for one in left)


@pytest.mark.parametrize(
    ("size", "why", "timeline", "output"),
    [
        ((120, 38), Box(0, 0, 60, 13), Box(0, 13, 120, 14), Box(60, 27, 60, 11)),
        ((160, 43), Box(0, 0, 80, 15), Box(0, 15, 160, 15), Box(80, 30, 80, 13)),
        ((240, 60), Box(0, 0, 120, 21), Box(0, 21, 240, 21), Box(120, 42, 120, 18)),
    ],
)
def test_the_panes_of_the_registry_stand_in_three_rows(
    size: tuple[int, int], why: Box, timeline: Box, output: Box
) -> None:
    found = dict(zip(SHOWN, boxes(ALL, *size), strict=True))
    assert found["why"] == why
    assert found["timeline"] == timeline
    assert found["output"] == output


def test_a_row_of_a_height_of_its_own_leaves_the_rest_to_the_others() -> None:
    top, middle, low = Placement(0, 1), Placement(1, 1), Placement(2, 1)
    found = boxes([top, middle, low], 100, 37, {0: 10})
    assert [(box.y, box.height) for box in found] == [(0, 10), (10, 15), (25, 12)]
    found = boxes([top, middle, low], 100, 30, {0: 5, 1: 9, 2: 4})
    assert [(box.y, box.height) for box in found] == [(0, 5), (5, 9), (14, 16)]


def test_a_row_without_a_pane_takes_no_height_and_a_pane_alone_the_whole_width() -> None:
    upper, lower = Placement(0, 1, percent=28, least=34, most=56), Placement(2, 1)
    assert boxes([upper, lower], 100, 90) == [Box(0, 0, 100, 50), Box(0, 50, 100, 40)]
    assert boxes([upper], 100, 90) == [Box(0, 0, 100, 90)]
    assert boxes([], 100, 90) == []


def test_only_what_stands_right_of_another_is_beside_it() -> None:
    left, right, below = Placement(0, 1), Placement(0, 2), Placement(1, 2)
    places = [left, right, below]
    assert [is_beside(place, places) for place in places] == [False, True, False]
