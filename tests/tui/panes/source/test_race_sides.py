"""Both accesses of a race stand side by side in Source, the earlier one left."""

from __future__ import annotations

from pathlib import Path

import pytest

from diagnosis.program_bundles import collected_program
from flakecore.timeline.failures.failure import FailureKind
from flaketui.app.explorer import Explorer
from flaketui.app.saved.links import Link
from tui.driving import exploring, press

RACE = """\
==================
WARNING: DATA RACE
Write at 0x00c00001c0f8 by goroutine 8:
  example.com/pond.(*Pond).fill()
      /w/pond/pond.go:18 +0x44

Previous read at 0x00c00001c0f8 by goroutine 7:
  example.com/pond.TestFill()
      /w/pond/pond_test.go:10 +0x13c

Goroutine 8 (running) created at:
  example.com/pond.TestFill()
      /w/pond/pond_test.go:9 +0x130

Goroutine 7 (running) created at:
  testing.(*T).Run()
      /usr/local/go/src/testing/testing.go:1851 +0xc8
==================
"""


@pytest.mark.needs_go
@pytest.mark.parametrize("size", [(120, 40), (160, 50)])
async def test_the_earlier_access_is_left_the_later_right_and_creators_below(
    size: tuple[int, int],
) -> None:
    run = collected_program("race")
    explorer = Explorer(run.folder, link=Link(test="TestWritesBesideRead"))
    async with exploring(explorer, size=size) as pilot:
        app = await press(pilot)
        assert app.scene.failure is not None
        assert app.scene.failure.kind is FailureKind.RACE
        rows = app.layout["source"].plain_text.split("\n")
        left, _, right = rows[1].partition("│")
        race = run.case.races[app.scene.failure.races[0]]
        earlier = next(one for one in race.accesses if one.previous)
        later = next(one for one in race.accesses if not one.previous)
        assert left.strip().startswith(f"earlier {earlier.kind} G")
        assert right.strip().startswith(f"later {later.kind} G")
        marked = [row for row in rows if "▶" in row]
        assert len(marked) == 1
        assert marked[0].count("▶") == 2
        assert any("created at race.go:" in row and "go func()" in row for row in rows)


@pytest.mark.needs_go
async def test_the_keys_go_from_one_access_to_the_other_and_to_its_goroutine() -> None:
    run = collected_program("race")
    explorer = Explorer(run.folder, link=Link(test="TestWritesBesideRead"))
    async with exploring(explorer, size=(120, 40)) as pilot:
        app = await press(pilot, "9", "j")
        assert app.scene.failure is not None
        numbers = set(app.scene.failure.race_goroutines[0])
        first = app.view.selection.lane
        await press(pilot, "j")
        second = app.view.selection.lane
        assert first is not None
        assert second is not None
        assert {first.id, second.id} == numbers
        await press(pilot, "z")
        assert app.view.selection.failure == app.scene.failure.index


async def test_without_their_text_the_lines_of_both_are_told(tmp_path: Path) -> None:
    log = tmp_path / "race.log"
    log.write_text(RACE)
    async with exploring(Explorer(log), size=(120, 40)) as pilot:
        app = await press(pilot)
        rows = app.layout["source"].plain_text.split("\n")
        assert "earlier read  pond_test.go:10" in rows[1]
        assert "later write  pond.go:18" in rows[1]
        assert rows[2].count("its text is not at hand") == 2
        assert "created at pond_test.go:9" in rows[3]


async def test_a_narrow_pane_lists_the_places_one_below_another(tmp_path: Path) -> None:
    log = tmp_path / "race.log"
    log.write_text(RACE)
    async with exploring(Explorer(log), size=(64, 24)) as pilot:
        app = await press(pilot, "9")
        assert "18 ▶   writes" in app.layout["source"].plain_text
