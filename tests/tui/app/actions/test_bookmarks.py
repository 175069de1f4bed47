"""Marked moments and saved views."""

from __future__ import annotations

from tui.driving import exploring, press
from tui.scripted_schedule import MS


async def test_saved_views_are_listed_shown_again_and_forgotten() -> None:
    async with exploring() as pilot:
        app = await press(pilot, "v", "enter", "right_square_bracket", "v")
        first = app.arrangement.views[0]
        app.prompt.value = "the deadlock"
        await press(pilot, "enter", "0")
        assert [one.name for one in app.arrangement.views] == [first.name, "the deadlock"]
        await press(pilot, "V")
        assert app.view == first.view
        await press(pilot, "V")
        assert "view 2 of 2: the deadlock" in app.layout.keys.plain_text
        titles = {command.title for command in app.get_system_commands(app.screen)}
        assert "Go to the saved view the deadlock" in titles
        app.actions.bookmarks.forget_view(first.name)
        assert [one.name for one in app.arrangement.views] == ["the deadlock"]


async def test_marking_twice_measures_and_a_marked_moment_is_let_go_of() -> None:
    async with exploring() as pilot:
        app = await press(pilot, "m", "comma", "m")
        assert list(app.arrangement.marks) == [16 * MS, 14 * MS]
        assert "2.00ms between 0.014 000s and 0.016 000s" in app.layout.keys.plain_text
        await press(pilot, "m")
        assert list(app.arrangement.marks) == [16 * MS]
