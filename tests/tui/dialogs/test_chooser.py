"""Several packages and attempts: the first that failed is open, and the others are a key away."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from flakecore.timeline import Progress
from flaketui.app.explorer import Explorer
from flaketui.app.loading.case_cache import CaseCache
from flaketui.app.saved.links import Link
from flaketui.dialogs.chooser import CaseList, ChooserScreen
from tui.driving import ScenarioExplorer, exploring, press, settle
from tui.scenario import deadlock

WORK, ASSERTS = "example.com/work", "example.com/endings/asserts"


def attempts(app: Explorer) -> list[str]:
    return [case.attempt for case in app.cases]


def read(app: Explorer) -> list[str]:
    """Return the attempts whose trace has been read."""
    return [case.attempt for case in app.cases if case.trace is not None]


async def until(pilot: Pilot[None], holds: Callable[[], bool]) -> None:
    for _ in range(200):
        if holds():
            break
        await pilot.pause(0.05)
    assert holds()
    await settle(pilot)


def app_of(pilot: Pilot[None]) -> Explorer:
    assert isinstance(pilot.app, Explorer)
    return pilot.app


def listed(app: Explorer) -> list[str]:
    cases = app.screen.query_one(CaseList)
    return [cases.render_line(y).text.rstrip() for y in range(len(cases.cases))]


async def test_the_first_that_failed_is_open_and_only_its_trace_is_read(bundle: Path) -> None:
    async with exploring(Explorer(bundle)) as pilot:
        app = app_of(pilot)
        await until(pilot, lambda: bool(app.cases))
        assert attempts(app) == ["002", "003", "005", "001", "004"]
        assert read(app) == ["002"]
        assert app.case.attempt == "002"
        assert app.view.selection.failure == 0
        assert "case 1/5" in app.layout.summary.plain_text


async def test_a_link_opens_the_attempt_it_names(bundle: Path) -> None:
    async with exploring(Explorer(bundle, link=Link(attempt="004"))) as pilot:
        app = app_of(pilot)
        await until(pilot, lambda: bool(app.cases))
        assert read(app) == ["004"]
        assert (app.case.package, app.case.attempt) == (WORK, "004")


async def test_the_chooser_lists_all_and_opens_the_one_that_is_chosen(bundle: Path) -> None:
    async with exploring(Explorer(bundle)) as pilot:
        app = app_of(pilot)
        await until(pilot, lambda: bool(app.cases))
        await press(pilot, "c")
        assert isinstance(app.screen, ChooserScreen)
        lines = listed(app)
        assert [ASSERTS in line for line in lines] == [True, True, True, False, False]
        assert ["failed" in line for line in lines] == [True, True, True, False, False]
        assert [line.split()[2] for line in lines] == attempts(app)
        await press(pilot, "G", "enter")
        await until(pilot, lambda: app.case.attempt == "004")
        assert read(app) == ["002", "004"]
        assert app.case.schedule is not None
        assert "case 5/5" in app.layout.summary.plain_text
        await press(pilot, "c", "left_square_bracket", "enter")
        await until(pilot, lambda: app.case.attempt == "005")
        assert app.view.selection.failure == 0


async def test_leaving_the_chooser_changes_nothing(bundle: Path) -> None:
    async with exploring(Explorer(bundle)) as pilot:
        app = app_of(pilot)
        await until(pilot, lambda: bool(app.cases))
        before = app.view
        for key in ("q", "escape", "c", "enter"):
            await press(pilot, "c", key)
            assert not isinstance(app.screen, ChooserScreen)
            assert (app.view, read(app)) == (before, ["002"])


async def test_the_next_failure_leads_on_into_a_case_that_is_read_then(bundle: Path) -> None:
    async with exploring(Explorer(bundle)) as pilot:
        app = app_of(pilot)
        await until(pilot, lambda: bool(app.cases))
        await press(pilot, *["right_square_bracket"] * len(app.case.failures))
        await until(pilot, lambda: app.case.attempt == "003")
        assert app.view.selection.failure == 0
        assert app.view.selection.lane is not None
        await press(pilot, "left_square_bracket")
        assert app.case.attempt == "002"
        assert app.view.selection.failure == len(app.case.failures) - 1


async def test_the_case_on_screen_stays_usable_while_another_is_read(
    bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    original = CaseCache.read

    def slow(self: CaseCache, index: int, progress: Progress | None = None) -> None:
        if index:
            go_on.wait(20)
        original(self, index, progress)

    monkeypatch.setattr(CaseCache, "read", slow)
    async with exploring(Explorer(bundle)) as pilot:
        app = app_of(pilot)
        await until(pilot, lambda: bool(app.cases))
        await pilot.press("c", "j", "enter", "plus")
        await pilot.pause()
        assert app.case.attempt == "002"
        assert "reading" in app.layout.summary.plain_text
        # Who asks for another one meanwhile gets that.
        await pilot.press("c", "j", "j", "enter")
        await pilot.pause()
        go_on.set()
        await until(pilot, lambda: app.case.attempt == "005")
        assert "reading" not in app.layout.summary.plain_text


async def test_a_bundle_of_one_case_has_nothing_to_choose() -> None:
    async with exploring() as pilot:
        app = app_of(pilot)
        await press(pilot, "c")
        assert "one case only" in app.layout.keys.plain_text
        assert "case 1" not in app.layout.summary.plain_text


async def test_hundreds_of_cases_are_gone_through_by_pages_and_failures() -> None:
    good = replace(deadlock(), failures=(), package="example.com/good")
    cases = [replace(good, attempt=str(number)) for number in range(300)]
    cases[250] = replace(deadlock(), attempt="250")
    async with exploring(ScenarioExplorer(*cases), size=(80, 24)) as pilot:
        app = app_of(pilot)
        await press(pilot, "c")
        await press(pilot, "pagedown")
        chooser = app.screen.query_one(CaseList)
        assert 15 <= chooser.row <= 24
        await press(pilot, "right_square_bracket")
        assert chooser.row == 250
        rows = [chooser.render_line(y).text for y in range(chooser.size.height)]
        assert any("example.com/pool" in row for row in rows)
        await press(pilot, "enter")
        assert app.case.attempt == "250"
