"""The prompt opens, closes and hands over what was typed."""

from __future__ import annotations

from tui.driving import exploring, press, screen_text


async def test_escape_closes_the_prompt_and_searches_nothing() -> None:
    async with exploring() as pilot:
        app = await press(pilot, "slash", "x", "escape")
        assert not app.prompt.has_focus
        assert app.view.filter == ""


async def test_what_was_typed_is_handed_over_without_spaces_around_it() -> None:
    async with exploring() as pilot:
        app = await press(pilot)
        answers: list[str] = []
        app.prompt.ask("a question", "begun ", answers.append)
        await press(pilot, "end", "x", "space", "enter")
        assert answers == ["begun x"]
        assert not app.prompt.has_focus
        assert not app.prompt.display


async def test_matches_are_listed_while_one_types_and_gone_afterwards() -> None:
    async with exploring() as pilot:
        app = await press(pilot, "slash", "f")
        assert not app.layout.matches.display
        await press(pilot, *"lush")
        assert app.layout.matches.display
        text = screen_text(app)
        assert "2 matches, enter goes to the first:" in text
        assert "0.131 000s  output worker: [bold]flush[/bold] first" in text
        await press(pilot, "x")
        assert "no match" in screen_text(app)
        await press(pilot, "escape")
        assert not app.layout.matches.display


async def test_what_is_typed_in_the_same_instant_belongs_to_the_prompt() -> None:
    async with exploring() as pilot:
        await pilot.press("slash", "q", "l")
        app = await press(pilot)
        assert app.prompt.value == "ql"
        assert app.is_running
