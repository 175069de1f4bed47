"""A view is written as picture, text or JSON, and where it went is said."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tui.driving import exploring, press, settle
from tui.scenario import MS

NAME = "flaketui-TestFill-0.016000s"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


async def test_a_picture_is_what_is_suggested_and_fetches_nothing(elsewhere: Path) -> None:
    async with exploring() as pilot:
        app = await press(pilot, "e", "enter")
        assert f"wrote this view to {NAME}.svg" in app.layout.keys.plain_text
    svg = (elsewhere / f"{NAME}.svg").read_text()
    assert ET.fromstring(svg).tag.endswith("svg")
    assert "got&#160;3&#160;items" in svg
    assert "url(http" not in svg
    assert "@font-face" not in svg


async def test_text_is_the_screen_and_the_command(elsewhere: Path) -> None:
    async with exploring() as pilot:
        app = await press(pilot)
        app.actions.passing_on.export_as("txt")
        await settle(pilot)
        text = (elsewhere / f"{NAME}.txt").read_text()
        assert text.split("\n")[0].startswith(" ✗ TestFill assertion after 11.0ms")
        assert text.split("\n")[-2] == app.actions.passing_on.command


async def test_json_holds_window_lanes_waits_and_output(elsewhere: Path) -> None:
    async with exploring() as pilot:
        app = await press(pilot, "right_square_bracket", "e")
        app.prompt.value = "deep/er/view.json"
        await press(pilot, "enter")
        assert "could not be written" in app.layout.keys.plain_text
        app.actions.passing_on.export_to("view.json")
        await settle(pilot)
        view = app.view
    told = json.loads((elsewhere / "view.json").read_text())
    assert told["schema"] == "flaketui.view/1"
    assert told["window"] == {"start_ns": view.start_ns, "end_ns": view.end_ns}
    assert told["selection"] == {"lane": "G21", "test": "TestDrain", "failure": 1, "line": 7}
    (lane,) = (lane for lane in told["lanes"] if lane["lane"] == "G34")
    assert [one["state"] for one in lane["intervals"]] == [
        "runnable", "running", "syscall", "running", "mutex",
    ]  # fmt: skip
    assert lane["complete"]
    assert lane["intervals"][-1]["start_ns"] == 421 * MS
    assert {wait["lane"] for wait in told["waits"]} >= {"G34", "G35"}
    assert [line["text"] for line in told["output"]][-1] == "FAIL\texample.com/pool\t3.51s"


async def test_a_name_without_a_known_ending_is_refused(elsewhere: Path) -> None:
    async with exploring() as pilot:
        app = await press(pilot)
        app.actions.passing_on.export_to("view.docx")
        await press(pilot)
        assert "does not end in .svg, .txt or .json" in app.layout.keys.plain_text
    assert list(elsewhere.iterdir()) == []
