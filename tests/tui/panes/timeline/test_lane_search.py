"""Goroutines are found by number and function."""

from __future__ import annotations

from flaketui.panes.timeline.lane_search import find_lanes
from tui.scenario import deadlock, without_trace

CASE = deadlock()


def test_a_goroutine_is_found_by_its_number_with_and_without_a_g() -> None:
    for text in ("34", "g34"):
        assert [match.index for match in find_lanes(CASE, text)] == [34]


def test_a_goroutine_is_found_by_its_function() -> None:
    (match,) = find_lanes(CASE, ").work")
    assert match.index == 34
    assert match.text.startswith("G34 ")


def test_nothing_is_found_without_a_trace() -> None:
    assert find_lanes(without_trace(), "work") == []
