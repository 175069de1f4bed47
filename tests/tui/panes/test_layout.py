"""The panes in their places, and the current one alone on a small screen."""

from __future__ import annotations

import pytest

from flaketui.app.explorer import Explorer
from flaketui.panes.placement import Placement
from flaketui.panes.registry import PANES, STACK, Basis, Occasion, PaneEntry, default_places
from tui.driving import exploring, press, screen_text, settle


@pytest.mark.parametrize("entry", PANES, ids=lambda entry: entry.name)
async def test_on_a_small_screen_the_current_pane_fills_it_and_the_failure_stays_in_view(
    entry: PaneEntry,
) -> None:
    async with exploring(size=(80, 24)) as pilot:
        app = await press(pilot, entry.key)
        shown = displayed(app)
        assert set(shown) == ({*STACK} if entry.name == "why" else {entry.name})
        assert sum(app.layout[name].size.height for name in shown) == 19
        lines = screen_text(app).splitlines()
        assert "✗ TestFill assertion" in lines[0]
        assert "got 3 items, want 4" in lines[1]
        assert lines[2].startswith(" GC heap")
        assert lines[3].startswith(" G18")
        assert f" {entry.key} {entry.tab}" in lines[-1]


async def test_resizing_keeps_the_cursor_in_view_and_shows_the_other_layout() -> None:
    async with exploring(size=(160, 45)) as pilot:
        app = await press(pilot, "plus", "plus", "5", "2", "1", "2")
        before = app.view
        await pilot.resize_terminal(80, 24)
        await settle(pilot)
        assert app.view == before
        assert app.layout["timeline"].is_on_screen
        assert sum(pane.is_on_screen for pane in app.layout.panes) == 1
        assert "▼" in app.layout["timeline"].lines[0].text
        await pilot.resize_terminal(160, 45)
        await settle(pilot)
        placed = [app.layout[name] for name in default_places(Basis.TRACE)]
        assert all(pane.is_on_screen and pane.lines for pane in placed)


def displayed(app: Explorer) -> list[str]:
    return [pane.entry.name for pane in app.layout.panes if pane.is_on_screen]


async def test_any_set_of_panes_is_placed_and_the_others_are_hidden() -> None:
    async with exploring(size=(160, 45)) as pilot:
        app = await press(pilot)
        app.layout.place({"output": Placement(0, 1), "timeline": Placement(1, 1)})
        await settle(pilot)
        assert displayed(app) == ["timeline", "output"]
        assert app.layout["output"].region.size == (160, 21)
        assert app.layout["timeline"].region.y == 2 + 21
        assert app.layout["timeline"].size == (160, 42 - 21)
        await press(pilot, "l")
        assert app.layout["timeline"].lines[0].cell_length == 160


async def test_a_pane_without_a_place_takes_its_own_when_it_is_brought_up() -> None:
    async with exploring(size=(160, 45)) as pilot:
        app = await press(pilot)
        app.layout.place({"timeline": Placement(0, 1)})
        await settle(pilot)
        await press(pilot, "5")
        assert displayed(app) == ["timeline", "output"]
        assert app.layout.current is app.layout["output"]
        assert app.layout["output"].lines


async def test_a_pane_that_is_brought_up_takes_the_place_of_the_one_that_stands_there() -> None:
    async with exploring(size=(160, 45)) as pilot:
        app = await press(pilot, "7")
        assert "goroutines" in displayed(app)
        assert "blocking" not in displayed(app)
        await press(pilot, "4")
        assert set(displayed(app)) == set(default_places(Basis.TRACE, roomy=True))


async def test_on_the_first_screen_stand_findings_source_lanes_waits_and_output() -> None:
    async with exploring(size=(120, 40)) as pilot:
        app = await press(pilot)
        shown = {"why", "source", "timeline", "blocking", "output"}
        assert set(displayed(app)) == shown == set(default_places(Basis.TRACE))
        assert app.layout.current is app.layout["timeline"]
        await press(pilot, "1")
        assert set(displayed(app)) == shown | {"tests"}


async def test_on_a_small_screen_the_findings_are_read_first() -> None:
    async with exploring(size=(80, 24)) as pilot:
        app = await press(pilot)
        assert set(displayed(app)) == {*STACK}
        assert app.layout["why"].region.y == 4
        assert app.layout.current is app.layout["why"]
        await pilot.resize_terminal(120, 40)
        await settle(pilot)
        assert app.layout.current is app.layout["timeline"]


async def test_panes_that_a_person_brought_up_stay_when_the_screen_grows() -> None:
    async with exploring(size=(120, 40)) as pilot:
        app = await press(pilot, "3")
        before = displayed(app)
        assert "gc" in before
        await pilot.resize_terminal(200, 50)
        await settle(pilot)
        assert displayed(app) == before


async def test_panes_that_were_hidden_on_a_small_screen_are_as_they_were_placed() -> None:
    async with exploring(size=(80, 24)) as pilot:
        app = await press(pilot, "5")
        app.layout.place({"output": Placement(0, 1), "timeline": Placement(0, 2)})
        await settle(pilot)
        assert displayed(app) == ["output"]
        await pilot.resize_terminal(160, 45)
        await settle(pilot)
        assert displayed(app) == ["timeline", "output"]


async def test_the_next_pane_is_the_one_registered_after_the_current_one() -> None:
    async with exploring() as pilot:
        app = await press(pilot, "1")
        seen = []
        for _ in PANES:
            seen.append(app.layout.current.entry.name)
            await press(pilot, "tab")
    assert seen == [entry.name for entry in PANES]
    assert app.layout.current is app.layout["tests"]


async def test_findings_take_the_lines_that_they_need_and_the_rest_is_for_the_lanes() -> None:
    async with exploring(size=(120, 40)) as pilot:
        app = await press(pilot)
        why = app.layout["why"]
        few = why.size.height
        assert why.size.height >= why.wanted_rows(app.scene, why.size.width)
        await press(pilot, "right_square_bracket")
        assert few <= why.size.height <= 37 * 9 / 20
        assert "more below" not in why.plain_text


async def test_a_screen_that_is_low_leaves_out_what_has_no_part_in_a_failed_check() -> None:
    async with exploring(size=(120, 30)) as pilot:
        app = await press(pilot)
        assert set(displayed(app)) == {"why", "source", "timeline", "output"}
        await press(pilot, "right_square_bracket")
        assert set(displayed(app)) == {"why", "source", "timeline", "blocking", "output"}


async def test_what_a_person_brought_up_stays_whatever_the_next_failure_is() -> None:
    async with exploring(size=(120, 30)) as pilot:
        app = await press(pilot, "3", "right_square_bracket")
        assert "gc" in displayed(app)
        assert "blocking" not in displayed(app)


@pytest.mark.parametrize("occasion", Occasion)
def test_lanes_waits_and_output_are_on_every_first_screen(occasion: Occasion) -> None:
    five = {"why", "source", "timeline", "blocking", "output"}
    assert set(default_places(Basis.TRACE, occasion)) == five
