"""The Timeline pane: pins, folds and what it says without a trace."""

from __future__ import annotations

from flakecore.timeline import Case
from flaketui.app.saved.links import Link
from tui.driving import ScenarioExplorer, exploring, press
from tui.lanes import G18


async def test_a_fold_tells_how_many_there_are_and_what_they_do_at_the_cursor(alike: Case) -> None:
    async with exploring(ScenarioExplorer(alike, link=Link(test="TestDrain"))) as pilot:
        app = await press(pilot)
        (line,) = (one for one in app.layout["timeline"].plain_text.split("\n") if "×40" in one)
    assert "×40 readLoop" in line
    assert "40 runnable" in line


async def test_a_pinned_lane_stays_while_other_tests_are_left_out() -> None:
    async with exploring() as pilot:
        app = await press(pilot, "p", "right_square_bracket", "t")
        text = app.layout["timeline"].plain_text
    assert "●G18 TestFill" in text
    assert app.arrangement.pinned == (G18,)


async def test_enter_on_a_heading_folds_its_group() -> None:
    async with exploring() as pilot:
        app = await press(pilot, "k")
        before = app.layout["timeline"].plain_text
        await press(pilot, "enter")
        assert "G18" in before
        assert "G18" not in app.layout["timeline"].plain_text.partition("procs")[0]
