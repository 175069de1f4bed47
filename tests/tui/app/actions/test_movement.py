"""Going to failures, and to spans that have to be decoded first."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from flakecore.timeline import Case
from flaketui.view import navigation
from flaketui.view.viewport import Viewport
from tui.driving import ScenarioExplorer, exploring, press, settle
from tui.scenario import deadlock


async def test_failures_of_all_packages_are_visited_in_turn() -> None:
    cases = (deadlock(), replace(deadlock(), package="example.com/other"))
    async with exploring(ScenarioExplorer(*cases)) as pilot:
        packages = []
        for _ in range(4):
            app = await press(pilot, "right_square_bracket")
            packages.append((app.case.package, app.view.selection.failure))
    assert packages == [
        ("example.com/pool", 1),
        ("example.com/other", 0),
        ("example.com/other", 1),
        ("example.com/pool", 0),
    ]


async def test_a_span_that_is_not_decoded_yet_is_looked_up_behind_the_screen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    go_on = threading.Event()
    neighbour = navigation.neighbour_span

    def slow(case: Case, view: Viewport, delta: int) -> navigation.Outcome:
        assert go_on.wait(60)
        return neighbour(case, view, delta)

    monkeypatch.setattr(navigation, "neighbour_span", slow)
    async with exploring() as pilot:
        app = await press(pilot, "2")
        monkeypatch.setattr(type(app.case.schedule), "is_decoded", False)
        before = app.view
        await pilot.press("comma")
        await pilot.press("comma")
        assert app.view == before
        go_on.set()
        await settle(pilot)
        assert app.view == neighbour(app.case, before, -1)
        here = app.view
        go_on.clear()
        await pilot.press("comma")
        await pilot.press("plus")
        elsewhere = app.view
        assert elsewhere != here
        go_on.set()
        await settle(pilot)
        assert app.view == elsewhere
