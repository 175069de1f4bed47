"""Without a trace the timeline has a bar for each test whose duration is known."""

from __future__ import annotations

from pathlib import Path

from flaketui.app.explorer import Explorer
from tui.driving import exploring, press

UNSTAMPED = """\
=== RUN   TestSlow
--- PASS: TestSlow (0.30s)
=== RUN   TestQuick
--- FAIL: TestQuick (0.10s)
FAIL
FAIL\texample.com/a\t0.401s
"""


async def test_without_stamps_tests_are_laid_end_to_end_and_said_to_be(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    log.write_text(UNSTAMPED)
    async with exploring(Explorer(log), size=(120, 40)) as pilot:
        app = await press(pilot, "2", "0")
        rows = app.layout["timeline"].plain_text.split("\n")
        assert rows[1].split()[:2] == ["✓", "TestSlow"]
        assert rows[1].rstrip().endswith("300ms")
        assert rows[2].split()[:2] == ["✗", "TestQuick"]
        assert rows[1].rindex("▄") <= rows[2].index("▄")
        assert "nothing tells when they ran" in rows[4]


async def test_the_keys_go_from_test_to_test_and_enter_zooms_to_one(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    log.write_text(UNSTAMPED)
    async with exploring(Explorer(log), size=(120, 40)) as pilot:
        app = await press(pilot, "2", "0", "k")
        assert app.case.tests[app.view.selection.test].name == "TestSlow"
        await press(pilot, "enter")
        assert app.view.end_ns < app.case.end_ns
        await press(pilot, "0", "j")
        assert app.case.tests[app.view.selection.test].name == "TestQuick"
