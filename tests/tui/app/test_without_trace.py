"""Bundles of output alone, of a race report and of a dump: each pane shows what there is."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from flaketui.app.explorer import Explorer
from flaketui.panes.registry import PANES
from gotest.crashes.test_dumps import dumped
from program import SAMPLE
from toolchains import NEWEST
from tui.driving import exploring, press, screen_text

RACE = """\
==================
WARNING: DATA RACE
Write at 0x00c00001c0f8 by goroutine 8:
  example.com/pond.(*Pond).fill()
      /w/pond/pond.go:18 +0x44
  example.com/pond.TestFill.gowrap1()
      /w/pond/pond_test.go:9 +0x2f

Previous read at 0x00c00001c0f8 by goroutine 7:
  example.com/pond.TestFill()
      /w/pond/pond_test.go:10 +0x13c
  testing.tRunner()
      /usr/local/go/src/testing/testing.go:1792 +0x28a

Goroutine 8 (running) created at:
  example.com/pond.TestFill()
      /w/pond/pond_test.go:9 +0x130

Goroutine 7 (running) created at:
  testing.(*T).Run()
      /usr/local/go/src/testing/testing.go:1851 +0xc8
==================
"""


@pytest.fixture
def race(tmp_path: Path) -> Path:
    path = tmp_path / "race.log"
    path.write_text(RACE)
    return path


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    path = tmp_path / "goroutines.txt"
    path.write_bytes(dumped(NEWEST, 2, 30))
    return path


@pytest.fixture
def groups(tmp_path: Path) -> Path:
    path = tmp_path / "goroutines.txt"
    path.write_bytes(dumped(NEWEST, 1, 30))
    return path


@pytest.fixture
def output(tmp_path: Path) -> Path:
    path = tmp_path / "test.json"
    with zipfile.ZipFile(SAMPLE) as archive:
        path.write_bytes(archive.read("test.json"))
    return path


OF_GO = [pytest.param(kind, marks=pytest.mark.needs_go) for kind in ("dump", "groups")]


@pytest.mark.parametrize("kind", ["race", "output", *OF_GO])
@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.slow
async def test_no_pane_is_empty(
    kind: str, size: tuple[int, int], request: pytest.FixtureRequest
) -> None:
    async with exploring(Explorer(request.getfixturevalue(kind)), size=size) as pilot:
        for entry in PANES:
            app = await press(pilot, entry.key)
            below = app.layout[entry.name].plain_text.split("\n")[1:]
            assert any(line.strip() for line in below), entry.name


@pytest.mark.parametrize("kind", ["race", OF_GO[0]])
@pytest.mark.slow
async def test_what_has_no_time_is_not_at_zero(kind: str, request: pytest.FixtureRequest) -> None:
    async with exploring(Explorer(request.getfixturevalue(kind)), size=(160, 50)) as pilot:
        app = await press(pilot)
        for entry in PANES:
            await press(pilot, entry.key, "j", "enter")
            assert "0.000" not in screen_text(app)
            assert " 0ns" not in screen_text(app)


@pytest.mark.needs_go
async def test_a_dump_alone_opens_on_its_goroutines_and_their_places(dump: Path) -> None:
    async with exploring(Explorer(dump), size=(120, 40)) as pilot:
        app = await press(pilot)
        shown = {pane.entry.name for pane in app.layout.panes if pane.is_on_screen}
        assert shown == {"why", "source", "goroutines", "details"}
        assert "no result of a test is here; worth a look:" in app.layout["why"].plain_text
        assert "goroutines.txt: 33 goroutines" in app.layout["why"].plain_text
        assert "chan receive: G" in app.layout["source"].plain_text


async def test_the_accesses_of_a_race_open_their_stacks_and_claim_no_number(race: Path) -> None:
    async with exploring(Explorer(race), size=(120, 40)) as pilot:
        app = await press(pilot, "7")
        text = app.layout["goroutines"].plain_text
        assert "2 accesses" in text
        assert "later write" in text
        assert "G8" not in text
        await press(pilot, "j", "enter")
        rows = app.layout["goroutines"].plain_text.split("\n")
        assert rows[3].split() == ["pond.go:18", "(*Pond).fill"]
        assert rows[5].split() == ["created", "at", "pond_test.go:9", "TestFill"]
        await press(pilot, "j", "enter")
        assert "pond_test.go:10" in app.layout["goroutines"].plain_text.split("\n")[7]


async def test_without_a_trace_the_timeline_shows_tests_and_the_keys_go_from_one_to_another(
    output: Path,
) -> None:
    async with exploring(Explorer(output), size=(120, 40)) as pilot:
        app = await press(pilot, "2")
        text = app.layout["timeline"].plain_text
        assert "✗ TestStatsCountDeliv" in text
        assert "▄▄▄" in text
        assert "tests by the stamps of their output" in text
        before = app.view.selection.test
        await press(pilot, "j")
        assert app.view.selection.test != before
        await press(pilot, "enter")
        test = app.case.tests[app.view.selection.test]
        assert app.view.start_ns <= test.start_ns
        assert test.end_ns <= app.view.end_ns
