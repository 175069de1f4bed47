"""The GC pane: stops, assists, and what a pause held up."""

from __future__ import annotations

from flaketui.view.arrangement import (
    SpansShown,
)
from tui.driving import exploring, press
from tui.lanes import G35
from tui.scripted_schedule import MS


async def test_the_collector_shows_stops_and_who_assisted() -> None:
    async with exploring() as pilot:
        app = await press(pilot, "0", "3", "F")
        assert app.arrangement.spans is SpansShown.STOPS
        assert "concurrent mark" not in app.layout["gc"].plain_text
        await press(pilot, "F", "j")
        assert "G35" in app.layout["gc"].plain_text
        assert "in 2 assists  (*Pool).flush" in app.layout["gc"].plain_text
        assert app.view.selection.lane == G35


async def test_a_pause_is_told_with_what_it_held_up() -> None:
    async with exploring() as pilot:
        app = await press(pilot, "0", "3", *["j"] * 3)
        text = " ".join(app.layout["details"].plain_text.split())
    assert app.view.cursor_ns == 230 * MS
    assert "The world stood still from 0.230 000s to 0.231 000s, for 1.00ms" in text
    assert "1.00ms G35 (*Pool).flush on P1, of TestDrain" in text
