"""``d`` reads the run to compare with in a thread, and says why where there is none."""

from __future__ import annotations

import shutil
from pathlib import Path

from flaketui.app.explorer import Explorer
from flaketui.app.terminal.settings import DisplaySettings
from flaketui.dialogs.compare import CompareScreen
from timeline.captures import BUNDLE, capture_files
from toolchains import NEWEST
from tui.driving import exploring, press, settle

FAST = DisplaySettings(fps=1000)


def two_runs(folder: Path, *, trace: bool) -> Path:
    """Write a failing run and one that passed as two attempts."""
    for number, procs in enumerate((1, 2), 1):
        source = capture_files(NEWEST, "parting", f"-cpu={procs}") / BUNDLE
        place = folder / "attempts" / f"{number:03d}"
        shutil.copytree(source, place)
        if not trace:
            (place / "trace.out").unlink()
    return folder


async def test_the_pass_is_compared_from_either_run(tmp_path: Path) -> None:
    explorer = Explorer(two_runs(tmp_path, trace=True), settings=FAST)
    async with exploring(explorer) as pilot:
        await press(pilot, "d")
        await settle(pilot)
        assert isinstance(pilot.app.screen, CompareScreen)
        assert explorer.case_index == 0
        await press(pilot, "q")
        assert explorer.case.failures


async def test_in_the_profile_the_profiles_are_compared(tmp_path: Path) -> None:
    explorer = Explorer(two_runs(tmp_path, trace=True), settings=FAST)
    async with exploring(explorer) as pilot:
        await press(pilot, "P", "d")
        await settle(pilot)
        assert not isinstance(pilot.app.screen, CompareScreen)
        assert "against example.com/parting #002" in "\n".join(explorer.screen_text())


async def test_without_traces_it_says_so(tmp_path: Path) -> None:
    explorer = Explorer(two_runs(tmp_path, trace=False), settings=FAST)
    async with exploring(explorer) as pilot:
        await press(pilot, "d")
        await settle(pilot)
        assert not isinstance(pilot.app.screen, CompareScreen)
        assert "no traces of two runs of TestDelivery" in "\n".join(explorer.screen_text())
