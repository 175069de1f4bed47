"""The pictures in ``screenshots/`` are of the program as it is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # the snapshots of the explorer show the same every day
ROOT = Path(__file__).parents[2]
NAMES = [f"{view}-{size}" for view in ("explorer", "profile") for size in ("160x45", "80x24")]


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the README's command draws now."""
    folder = tmp_path_factory.mktemp("screenshots")
    script = ROOT / "tests" / "make_screenshots.py"
    subprocess.run(
        [sys.executable, script, folder], check=True, stdout=subprocess.DEVNULL, timeout=240
    )
    return folder


def test_both_sizes_are_there_in_both_formats(drawn: Path) -> None:
    expected = sorted(f"{name}.{kind}" for name in NAMES for kind in ("png", "svg"))
    assert sorted(path.name for path in drawn.iterdir()) == expected
    assert sorted(path.name for path in (ROOT / "screenshots").iterdir()) == expected


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_shows_what_the_explorer_shows(name: str, drawn: Path) -> None:
    kept = (ROOT / "screenshots" / name).with_suffix(".svg").read_text()
    now = (drawn / name).with_suffix(".svg").read_text()
    same = kept == now  # not asserted itself: the difference of two pictures tells nobody anything
    assert same, "run: python3 tests/make_screenshots.py"


@pytest.mark.parametrize("name", NAMES)
def test_a_png_has_fourteen_pixels_for_each_column(name: str, drawn: Path) -> None:
    header = (drawn / name).with_suffix(".png").read_bytes()[:24]
    columns = int(name.split("-")[1].split("x")[0])
    assert header[:8] == b"\x89PNG\r\n\x1a\n"
    assert 14 * columns < int.from_bytes(header[16:20], "big") < 14 * columns + 40
