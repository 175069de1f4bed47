"""The top line names the failure and the moment, the bottom line the keys."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from flakecore.bundle import Attempt, Host, HostLoad, Manifest, Settings
from flaketui.app.keys import hints
from flaketui.panes.bars import shortened_tabs
from flaketui.panes.registry import PANES
from flaketui.view.bundle_runs import BundleRuns
from tui.driving import ScenarioExplorer, exploring, press, settle
from tui.scenario import deadlock
from tui.scripted_schedule import MS


async def test_the_distance_from_the_last_mark_stands_beside_the_moment() -> None:
    async with exploring() as pilot:
        app = await press(pilot, "m", "comma")
        assert "◆ -2.00ms  t 0.014 000s" in app.layout.summary.plain_text


async def test_of_several_cases_the_number_is_shown() -> None:
    cases = (deadlock(), replace(deadlock(), package="example.com/other"))
    async with exploring(ScenarioExplorer(*cases)) as pilot:
        app = await press(pilot)
        assert "case 1/2" in app.layout.summary.plain_text


async def test_on_a_small_screen_collector_and_selected_lane_stand_below_the_headline() -> None:
    async with exploring(size=(80, 24)) as pilot:
        app = await press(pilot)
        lines = app.layout.summary.plain_text.split("\n")
        assert lines[2].startswith(" GC heap")
        assert lines[3].startswith(" G18")
        app.go(app.view.select(lane=None), "")
        await settle(pilot)
        assert "▼" in app.layout.summary.plain_text.split("\n")[3]


@pytest.mark.parametrize("size", [(60, 18), (80, 24), (111, 30), (120, 40), (240, 40)])
async def test_fields_of_the_top_line_never_run_into_each_other(size: tuple[int, int]) -> None:
    async with exploring(size=size) as pilot:
        app = await press(pilot, "right_square_bracket")
        top = app.layout.summary.lines[0].text
        assert re.search(r"TestDrain timeout after 3.48s {2,}failure 2/2( |$)", top)
        assert len(top) == size[0]


async def test_the_conditions_of_the_run_stand_in_the_top_line() -> None:
    async with exploring(size=(200, 40)) as pilot:
        app = await press(pilot)
        manifest = Manifest(
            attempts=(Attempt(number=1, settings=Settings(shuffle="7", cpu="2", load=1)),),
            host=Host(before=HostLoad(load=11.5)),
            timeout="3s",
        )
        app.loader.runs = BundleRuns(manifest=manifest)
        await press(pilot, "l")
        told = "seed 7 · GOMAXPROCS=2 · 1 busy process · load 11.5 · limit 3s"
        assert told in app.layout.summary.lines[0].text


async def test_the_keys_of_panes_stand_in_the_bottom_line_of_a_small_screen() -> None:
    async with exploring(size=(80, 24)) as pilot:
        app = await press(pilot)
        line = app.layout.keys.plain_text
    tabs = [(entry.key, entry.tab) for entry in PANES]
    for key, word in shortened_tabs(tabs, app.layout.current.entry.key, 80):
        assert f" {key} {word}".rstrip() in line


@pytest.mark.parametrize("count", [11, 12, 14, 30])
def test_words_of_the_last_panes_that_have_no_room_are_left_out_and_their_keys_are_not(
    count: int,
) -> None:
    tabs = [(chr(ord("A") + at), "tests") for at in range(count)]
    for current, _ in tabs:
        shortened = shortened_tabs(tabs, current, 80)
        assert [key for key, _ in shortened] == [key for key, _ in tabs]
        assert dict(shortened)[current] == "tests"
        assert len("".join(f" {key} {word}".rstrip() for key, word in shortened)) < 80
        words = [bool(word) for key, word in shortened if key != current]
        assert words == sorted(words, reverse=True)


async def test_a_sentence_takes_the_place_of_the_keys_until_the_next_one() -> None:
    async with exploring() as pilot:
        app = await press(pilot)
        assert all(f"{keys} {word}" in app.layout.keys.plain_text for keys, word in hints()[:5])
        app.show_sentence("a sentence")
        assert app.layout.keys.plain_text == " a sentence"
        await press(pilot, "l")
        assert "a sentence" not in app.layout.keys.plain_text
        assert app.view.cursor_ns > 16 * MS


async def test_the_headline_stands_below_the_failure() -> None:
    async with exploring(size=(240, 40)) as pilot:
        app = await press(pilot, "right_square_bracket")
        await settle(pilot)
        told = "G34 and G35 each wait for a mutex, woken by nobody until the end."
        assert app.layout.summary.lines[1].text.startswith(f" {told} ")


async def test_what_goes_on_takes_no_sentence_away() -> None:
    async with exploring(size=(120, 40)) as pilot:
        app = await press(pilot)
        keys = app.layout.keys
        app.show_sentence("z goes back")
        keys.show_progress("reading this part of the trace")
        await settle(pilot)
        assert "z goes back" in keys.plain_text
        app.show_sentence("")
        await settle(pilot)
        assert "reading this part" in keys.plain_text
        keys.show_progress("")
        await settle(pilot)
        assert "help" in keys.plain_text
