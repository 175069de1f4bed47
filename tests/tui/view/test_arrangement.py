"""Arrangements are values: pinning, hiding, marking and saving make new ones."""

from __future__ import annotations

import pytest

from flakecore.timeline import Lane, LaneKind
from flaketui.view.arrangement import (
    Arrangement,
    SavedView,
    TestOrder,
    TestsShown,
    WaitOrder,
    following,
    order_words,
)
from flaketui.view.viewport import Viewport

G7, G8 = (Lane(LaneKind.GOROUTINE, number) for number in (7, 8))


def test_pinning_twice_unpins_and_a_pinned_lane_is_not_hidden() -> None:
    pinned = Arrangement().hide(G7).pin(G7).pin(G8)
    assert (pinned.pinned, pinned.hidden) == ((G7, G8), frozenset())
    assert pinned.pin(G7).pinned == (G8,)
    assert pinned.hide(G8) == Arrangement(pinned=(G7,), hidden=frozenset({G8}))


def test_a_group_is_opened_or_folded_once() -> None:
    turned = Arrangement().turn("procs", opened=True).turn("x", opened=True)
    assert turned.turn("procs", opened=False).turned == (("x", True), ("procs", False))


def test_marking_a_marked_moment_takes_the_mark_away() -> None:
    assert Arrangement().mark(5).mark(3).marks == (5, 3)
    assert Arrangement().mark(5).mark(3).mark(5).marks == (3,)


def test_a_view_of_the_same_name_is_replaced() -> None:
    view = Viewport.whole(0, 10_000)
    saved = Arrangement()
    for one in (SavedView("a", view), SavedView("b", view), SavedView("a", view.at(7), "why")):
        saved = saved.save(one)
    assert [(one.name, one.view.cursor_ns) for one in saved.views] == [("b", 0), ("a", 7)]
    assert saved.forget("a").forget("b").views == ()


def test_choices_go_round() -> None:
    seen = [TestsShown.ALL]
    for _ in TestsShown:
        seen.append(following(seen[-1]))
    assert seen == [*TestsShown, TestsShown.ALL]


@pytest.mark.parametrize(
    ("order", "words"),
    [
        (WaitOrder.REASON, "by reason"),
        (WaitOrder.LONGEST, "with the longest first"),
        (TestOrder.TREE, "as they ran"),
    ],
)
def test_an_order_is_worded_to_stand_after_a_noun(order: WaitOrder, words: str) -> None:
    assert order_words(order) == words
