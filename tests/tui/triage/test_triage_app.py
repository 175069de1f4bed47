"""The triage screen, driven without a terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from flakecore.fleet import FleetStore, TriageFilter, TriageSession
from flaketui._textual_hooks import screen_lines
from flaketui.app.terminal.settings import DisplaySettings
from flaketui.triage.screen_state import ScreenState
from flaketui.triage.triage_app import TriageApp
from fleet.fleets import fleet


@pytest.fixture
def store(tmp_path: Path) -> FleetStore:
    outcomes = ["pass"] * 20 + ["lock-cycle"] * 8
    conditions = ["4"] * 20 + ["1"] * 8
    fleet(tmp_path, outcomes, conditions=conditions, revisions=["aaa"] * 20 + ["bbb"] * 8, name="a")
    return fleet(tmp_path, ["race", "pass"], test="TestOther", branch="fix", name="b")


def screen(
    store: FleetStore, state: ScreenState | None = None, *, ascii_glyphs: bool = False
) -> TriageApp:
    return TriageApp(
        TriageSession(store, TriageFilter()),
        lambda chosen: TriageSession(store, chosen),
        state or ScreenState(),
        DisplaySettings(ascii_glyphs=ascii_glyphs),
    )


def text(app: TriageApp) -> str:
    return "\n".join(screen_lines(app.screen))


async def test_it_opens_on_the_tests_with_what_is_known_of_the_first(store: FleetStore) -> None:
    app = screen(store)
    async with app.run_test(size=(140, 40)) as pilot:
        await app.workers.wait_for_complete()
        await pilot.pause()
        told = text(app)
    assert "2 tests that failed [2 clusters]" in told
    assert "28.6 %" in told
    assert "example.com/pool.TestDrain" in told
    assert "first failed at revision bbb" in told
    assert "associated: Failed 8 of 8 with GOMAXPROCS=1, 0 of 20 without" in told


async def test_enter_leaves_to_open_the_latest_failure_of_the_chosen_test(
    store: FleetStore,
) -> None:
    app = screen(store)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("j", "enter")
        await pilot.pause()
    assert app.to_open is not None
    assert (app.to_open.bundle, app.to_open.test) == ("/ci/b0.zip", "TestOther")


async def test_tab_shows_clusters_and_enter_opens_the_latest(store: FleetStore) -> None:
    app = screen(store)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("tab")
        await pilot.pause()
        told = text(app)
        await pilot.press("enter")
        await pilot.pause()
    assert "8 failures of 1 test in 8 bundles: lock-cycle (inferred)" in told
    assert app.to_open is not None
    assert app.to_open.bundle == "/ci/a27.zip"


async def test_a_filter_is_typed_and_taken_away(store: FleetStore) -> None:
    app = screen(store)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("slash", *"branch:fix", "enter")
        await pilot.pause()
        narrowed = text(app)
        await pilot.press("escape")
        await pilot.pause()
        whole = text(app)
    assert "only branch:fix" in narrowed
    assert "TestDrain" not in narrowed
    assert "TestDrain" in whole


async def test_a_filter_that_is_none_is_told(store: FleetStore) -> None:
    app = screen(store)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("slash", *"colour:red", "enter")
        await pilot.pause()
        assert "there is no filter colour:" in text(app)


async def test_what_was_chosen_outlives_the_screen(store: FleetStore) -> None:
    state = ScreenState()
    first = screen(store, state)
    async with first.run_test(size=(80, 24)) as pilot:
        await pilot.press("j", "q")
    state.notice = "/ci/b0.zip does not exist"
    again = screen(store, state)
    async with again.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        told = text(again)
    assert state.row == 1
    assert "/ci/b0.zip does not exist" in told


async def test_ascii_draws_nothing_else(store: FleetStore) -> None:
    app = screen(store, ascii_glyphs=True)
    async with app.run_test(size=(140, 30)) as pilot:
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert text(app).isascii()


async def test_a_fleet_without_failures_says_so(tmp_path: Path) -> None:
    app = screen(fleet(tmp_path, ["pass"]))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter", "tab", "enter")
        await pilot.pause()
        assert "nothing failed" in text(app)
    assert app.to_open is None
