"""The Output pane: its filter, levels and times."""

from __future__ import annotations

from flaketui.view.arrangement import (
    OutputFilter,
)
from tui.driving import exploring, press


async def test_output_is_filtered_by_what_is_typed() -> None:
    async with exploring() as pilot:
        app = await press(pilot, "5", "F", *"g:34 drain", "enter")
        assert app.arrangement.output == OutputFilter(goroutine=34, text="drain")
        assert "1 of 9 lines  only g:34 drain" in app.layout["output"].plain_text
        await press(pilot, "F")
        assert app.prompt.value == "g:34 drain"
        app.prompt.value = "level:nonsense"
        await press(pilot, "enter")
        assert "nonsense is no level" in app.layout.keys.plain_text
        await press(pilot, "F")
        app.prompt.value = ""
        await press(pilot, "enter")
        assert "9 lines" in app.layout["output"].plain_text


async def test_errors_and_times_from_the_cursor_stand_beside_the_lines() -> None:
    async with exploring(size=(200, 50)) as pilot:
        app = await press(pilot)
        lines = app.layout["output"].plain_text.split("\n")
    (failed,) = (line for line in lines if "--- FAIL" in line)
    assert "+1.00ms" in failed
    assert " E " in failed
