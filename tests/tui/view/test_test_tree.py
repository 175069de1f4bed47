"""Tests as a tree: each stands right before its subtests."""

from __future__ import annotations

from flaketui.view.test_tree import family, tree_order
from tui.scenario import TESTS


def test_a_test_stands_before_its_subtests_and_keeps_its_place_among_its_like() -> None:
    assert [test.name for test in tree_order(TESTS)] == [
        "TestDrain",
        "TestDrain/fast",
        "TestFill",
        "TestReset",
    ]
    assert [test.name for test in tree_order(TESTS[::-1])] == [
        "TestReset",
        "TestFill",
        "TestDrain",
        "TestDrain/fast",
    ]


def test_a_family_is_a_test_and_all_below_it() -> None:
    assert family(TESTS, 0) == [0, 1]
    assert family(TESTS, 1) == [1]
    assert family(TESTS, -1) == []
