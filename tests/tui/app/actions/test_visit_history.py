"""What Enter and O lead to is come home from, to the panes that were there before."""

from __future__ import annotations

from pathlib import Path

import pytest

from diagnosis.program_bundles import collected_program
from flakecore.timeline import Lane, LaneKind
from flaketui.app.explorer import Explorer
from flaketui.view.scene import case_name
from program import SAMPLE
from tui.driving import exploring, press, screen_text


def shown(app: Explorer) -> set[str]:
    return {pane.entry.name for pane in app.layout.panes if pane.is_on_screen}


async def test_enter_on_a_wait_opens_its_details_and_z_brings_the_panes_back() -> None:
    async with exploring(Explorer(SAMPLE), size=(120, 40)) as pilot:
        app = await press(pilot, "4", "j")
        before, view = shown(app), app.view
        await press(pilot, "enter")
        assert app.layout.current is app.layout["details"]
        await press(pilot, "z")
        assert app.layout.current is app.layout["blocking"]
        assert (shown(app), app.view) == (before, view)


async def test_steps_made_since_are_undone_first() -> None:
    async with exploring(Explorer(SAMPLE), size=(120, 40)) as pilot:
        app = await press(pilot, "4", "j")
        view = app.view
        await press(pilot, "enter", "G", "z")
        assert app.view == view
        assert app.layout.current is app.layout["details"]
        await press(pilot, "z")
        assert app.layout.current is app.layout["blocking"]


async def test_who_goes_on_to_another_pane_by_key_is_not_sent_back() -> None:
    async with exploring(Explorer(SAMPLE), size=(120, 40)) as pilot:
        app = await press(pilot, "4", "j", "enter", "5", "z")
        assert app.layout.current is app.layout["output"]


@pytest.mark.parametrize("keys", [["O"], ["enter", "enter"]])
async def test_the_profile_opens_at_the_selected_wait_and_back(keys: list[str]) -> None:
    async with exploring(Explorer(SAMPLE), size=(120, 40)) as pilot:
        app = await press(pilot, "right_square_bracket", "right_square_bracket", "4")
        while app.view.selection.lane != Lane(LaneKind.GOROUTINE, 39):
            await press(pilot, "j")
        await press(pilot, *keys)
        profile = app.layout["profile"]
        assert app.layout.current is profile
        rows = profile.plain_text.split("\n")
        assert rows[0].startswith(" PROFILE  trace-wait")
        assert "G39" in rows[0]
        assert any(row.strip().startswith("courier.Transfer 2.99s") for row in rows)
        await press(pilot, *("z" for _ in keys))
        assert app.layout.current is app.layout["blocking"]
        assert "timeline" in shown(app)


async def test_another_run_opens_and_z_comes_back_to_the_first(bundle: Path) -> None:
    async with exploring(Explorer(bundle), size=(120, 40)) as pilot:
        app = await press(pilot, "r", "j")
        here = case_name(app.case)
        while app.layout["runs"].plain_text.count("\n") and case_name(app.case) == here:
            await press(pilot, "enter")
            if case_name(app.case) == here:
                await press(pilot, "j")
        await press(pilot, "z")
        assert case_name(app.case) == here
        assert app.layout.current is app.layout["runs"]


async def test_a_run_that_cannot_be_opened_says_why() -> None:
    async with exploring(Explorer(SAMPLE), size=(120, 40)) as pilot:
        app = await press(pilot, "r", "enter")
        assert "choose a run" in app.layout.keys.plain_text


@pytest.mark.needs_go
async def test_a_finding_on_what_is_kept_opens_the_profile_that_it_was_found_in() -> None:
    run = collected_program("heap_grows", "--no-race", "-run", "LeavesSessionsOpen", "-count", "12")
    async with exploring(Explorer(Path(run.bundle.place)), size=(80, 24)) as pilot:
        app = await press(pilot, "8")
        claim = next(
            y
            for y, row in enumerate(app.layout["why"].plain_text.split("\n"))
            if "heap-grows" in row
        )
        assert claim > 0
        await press(pilot, "j", "enter")
        rows = app.layout["profile"].plain_text.split("\n")
        assert app.layout.current is app.layout["profile"]
        assert rows[0].startswith(" PROFILE  mem inuse_space")
        assert any(row.startswith(" heapgrows.(*session).read ") for row in rows)
        assert "is in no sample" not in screen_text(app)
        await press(pilot, "T")
        assert "grew most" in app.layout["profile"].plain_text
        await press(pilot, "T", "z")
        assert app.layout.current is app.layout["why"]
