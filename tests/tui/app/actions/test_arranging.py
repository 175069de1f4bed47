"""Pinning and hiding the selected lane, and what panes answer to their filter and order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flakecore.timeline import Lane, LaneKind
from flaketui.panes.action_results import Change
from flaketui.view.arrangement import Arrangement, Grouping
from tui.driving import exploring, press

G18, P0 = Lane(LaneKind.GOROUTINE, 18), Lane(LaneKind.PROC, 0)


async def test_hiding_the_selected_lane_goes_to_the_one_below() -> None:
    async with exploring() as pilot:
        app = await press(pilot, "x")
        assert app.arrangement.hidden == frozenset({G18})
        assert app.view.selection.lane not in (None, G18)
        assert "hid G18" in app.layout.keys.plain_text
        await press(pilot, "X")
        assert app.arrangement.hidden == frozenset()
        assert "1 hidden lanes are shown again" in app.layout.keys.plain_text


async def test_pinning_again_unpins() -> None:
    async with exploring() as pilot:
        app = await press(pilot, "p")
        assert app.arrangement.pinned == (G18,)
        await press(pilot, "p")
        assert not app.arrangement.pinned
        assert "let go of G18" in app.layout.keys.plain_text


@pytest.mark.parametrize("key", ["p", "x"])
async def test_without_a_selected_lane_nothing_is_arranged(key: str) -> None:
    async with exploring() as pilot:
        app = await press(pilot)
        app.go(app.view.select(lane=None), "")
        await press(pilot, key)
        assert app.arrangement == Arrangement()
        assert "no lane is selected" in app.layout.keys.plain_text


async def test_the_timeline_is_sorted_by_another_grouping_and_has_no_filter() -> None:
    async with exploring() as pilot:
        app = await press(pilot, "s")
        assert app.arrangement.grouping is Grouping.CREATOR
        await press(pilot, "F")
        assert "this pane has no filter" in app.layout.keys.plain_text


@pytest.mark.parametrize("key", ["3", "5", "6"])
async def test_a_pane_in_order_of_time_has_no_other_order(key: str) -> None:
    async with exploring() as pilot:
        app = await press(pilot, key, "s")
        assert app.arrangement == Arrangement()
        assert "one order only" in app.layout.keys.plain_text


async def test_an_own_key_of_a_pane_works_in_every_pane() -> None:
    async with exploring() as pilot:
        app = await press(pilot, "5", "u")
        assert app.layout.current is app.layout["output"]
        assert "totals by reason" in app.layout["blocking"].plain_text


async def test_a_change_is_applied_as_far_as_it_goes() -> None:
    async with exploring() as pilot:
        app = await press(pilot)
        before = app.view
        app.actions.arranging.apply(Change())
        assert (app.view, app.arrangement) == (before, Arrangement())
        arranged = Arrangement().pin(P0)
        app.actions.arranging.apply(Change(arranged, replace(before, only_test=2), "a sentence"))
        await press(pilot)
        assert (app.arrangement, app.view.only_test) == (arranged, 2)
        assert "a sentence" in app.layout.keys.plain_text
