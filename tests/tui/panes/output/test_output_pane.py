"""The Output pane: its filter, levels and times."""

from __future__ import annotations

from dataclasses import replace

from flaketui.view.arrangement import (
    OutputFilter,
)
from tui.driving import ScenarioExplorer, exploring, press
from tui.scenario import deadlock, output


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


async def test_one_line_is_no_lines() -> None:
    case = replace(deadlock(), output=output([(16, 0, 0, 21, "all")]), failures=())
    async with exploring(ScenarioExplorer(case)) as pilot:
        app = await press(pilot, "5")
        assert "OUTPUT  1 line ─" in app.layout["output"].plain_text


async def test_errors_and_times_from_the_cursor_stand_beside_the_lines() -> None:
    async with exploring(size=(200, 50)) as pilot:
        app = await press(pilot)
        lines = app.layout["output"].plain_text.split("\n")
    (failed,) = (line for line in lines if "--- FAIL" in line)
    assert "+1.00ms" in failed
    assert " E " in failed


LONG = "got " + "another item, " * 12 + "and no end"
TEXTS = (
    (5, 2, 2, 18, "=== RUN   TestFill"),
    (16, 2, 0, 18, LONG),
    (17, 1, 1, 36, "--- PASS: TestDrain/fast (0.00s)"),
)


async def test_the_true_test_stands_in_the_column_and_another_that_is_reported_is_a_mark() -> None:
    case = replace(deadlock(), output=output(TEXTS), failures=())
    async with exploring(ScenarioExplorer(case), size=(100, 24)) as pilot:
        app = await press(pilot, "5")
        first, moved, sub = app.layout["output"].plain_text.split("\n")[1:4]
    assert " TestFill " in first
    assert "→TestFill " in moved
    assert "TestDrain" not in moved
    assert "TestDrain/fast" in sub


async def test_long_lines_are_shown_whole_by_a_key() -> None:
    case = replace(deadlock(), output=output(TEXTS), failures=())
    async with exploring(ScenarioExplorer(case), size=(80, 24)) as pilot:
        app = await press(pilot, "5")
        assert "and no end" not in app.layout["output"].plain_text
        await press(pilot, "W")
        text = " ".join(app.layout["output"].plain_text.split())
        assert "another item, and no end" in text
        assert "TestDrain/fast" in text
        await press(pilot, "W")
        assert "and no end" not in app.layout["output"].plain_text


async def test_what_is_searched_for_is_in_view_however_far_right_it_stands() -> None:
    case = replace(deadlock(), output=output(TEXTS), failures=())
    async with exploring(ScenarioExplorer(case), size=(80, 24)) as pilot:
        app = await press(pilot, "5", "slash", *"no end", "enter")
        assert "and no end" in app.layout["output"].plain_text
