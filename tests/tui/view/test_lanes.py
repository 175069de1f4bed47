"""Lanes by their names."""

from __future__ import annotations

import pytest

from flakecore.timeline import Lane, LaneKind
from flaketui.view.lanes import goroutine_lane, lane_named


@pytest.mark.parametrize("kind", LaneKind)
def test_a_lanes_name_leads_back_to_it(kind: LaneKind) -> None:
    lane = Lane(kind, 21)
    assert lane_named(str(lane)) == lane
    assert lane_named(str(lane).lower()) == lane


@pytest.mark.parametrize("name", ["", "G", "x7", "7", "G7x"])
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        lane_named(name)


def test_no_goroutine_has_no_lane() -> None:
    assert goroutine_lane(0) is None
    assert goroutine_lane(7) == Lane(LaneKind.GOROUTINE, 7)
