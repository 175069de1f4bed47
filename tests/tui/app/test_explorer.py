"""The explorer as a whole: its first view, panes in step, small screens, and its ways out."""

from __future__ import annotations

import random
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from flakecore.errors import BundleError
from flakecore.timeline import Case
from flaketui.app.explorer import INTERRUPTED, Explorer
from flaketui.app.keys import ASKING, KEYS
from flaketui.app.run import run_explorer
from flaketui.app.saved.links import Link
from flaketui.drawing.palettes import DARK, LIGHT, PLAIN, SIXTEEN, Palette
from flaketui.panes.pane import Pane
from flaketui.panes.registry import PANES
from flaketui.view.arrangement import WaitsShown
from flaketui.view.viewport import SelectionKind
from tui.driving import STUCK_S, ScenarioExplorer, exploring, press, screen_text, settle
from tui.scenario import all_passed, deadlock, output, without_trace
from tui.scripted_schedule import MS

SIZES = [(80, 24), (120, 30), (160, 45), (200, 50), (40, 10)]


def words(pane: Pane) -> str:
    """What a pane says, however its lines are broken."""
    return " ".join(pane.plain_text.split())


async def test_the_first_screen_says_what_failed_when_and_where() -> None:
    async with exploring() as pilot:
        text = screen_text(await press(pilot))
    top = text.splitlines()[0]
    assert "✗ TestFill assertion after 11.0ms" in top
    assert "failure 1/2" in top
    assert "go1.27.3 · race · 2 procs" in top
    assert "got 3 items, want 4" in text.splitlines()[1]
    assert "t 0.016 000s" in text.splitlines()[1]
    assert "▶✗" in text
    assert "pool_test.go:21: got 3 items, want 4" in text
    assert "got 3 items, want 4" in text


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.slow
async def test_every_pane_draws_the_same_viewport_at_every_size(size: tuple[int, int]) -> None:
    async with exploring(size=size) as pilot:
        for keys in (["l"], ["plus", "."], ["right_square_bracket"], ["4", "j"], ["0", "1", "j"]):
            app = await press(pilot, *keys)
            for pane in app.layout.panes:
                assert pane.scene is not None
                assert pane.scene.view == app.view
                widths = {line.cell_length for line in pane.lines}
                assert widths <= {pane.size.width}
                assert len(pane.lines) <= max(pane.size.height, 0) or not pane.size.height


@pytest.mark.parametrize("size", [(80, 24), (120, 30)])
@pytest.mark.slow
async def test_panes_agree_after_any_sequence_of_keys(size: tuple[int, int]) -> None:
    leaving = {"quit", "help", "command_palette", *ASKING}
    names = [name for key in KEYS if key.action not in leaving for name in key.keys.split(",")]
    chance = random.Random(24)
    async with exploring(size=size) as pilot:
        for name in chance.choices(names, k=80):
            app = await press(pilot, name)
            assert {pane.scene.view for pane in app.layout.panes if pane.scene} == {app.view}
            shown = {pane.scene.arrangement for pane in app.layout.panes if pane.scene}
            assert shown == {app.arrangement}


async def test_the_smallest_first_screen_says_why_it_failed() -> None:
    async with exploring(size=(80, 24)) as pilot:
        app = await press(pilot, "left_square_bracket")
        said = screen_text(app).splitlines()
        failure = app.scene.failure
        assert failure is not None
        findings = app.scene.findings
        assert findings
        assert findings[0].claim[:40] in said[1]
        assert said[4].startswith(f" WHY  {failure.test_name} ")
        assert failure.message.partition("\n")[0] in said[5]
        assert findings[0].claim in said[7]
        await press(pilot, "2", "j")
        assert app.layout["timeline"].lines[-8].text.startswith(f" {app.view.selection.lane} ─")


async def test_clicking_chooses_the_lane_and_the_moment() -> None:
    async with exploring() as pilot:
        app = await press(pilot, "0")
        row = next(y for y, line in enumerate(app.layout["timeline"].lines) if " G1 " in line.text)
        await pilot.click("#timeline", offset=(60, row))
        await settle(pilot)
        lane = app.view.selection.lane
        assert lane is not None
        assert lane.id == 1
        assert app.view.selection.subject is SelectionKind.LANE
        assert app.layout.current is app.layout["timeline"]


async def test_choosing_a_line_moves_every_pane_to_its_moment_and_goroutine() -> None:
    async with exploring() as pilot:
        app = await press(pilot, "5", *["j"] * 4)
        assert app.view.cursor_ns == 131 * MS
        assert app.view.selection.lane is not None
        assert app.view.selection.lane.id == 35
        assert app.view.start_ns <= 131 * MS < app.view.end_ns
        assert "[bold]flush[/bold]" in app.layout["output"].plain_text
        assert "go test gave it to TestFill; it is of TestDrain" in words(app.layout["details"])


@pytest.mark.slow
async def test_without_a_trace_tests_and_output_work_and_the_timeline_says_what_is_missing() -> (
    None
):
    async with exploring(ScenarioExplorer(without_trace())) as pilot:
        app = await press(pilot)
        assert "▶✗" in screen_text(app)
        await press(pilot, "2")
        assert "no trace, so no lanes" in screen_text(app)
        await press(pilot, *"jklhw", "comma", "full_stop", "f", "plus", "minus")
        for entry in PANES:
            await press(pilot, entry.key, "j", "k", "enter")
        assert app.is_running


async def test_a_run_in_which_nothing_failed_says_so() -> None:
    async with exploring(ScenarioExplorer(all_passed())) as pilot:
        app = await press(pilot)
        assert "✓ all 4 tests passed" in screen_text(app)
        await press(pilot, "right_square_bracket")
        assert "nothing failed" in app.layout.keys.plain_text


async def test_an_empty_case_shows_empty_panes() -> None:
    bare = replace(without_trace(), tests=(), failures=(), output=output([]), start_ns=0, end_ns=0)
    async with exploring(ScenarioExplorer(bare)) as pilot:
        app = await press(pilot, "l", "plus", "G", "5", "j", "1", "j", "f", "enter", "t")
        text = screen_text(app)
    assert "no tests in the output" in text
    assert "no output in this bundle" in text


@pytest.mark.parametrize("palette", [DARK, LIGHT, SIXTEEN, PLAIN])
async def test_every_palette_draws(palette: Palette) -> None:
    async with exploring() as pilot:
        app = await press(pilot)
        app.use_palette(palette.name)
        await press(pilot, "l", "question_mark")
        assert "pan to later" in screen_text(app)


async def test_ascii_glyphs_draw_an_ascii_screen() -> None:
    async with exploring(ScenarioExplorer(ascii_glyphs=True)) as pilot:
        text = screen_text(await press(pilot, "l", "question_mark"))
        text += screen_text(await press(pilot, "q", "1", "m"))
    assert text.isascii(), sorted({letter for letter in text if not letter.isascii()})


@pytest.mark.parametrize("where", ["explain", "load"])
def test_an_exception_leaves_a_log_and_names_it(
    where: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def fail(*_: object) -> tuple[()]:
        raise ZeroDivisionError("made up")

    explorer = ScenarioExplorer(explain=fail) if where == "explain" else ScenarioExplorer(load=fail)
    explorer.run(headless=True)
    logs = list(tmp_path.glob("flaketui/crash-*.log"))
    said = "".join(capsys.readouterr().err.split())
    assert explorer.return_code == 1
    assert len(logs) == 1
    assert "ZeroDivisionError: made up" in logs[0].read_text()
    assert str(logs[0]) in said
    assert "Traceback" not in said


def test_a_bundle_that_cannot_be_opened_raises_after_the_screen_is_restored(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def run_headless(self: Explorer, **_: object) -> None:
        super(Explorer, self).run(headless=True)

    monkeypatch.setattr(Explorer, "run", run_headless)
    with pytest.raises(BundleError, match=r"missing\.zip"):
        run_explorer(tmp_path / "missing.zip")


async def test_keys_that_are_pressed_while_the_bundle_is_opened_wait_for_it() -> None:
    opened = threading.Event()

    def load(_: object) -> tuple[Case, ...]:
        opened.wait(STUCK_S)
        return (deadlock(),)

    explorer = ScenarioExplorer(load=load)
    async with explorer.run_test(size=(120, 40)) as pilot:
        await pilot.press("right_square_bracket", "5", "j")
        opened.set()
        await settle(pilot)
        assert explorer.view.selection.failure == 1
        assert explorer.layout.current is explorer.layout["output"]


async def test_ctrl_c_leaves_while_the_bundle_is_opened_and_names_the_key_later() -> None:
    opened = threading.Event()

    def load(_: object) -> tuple[Case, ...]:
        opened.wait(STUCK_S)
        return (deadlock(),)

    explorer = ScenarioExplorer(load=load)
    async with explorer.run_test(size=(120, 40)) as pilot:
        await pilot.press("ctrl+c")
        opened.set()
    assert explorer.return_code == INTERRUPTED
    async with exploring() as pilot:
        app = await press(pilot, "ctrl+c")
        assert "q leaves" in app.layout.keys.plain_text
        assert app.return_code is None


async def test_a_reopened_view_says_which_filters_are_on() -> None:
    link = Link(arranged=('waits="never ended"', 'pinned=["G34"]'))
    async with exploring(ScenarioExplorer(link=link)) as pilot:
        app = pilot.app
        assert isinstance(app, Explorer)
        assert "as it was arranged: only waits never ended" in app.layout.keys.plain_text
        assert app.arrangement.waits is WaitsShown.UNENDED
        again = app.actions.exporting.command
        assert "--with 'pinned=[\"G34\"]'" in again
        assert "--with 'waits=\"never ended\"'" in again


async def test_a_saved_view_restores_window_pane_and_arrangement() -> None:
    async with exploring() as pilot:
        app = await press(pilot, "4", "F", "p", "right_square_bracket", "o", "v", "enter")
        saved, arranged = app.view, app.arrangement
        await press(pilot, "F", "F", "p", "5", "0", "o", "V")
        assert app.view == saved
        assert app.layout.current is app.layout["blocking"]
        assert app.arrangement == arranged


@pytest.mark.parametrize("key", ["backspace", "escape"])
async def test_keys_that_lead_back_elsewhere_lead_back_here(key: str) -> None:
    async with exploring() as pilot:
        app = await press(pilot, "right_square_bracket")
        left = app.view
        await press(pilot, "g", key)
        assert app.view == left


async def test_escape_closes_the_prompt_and_goes_nowhere() -> None:
    async with exploring() as pilot:
        app = await press(pilot, "right_square_bracket", "g")
        here = app.view
        await press(pilot, "slash", "m", "backspace", "x", "escape")
        assert not app.prompt.has_focus
        assert app.view.window(here.start_ns, here.end_ns).cursor_ns == here.cursor_ns
        assert app.view.selection == here.selection
