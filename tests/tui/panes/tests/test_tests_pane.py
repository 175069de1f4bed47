"""The Tests pane: filters, orders, the time around the tests, and packages."""

from __future__ import annotations

from dataclasses import replace

from flaketui.app.explorer import Explorer
from flaketui.view.arrangement import (
    TestOrder,
    TestsShown,
)
from tui.driving import ScenarioExplorer, exploring, press
from tui.scenario import FAILURES, deadlock
from tui.scripted_schedule import MS


async def test_tests_are_filtered_by_outcome_and_ordered_by_duration() -> None:
    def listed(app: Explorer) -> list[str]:
        return [line.split()[1] for line in app.layout["tests"].plain_text.split("\n")[1:] if line]

    async with exploring() as pilot:
        app = await press(pilot, "1")
        assert "TestReset" in listed(app)
        await press(pilot, "F")
        assert listed(app) == ["TestDrain", "TestFill"]
        await press(pilot, "F")
        assert app.arrangement.tests is TestsShown.SLOW
        assert listed(app) == ["TestDrain"]
        await press(pilot, "F")
        assert "no test is skipped" in app.layout["tests"].plain_text
        await press(pilot, "F", "s")
        assert app.arrangement.test_order is TestOrder.LONGEST
        assert listed(app) == ["TestDrain", "TestFill", "fast", "TestReset"]


async def test_what_ran_before_and_after_the_tests_can_be_gone_to() -> None:
    async with exploring() as pilot:
        app = await press(pilot, "1", "k", "k", "k", "k", "enter")
        assert app.view.cursor_ns == 0
        assert app.view.end_ns < 6 * MS
        await press(pilot, *["j"] * 8)
        assert app.view.cursor_ns == 3520 * MS
        assert "after the tests" in app.layout["tests"].plain_text


async def test_packages_are_chosen_in_the_tree_of_tests() -> None:
    cases = (deadlock(), replace(deadlock(), package="example.com/other", attempt="002"))
    async with exploring(ScenarioExplorer(*cases)) as pilot:
        app = await press(pilot, "1", *["j"] * 8)
        last = app.layout["tests"].plain_text.split("\n")[-1].split()
        assert last == ["▸", "✗", "example.com/other", "#002", "2", "of", "4", "failed"]
        await press(pilot, "enter")
        assert app.case.package == "example.com/other"
        assert "▾ ✗ example.com/other #002" in app.layout["tests"].plain_text


async def test_enter_on_a_test_zooms_to_it() -> None:
    async with exploring() as pilot:
        app = await press(pilot, "0", "1", "enter")
        test = app.case.tests[FAILURES[0].test]
        assert app.view.span_ns < 2 * test.duration_ns
