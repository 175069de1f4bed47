"""Searches that highlight and end."""

from __future__ import annotations

from tui.driving import exploring, press


def searching(text: str) -> tuple[str, ...]:
    return ("slash", *text, "enter")


async def test_a_search_highlights_and_an_empty_one_ends_it() -> None:
    async with exploring() as pilot:
        app = await press(pilot, *searching("flush"))
        assert app.view.filter == "flush"
        await press(pilot, "slash")
        app.prompt.value = ""
        await press(pilot, "enter")
        assert app.view.filter == ""
        assert not app.prompt.has_focus
