"""The command palette knows everything that can be done, in full words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.command import Hit

from flakecore.gotest.logs.levels import Level
from flaketui.app.palette import Places
from flaketui.view.arrangement import TestsShown, WaitTotals
from tui.driving import ScenarioExplorer, exploring, press, settle
from tui.scenario import deadlock
from tui.scripted_schedule import MS


async def test_every_command_runs_and_its_name_says_what_it_does() -> None:
    cases = (deadlock(), replace(deadlock(), package="example.com/other"))
    async with exploring(ScenarioExplorer(*cases)) as pilot:
        app = await press(pilot, "m", "v", "enter")
        found = list(app.get_system_commands(app.screen))
        titles = [command.title for command in found]
        assert len(set(titles)) == len(titles)
        for title in titles:
            assert len(title.split()) > 1 or title in ("Quit", "Leave"), title
            assert title[0].isupper()


@pytest.mark.parametrize(
    ("title", "check"),
    [
        ("Show only warnings and errors in the output", ("output", "level", Level.WARN)),
        ("Show the last 5 seconds of output before the failure", ("output", "last_ns", 5000 * MS)),
        ("Show only the output of G18", ("output", "goroutine", 18)),
        ("Show only the failed tests", ("tests", "", TestsShown.FAILED)),
        ("List totals by source line in blocking", ("totals", "", WaitTotals.PLACE)),
    ],
)
async def test_a_command_without_a_key_does_what_it_says(
    title: str, check: tuple[str, str, object]
) -> None:
    async with exploring() as pilot:
        app = await press(pilot)
        (command,) = (one for one in app.get_system_commands(app.screen) if one.title == title)
        command.callback()
        await settle(pilot)
        name, part, value = check
        arranged = getattr(app.arrangement, name)
        assert (getattr(arranged, part) if part else arranged) == value


async def test_a_moment_typed_into_the_palette_is_offered_to_go_to() -> None:
    async with exploring() as pilot:
        app = await press(pilot)
        hits = [hit async for hit in Places(app.screen).search("3.412s")]
        assert [hit.score for hit in hits if isinstance(hit, Hit)] == [2]
        (hit,) = hits
        assert isinstance(hit, Hit)
        hit.command()
        assert app.view.cursor_ns == 3412 * MS
        assert [one async for one in Places(app.screen).search("no such place")] == []
        await press(pilot, "colon", *"g35")
        await pilot.pause(0.3)
        await press(pilot, "enter", "enter")
        assert str(app.view.selection.lane) == "G35"
