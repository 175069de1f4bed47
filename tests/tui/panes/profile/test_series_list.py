"""Profiles that were taken one after another are rows, of which any two are held together."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from flakecore.pprof import Profile, ProfileFrame, ValueType, encoded
from flakecore.timeline import CaseProfile
from flaketui.app.explorer import Explorer
from flaketui.app.terminal.settings import DisplaySettings
from flaketui.panes.profile.series_list import ListedRow, Series, SeriesList, series_of
from pprof.made import profile_of
from program import SAMPLE
from tui.driving import exploring, press, screen_text
from tui.scenario import deadlock

FAST = DisplaySettings(fps=1000)
KEEP = ProfileFrame("p.keep", "a.go", 3)
BRIEF = ProfileFrame("p.brief", "a.go", 9)
ALIVE, MADE = ValueType("inuse_space", "bytes"), ValueType("alloc_space", "bytes")
MB = 10**6


def _heap(second: int, keep: int, brief: int) -> Profile:
    made = profile_of(
        [((KEEP,), (), (keep * MB, 9 * second * MB)), ((BRIEF,), (), (brief * MB, MB))]
    )
    return replace(made, sample_types=(ALIVE, MADE), default_type=1, time_ns=second * 10**9)


HEAPS = (_heap(1, 10, 5), _heap(3, 30, 2), _heap(4, 20, 1))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number, heap in enumerate(HEAPS, 1):
        (tmp_path / f"mem-r{number:06}.pprof").write_bytes(encoded(heap))
    return tmp_path


def test_profiles_of_a_kind_are_rows() -> None:
    profiles = tuple(CaseProfile(f"{at}.pprof", "mem", heap) for at, heap in enumerate(HEAPS))
    series = series_of(deadlock(), profiles, "mem", "")
    assert series == Series(
        "mem",
        ALIVE,
        (
            ListedRow(1, 0, 15 * MB, ""),
            ListedRow(2, 2 * 10**9, 32 * MB, "p.keep +20.0 MB"),
            ListedRow(3, 3 * 10**9, 21 * MB, ""),
        ),
    )
    assert series_of(deadlock(), profiles[:1], "mem", "").rows == ()


def test_any_two_rows_differ_by_what_is_said_of_them() -> None:
    rows = [(1, 10, 5), (2, 25, None), (3, 40, 21)]
    of = tuple(ListedRow(number, after, total, "", 0) for number, after, total in rows)
    listed = SeriesList(Series("trace-heap", ALIVE, of))
    assert listed.difference == ""
    listed.step(-9)
    assert listed.mark() == "profile: compared with no. 1; enter on another shows what differs"
    assert listed.difference == ""
    listed.step(1)
    assert listed.difference == "no. 2 less no. 1: unknown"
    listed.step(1)
    assert listed.difference == "no. 3 less no. 1: +16 B, 30ns apart"
    listed.choose(2)
    assert listed.row.number == 1 and listed.mark() == "profile: compared with none"


async def test_keys_lead_from_rows_to_a_profile_a_difference_and_back(folder: Path) -> None:
    async with exploring(Explorer(folder, settings=FAST), (80, 40)) as pilot:
        app = await press(pilot, "P")
        pane = app.layout["profile"]
        assert pane.plain_text.splitlines()[0].startswith(" PROFILE  mem · 37.0 MB")
        await press(pilot, "T")
        rows = [row.split() for row in pane.plain_text.splitlines()[1:6]]
        assert rows[0] == ["mem", "inuse_space"]
        assert rows[2:] == [
            ["1", "0ns", "15.0", "MB"],
            ["2", "2.00s", "32.0", "MB", "+17.0", "MB", "p.keep", "+20.0", "MB"],
            ["3", "3.00s", "21.0", "MB", "-11.0", "MB"],
        ]
        await press(pilot, "k", "enter")
        assert "mem inuse_space · 32.0 MB · no. 2" in pane.plain_text.splitlines()[0]
        await press(pilot, "T", "k", "d", "j", "j", "enter")
        title = pane.plain_text.splitlines()[0]
        assert "21.0 MB · no. 3 less no. 1 · was 15.0 MB" in title
        await press(pilot, "U")
        assert "no. 3" not in pane.plain_text.splitlines()[0]


async def test_a_profile_counts_what_is_asked_for_by_a_key(folder: Path) -> None:
    async with exploring(Explorer(folder, settings=FAST), (80, 40)) as pilot:
        app = await press(pilot, "P", "M")
        pane = app.layout["profile"]
        assert pane.plain_text.splitlines()[0].startswith(" PROFILE  mem inuse_space · 21.0 MB")
        await press(pilot, "M")
        assert pane.plain_text.splitlines()[0].startswith(" PROFILE  mem alloc_space · 37.0 MB")


async def test_a_run_with_one_profile_and_one_repetition_says_so() -> None:
    async with exploring(Explorer(SAMPLE, settings=FAST), (80, 40)) as pilot:
        app = await press(pilot, "P", "T")
        assert "one profile only, and the tests ran once" in screen_text(app)
        assert app.layout["profile"].plain_text.splitlines()[1].startswith("▏all")
