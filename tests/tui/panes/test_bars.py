"""The top line names the failure and the moment, the bottom line the keys."""

from __future__ import annotations

from dataclasses import replace

from flaketui.app.keys import hints
from tui.driving import ScenarioExplorer, exploring, press, settle
from tui.scenario import MS, deadlock


async def test_the_distance_from_the_last_mark_stands_beside_the_moment() -> None:
    async with exploring() as pilot:
        app = await press(pilot, "m", "comma")
        assert "◆ -2.00ms  t 0.014 000s" in app.layout.summary.plain_text


async def test_of_several_cases_the_number_is_shown() -> None:
    cases = (deadlock(), replace(deadlock(), package="example.com/other"))
    async with exploring(ScenarioExplorer(*cases)) as pilot:
        app = await press(pilot)
        assert "case 1/2" in app.layout.summary.plain_text


async def test_on_a_small_screen_the_selected_lane_stands_below_the_failure() -> None:
    async with exploring(size=(80, 24)) as pilot:
        app = await press(pilot)
        assert app.layout.summary.plain_text.split("\n")[1].startswith(" G18")
        app.go(app.view.select(lane=None), "")
        await settle(pilot)
        assert "▼" in app.layout.summary.plain_text.split("\n")[1]


async def test_a_sentence_takes_the_place_of_the_keys_until_the_next_one() -> None:
    async with exploring() as pilot:
        app = await press(pilot)
        assert all(f"{keys} {word}" in app.layout.keys.plain_text for keys, word in hints()[:5])
        app.show_sentence("a sentence")
        assert app.layout.keys.plain_text == " a sentence"
        await press(pilot, "l")
        assert "a sentence" not in app.layout.keys.plain_text
        assert app.view.cursor_ns > 16 * MS


async def test_the_headline_stands_beside_the_failure() -> None:
    async with exploring(size=(240, 40)) as pilot:
        app = await press(pilot, "right_square_bracket")
        await settle(pilot)
        told = "G34 and G35 each wait for a mutex, woken by nobody until the end."
        assert f"failure 2/2  {told}" in app.layout.summary.plain_text
