"""The Runs pane and its keys."""

from __future__ import annotations

from dataclasses import replace

from tui.driving import ScenarioExplorer, exploring, press
from tui.scenario import deadlock


async def test_enter_opens_the_chosen_run() -> None:
    first, second = (replace(deadlock(), attempt=attempt) for attempt in ("1", "2"))
    async with exploring(ScenarioExplorer(first, second)) as pilot:
        app = await press(pilot, "r")
        assert "2 runs" in app.layout["runs"].plain_text
        app = await press(pilot, "j", "j", "enter")
        assert app.case.attempt == "2"


async def test_it_says_that_there_is_one_run_only() -> None:
    async with exploring() as pilot:
        app = await press(pilot, "r", "j", "enter")
        assert "one run: nothing to hold it against" in app.layout["runs"].plain_text
