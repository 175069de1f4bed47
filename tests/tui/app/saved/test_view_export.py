"""A view is written as picture, text or JSON, and where it went is said."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest

from flakecore.report import EXPORTS, ExportRequest
from flakecore.text.printable import printable
from flaketui.app.explorer import Explorer
from program import SAMPLE
from report.exports.exported import exported
from tui.driving import ScenarioExplorer, exploring, press, settle
from tui.scenario import deadlock
from tui.scripted_schedule import MS

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


HOSTILE = "TestA\x1b]52;c;QQ==\x07\x9b31m<&]]>\u202e\u200b\ufffe\ud800\x00\u2028\r'\""


@pytest.mark.parametrize("suffix", ["svg", "txt", "json"])
async def test_hostile_names_leave_a_file_well_formed_and_without_controls(
    suffix: str, elsewhere: Path
) -> None:
    case = deadlock()
    tests = tuple(replace(test, name=f"{HOSTILE}{test.name}") for test in case.tests)
    failures = tuple(replace(one, test_name=tests[one.test].name) for one in case.failures)
    hostile = replace(case, package=HOSTILE, tests=tests, failures=failures)
    async with exploring(ScenarioExplorer(hostile)) as pilot:
        app = await press(pilot, "1")
        app.actions.exporting.export_to(f"x.{suffix}")
        await settle(pilot)
    written = (elsewhere / f"x.{suffix}").read_text()
    assert "TestA" in written
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", written)
    if suffix != "json":
        assert all(printable(line) == line for line in written.split("\n"))
    if suffix == "svg":
        assert ET.fromstring(written).tag.endswith("svg")
    elif suffix == "json":
        assert HOSTILE.replace("\ud800", "\ufffd") in json.loads(written)["package"]


async def test_text_is_the_screen_and_the_command(elsewhere: Path) -> None:
    async with exploring() as pilot:
        app = await press(pilot)
        app.actions.exporting.export_as("txt")
        await settle(pilot)
        text = (elsewhere / f"{NAME}.txt").read_text()
        assert text.split("\n")[0].startswith(" ✗ TestFill assertion after 11.0ms")
        assert text.split("\n")[-2] == app.actions.exporting.command


async def test_json_holds_window_lanes_waits_and_output(elsewhere: Path) -> None:
    async with exploring() as pilot:
        app = await press(pilot, "right_square_bracket", "e")
        app.prompt.value = "deep/er/view.json"
        await press(pilot, "enter")
        assert "could not be written" in app.layout.keys.plain_text
        app.actions.exporting.export_to("view.json")
        await settle(pilot)
        view = app.view
    told = json.loads((elsewhere / "view.json").read_text())
    assert told["schema"] == "flaketui.view/1"
    assert told["window"] == {"start_ns": view.start_ns, "end_ns": view.end_ns}
    assert told["selection"] == {"lane": "G21", "test": "TestDrain", "failure": 1, "line": 7}
    (lane,) = (lane for lane in told["lanes"] if lane["lane"] == "G34")
    assert [one["state"] for one in lane["intervals"]] == [
        "runnable",
        "running",
        "syscall",
        "running",
        "mutex",
    ]
    assert lane["complete"]
    assert lane["intervals"][-1]["start_ns"] == 421 * MS
    assert {wait["lane"] for wait in told["waits"]} >= {"G34", "G35"}
    assert [line["text"] for line in told["output"]][-1] == "FAIL\texample.com/pool\t3.51s"


async def test_a_name_without_a_known_ending_is_refused(elsewhere: Path) -> None:
    async with exploring() as pilot:
        app = await press(pilot)
        app.actions.exporting.export_to("view.docx")
        await press(pilot)
        assert "does not end in .svg, .txt, .md or .json" in app.layout.keys.plain_text
    assert list(elsewhere.iterdir()) == []


async def test_markdown_has_the_findings_the_screen_and_the_command(elsewhere: Path) -> None:
    async with exploring() as pilot:
        app = await press(pilot, "right_square_bracket")
        app.actions.exporting.export_to("view.md")
        await settle(pilot)
        told = (elsewhere / "view.md").read_text()
        assert told.startswith("### timeout in TestDrain\n")
        claim = "G34 and G35 each wait for a mutex, woken by nobody until the end."
        assert f"- **{claim}** (blocked, seen)" in told
        assert "  - 0.421 000s G34 waits for a mutex at pool.go:88" in told
        assert "```text" in told
        assert told.rstrip().endswith(f"Again with: `{app.actions.exporting.command}`")


@pytest.mark.parametrize(
    ("suffix", "told"), [("pftrace", "this window"), ("csv", "this window"), ("xml", "the case")]
)
@pytest.mark.slow
async def test_a_name_that_ends_as_an_export_does_has_the_window_in_that_format(
    suffix: str, told: str, elsewhere: Path
) -> None:
    async with exploring(Explorer(SAMPLE)) as pilot:
        app = await press(pilot, "plus", "e")
        app.prompt.value = f"out.{suffix}"
        await press(pilot, "enter")
        await settle(pilot)
        assert f"wrote {told} as " in app.layout.keys.plain_text
        view = app.view
    (name,) = (name for name, each in EXPORTS.items() if each.suffix == suffix)
    window = EXPORTS[name].windowed
    request = ExportRequest(
        from_ns=view.start_ns if window else None, to_ns=view.end_ns if window else None
    )
    assert (elsewhere / f"out.{suffix}").read_bytes() == exported(name, request)


async def test_an_export_that_cannot_be_written_is_told(elsewhere: Path) -> None:
    async with exploring(Explorer(SAMPLE)) as pilot:
        app = await press(pilot)
        app.actions.exporting.export_to("no/folder.csv")
        await settle(pilot)
        assert "no/folder.csv could not be written: No such file" in app.layout.keys.plain_text
    assert list(elsewhere.iterdir()) == []
