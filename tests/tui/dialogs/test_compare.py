"""``d`` shows a failing run above one that passed, aligned at the test's start or at the step."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from flaketui.app.explorer import Explorer
from flaketui.app.terminal.settings import DisplaySettings
from flaketui.dialogs.compare import CompareScreen
from timeline.captures import BUNDLE, capture_files
from toolchains import NEWEST
from tui.driving import exploring, press, settle

FAST = DisplaySettings(fps=1000)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A failing run and one that passed, as two attempts."""
    folder = tmp_path_factory.mktemp("runs")
    for number, procs in enumerate((1, 2), 1):
        source = capture_files(NEWEST, "parting", f"-cpu={procs}") / BUNDLE
        shutil.copytree(source, folder / "attempts" / f"{number:03d}")
    return folder


def text_of(app: Explorer) -> list[str]:
    return [line.rstrip(" │") for line in app.screen_text()]


async def test_both_runs_stand_one_above_the_other(bundle: Path) -> None:
    async with exploring(Explorer(bundle, settings=FAST)) as pilot:
        await press(pilot, "d")
        await settle(pilot)
        app = pilot.app
        assert isinstance(app, Explorer)
        assert isinstance(app.screen, CompareScreen)
        text = "\n".join(text_of(app))
        assert "A  example.com/parting #001: 1 failed" in text
        assert "B  example.com/parting #002: passed" in text
        assert "aligned at the test's start" in text
        assert "alike for 1 step, then" in text
        assert text.index("A G") < text.index("B G")
        assert "prints delivers" in text
        await press(pilot, "t")
        assert "aligned at the first step that differs" in "\n".join(text_of(app))
        await press(pilot, "t", "j", "k", "q")
        assert not isinstance(app.screen, CompareScreen)


@pytest.mark.parametrize("size", [(80, 24), (40, 12)])
async def test_it_fits_a_small_screen(bundle: Path, size: tuple[int, int]) -> None:
    async with exploring(Explorer(bundle, settings=FAST), size) as pilot:
        await press(pilot, "d")
        await settle(pilot)
        app = pilot.app
        assert isinstance(app, Explorer)
        assert isinstance(app.screen, CompareScreen)
        assert "aligned at" in "\n".join(text_of(app)) or size[0] < 80
        await press(pilot, "t", "pagedown", "pageup", "escape")
        assert not isinstance(app.screen, CompareScreen)
