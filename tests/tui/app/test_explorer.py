"""The explorer as a whole: its first view, panes in step, small screens, and its ways out."""

from __future__ import annotations

import random
import threading
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from flakecore.errors import BundleError
from flakecore.loss import Loss
from flakecore.timeline import Case, Lane, LaneKind
from flaketui.app.explorer import Explorer, run_explorer
from flaketui.app.keys import ASKING, KEYS
from flaketui.app.links import Link
from flaketui.app.terminal_environment import chosen_palette, frames_per_second
from flaketui.drawing.theme import DARK, LIGHT, PLAIN, SIXTEEN, Palette
from flaketui.panes.pane import Pane
from flaketui.view import navigation
from flaketui.view.viewport import SelectionKind, Viewport
from tui.driving import ScenarioExplorer, exploring, press, screen_text, settle
from tui.scenario import MS, all_passed, deadlock, output, without_trace

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
    assert "t 0.016 000s" in top
    assert "▶✗" in text
    assert "pool_test.go:21 · got 3 items, want 4" in text


async def test_findings_and_the_persons_own_frames_explain_a_timeout() -> None:
    async with exploring(ScenarioExplorer(link=Link(test="TestDrain"))) as pilot:
        app = await press(pilot)
        text = words(app.stage.details)
    assert "G34 and G35 each wait for a mutex, woken by nobody until the end." in text
    assert "G21 waits to receive from a channel since 0.420 000s" in text
    assert "nothing ended it before the trace stopped" in text
    own = text.index("pool_test.go:40")
    assert own < text.index("testing.tRunner")


async def test_a_wait_is_followed_back_to_its_cause_in_the_details() -> None:
    link = Link(test="TestDrain", at_ns=100 * MS, lane=Lane(LaneKind.GOROUTINE, 21))
    async with exploring(ScenarioExplorer(link=link)) as pilot:
        app = await press(pilot, "6")
        text = words(app.stage.details)
        assert "0.400 000s G34 ended the wait of G21 for receive" in text
        assert "G34 had waited for nobody since: it was at work, running" in text
        await press(pilot, "j")
        assert app.view.cursor_ns == 400 * MS
        assert app.view.selection.lane == Lane(LaneKind.GOROUTINE, 34)


@pytest.mark.parametrize("size", SIZES)
async def test_every_pane_draws_the_same_viewport_at_every_size(size: tuple[int, int]) -> None:
    async with exploring(size=size) as pilot:
        for keys in (["l"], ["plus", "."], ["right_square_bracket"], ["4", "j"], ["0", "1", "j"]):
            app = await press(pilot, *keys)
            for pane in app.stage.panes:
                assert pane.scene is not None
                assert pane.scene.view == app.view
                widths = {line.cell_length for line in pane.lines}
                assert widths <= {pane.size.width}
                assert len(pane.lines) <= max(pane.size.height, 0) or not pane.size.height


@pytest.mark.parametrize("size", [(80, 24), (120, 30)])
async def test_panes_agree_after_any_sequence_of_keys(size: tuple[int, int]) -> None:
    leaving = {"quit", "help", "command_palette", *ASKING}
    names = [name for key in KEYS if key.action not in leaving for name in key.keys.split(",")]
    chance = random.Random(24)
    async with exploring(size=size) as pilot:
        for name in chance.choices(names, k=80):
            app = await press(pilot, name)
            assert {pane.scene.view for pane in app.stage.panes if pane.scene} == {app.view}
            shown = {pane.scene.arrangement for pane in app.stage.panes if pane.scene}
            assert shown == {app.arrangement}


@pytest.mark.parametrize("number", range(1, 7))
async def test_on_a_small_screen_the_current_pane_fills_it_and_the_failure_stays_in_view(
    number: int,
) -> None:
    async with exploring(size=(80, 24)) as pilot:
        app = await press(pilot, str(number))
        shown = [pane for pane in app.stage.panes if pane.is_on_screen]
        assert shown == [app.stage.panes[number - 1]]
        assert shown[0].size == (80, 21)
        lines = screen_text(app).splitlines()
        assert "✗ TestFill assertion" in lines[0]
        assert lines[1].startswith(" G18")
        assert f" {number} {shown[0].name_shown}" in lines[-1]


async def test_the_smallest_first_screen_says_why_it_failed() -> None:
    async with exploring(size=(80, 24)) as pilot:
        app = await press(pilot, "left_square_bracket")
        said = [line.text.rstrip() for line in app.stage.timeline.lines[-8:]]
        failure = app.scene.failure
        assert failure is not None
        assert said[0].startswith(f" why {failure.test_name} failed ─")
        assert failure.message.partition("\n")[0] in said[1]
        findings = app.scene.findings
        assert findings
        assert said[2].strip() in findings[0].claim
        await press(pilot, "j")
        assert app.stage.timeline.lines[-8].text.startswith(f" {app.view.selection.lane} ─")


async def test_resizing_keeps_the_cursor_in_view_and_shows_the_other_layout() -> None:
    async with exploring(size=(160, 45)) as pilot:
        app = await press(pilot, "plus", "plus", "5", "2", "1", "2")
        before = app.view
        await pilot.resize_terminal(80, 24)
        await settle(pilot)
        assert app.view == before
        assert app.stage.timeline.is_on_screen
        assert sum(pane.is_on_screen for pane in app.stage.panes) == 1
        assert "▼" in app.stage.timeline.lines[0].text
        await pilot.resize_terminal(160, 45)
        await settle(pilot)
        assert all(pane.is_on_screen and pane.lines for pane in app.stage.panes)


async def test_a_key_refreshes_only_the_lines_it_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    async with exploring() as pilot:
        app = await press(pilot, "0")
        refreshed: list[int] = []

        def note(self: Pane, *regions: object, **_: object) -> Pane:
            refreshed.append(len(regions))
            return self

        monkeypatch.setattr(Pane, "refresh", note)
        app.go(app.view.nudge(0.02), "nudge")
        await settle(pilot)
        timeline = app.stage.timeline
        assert refreshed
        assert 0 not in refreshed  # a whole pane
        assert sum(refreshed) < sum(pane.size.height for pane in app.stage.panes) // 2
        assert timeline.lines


async def test_a_held_key_draws_the_latest_viewport_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async with exploring() as pilot:
        app = await press(pilot, "0", "plus")
        drawn = 0
        show = app.stage.show

        def count(scene: object) -> None:
            nonlocal drawn
            drawn += 1
            show(scene)  # type: ignore[arg-type]

        monkeypatch.setattr(app.stage, "show", count)
        for _ in range(20):
            app.action_pan(1)
        await settle(pilot)
        assert drawn == 1
        assert app.stage.timeline.scene is not None
        assert app.stage.timeline.scene.view == app.view


async def test_a_frame_that_is_due_in_almost_no_time_is_drawn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with exploring() as pilot:
        app = await press(pilot)
        almost_due = app._drawn_at + app._period - 1e-9
        monkeypatch.setattr(
            "flaketui.app.frame_scheduler.time", SimpleNamespace(monotonic=lambda: almost_due)
        )
        app.go(app.view.at(7 * MS), "test")
        await settle(pilot)
        assert app.stage.timeline.scene is not None
        assert app.stage.timeline.scene.view.cursor_ns == 7 * MS


async def test_clicking_chooses_the_lane_and_the_moment() -> None:
    async with exploring() as pilot:
        app = await press(pilot, "0")
        row = next(y for y, line in enumerate(app.stage.timeline.lines) if " G1 " in line.text)
        await pilot.click("#timeline", offset=(60, row))
        await settle(pilot)
        lane = app.view.selection.lane
        assert lane is not None
        assert lane.id == 1
        assert app.view.selection.subject is SelectionKind.LANE
        assert app.stage.current is app.stage.timeline


async def test_choosing_a_line_moves_every_pane_to_its_moment_and_goroutine() -> None:
    async with exploring() as pilot:
        app = await press(pilot, "5", *["j"] * 4)
        assert app.view.cursor_ns == 131 * MS
        assert app.view.selection.lane is not None
        assert app.view.selection.lane.id == 35
        assert app.view.start_ns <= 131 * MS < app.view.end_ns
        assert "[bold]flush[/bold]" in app.stage.output.plain_text
        assert "go test gave it to TestFill; it is of TestDrain" in words(app.stage.details)


async def test_without_a_trace_tests_and_output_work_and_the_timeline_says_what_is_missing() -> (
    None
):
    async with exploring(ScenarioExplorer(without_trace())) as pilot:
        app = await press(pilot)
        text = screen_text(app)
        assert "no usable execution trace" in text
        assert "▶✗" in text
        await press(pilot, *"jklhw", "comma", "full_stop", "f", "plus", "minus")
        for number in "123456":
            await press(pilot, number, "j", "k", "enter")
        assert app.is_running


async def test_a_run_in_which_nothing_failed_says_so() -> None:
    async with exploring(ScenarioExplorer(all_passed())) as pilot:
        app = await press(pilot)
        assert "✓ all 4 tests passed" in screen_text(app)
        await press(pilot, "right_square_bracket")
        assert "nothing failed" in app.stage.keys.plain_text


async def test_an_empty_case_shows_empty_panes() -> None:
    bare = replace(without_trace(), tests=(), failures=(), output=output([]), start_ns=0, end_ns=0)
    async with exploring(ScenarioExplorer(bare)) as pilot:
        app = await press(pilot, "l", "plus", "G", "5", "j", "1", "j", "f", "enter", "t")
        text = screen_text(app)
    assert "no tests in the output" in text
    assert "no output in this bundle" in text


async def test_evidence_is_jumped_to_and_the_findings_stay_in_view() -> None:
    async with exploring(ScenarioExplorer(link=Link(test="TestDrain"))) as pilot:
        app = await press(pilot, "6", "j")
        assert app.view.cursor_ns == 421 * MS
        assert app.view.selection.lane is not None
        assert app.view.selection.lane.id == 34
        assert "woken by nobody until the end" in words(app.stage.details)
        assert "G34 waits for a mutex since 0.421 000s" in words(app.stage.details)


async def test_what_is_lost_is_told_in_the_details() -> None:
    damaged = replace(deadlock(), losses=(Loss("trace", "its end is cut off", bytes=12),))
    async with exploring(ScenarioExplorer(damaged)) as pilot:
        app = await press(pilot)
        assert "lost: trace: its end is cut off (12 bytes)" in app.stage.details.plain_text


async def test_failures_of_all_packages_are_visited_in_turn() -> None:
    cases = (deadlock(), replace(deadlock(), package="example.com/other"))
    async with exploring(ScenarioExplorer(*cases)) as pilot:
        packages = []
        for _ in range(4):
            app = await press(pilot, "right_square_bracket")
            packages.append((app.case.package, app.view.selection.failure))
    assert packages == [
        ("example.com/pool", 1),
        ("example.com/other", 0),
        ("example.com/other", 1),
        ("example.com/pool", 0),
    ]


@pytest.mark.parametrize("palette", [DARK, LIGHT, SIXTEEN, PLAIN])
async def test_every_palette_draws(palette: Palette) -> None:
    async with exploring() as pilot:
        app = await press(pilot)
        app.set_look(palette.name)
        await press(pilot, "l", "question_mark")
        assert "pan to later" in screen_text(app)


async def test_ascii_glyphs_draw_an_ascii_screen() -> None:
    async with exploring(ScenarioExplorer(ascii_glyphs=True)) as pilot:
        text = screen_text(await press(pilot, "l", "question_mark"))
        text += screen_text(await press(pilot, "q", "1", "m"))
    assert text.isascii(), sorted({letter for letter in text if not letter.isascii()})


@pytest.mark.parametrize("where", ["explain", "load"])
def test_an_exception_leaves_a_log_and_names_it(
    where: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("made up")

    monkeypatch.setattr(ScenarioExplorer, where, fail)
    explorer = ScenarioExplorer()
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


@pytest.mark.parametrize(
    ("environment", "palette"),
    [
        ({"TERM": "xterm-256color"}, DARK),
        ({"TERM": "screen", "COLORTERM": "truecolor"}, DARK),
        ({"TERM": "xterm-256color", "COLORFGBG": "0;15"}, LIGHT),
        ({"TERM": "linux"}, SIXTEEN),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, PLAIN),
        ({"TERM": "xterm-256color", "NO_COLOR": ""}, DARK),
    ],
)
def test_the_palette_suits_the_terminal(
    environment: dict[str, str], palette: Palette, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("TERM", "COLORTERM", "COLORFGBG", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert chosen_palette() is palette


def test_a_far_terminal_gets_fewer_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSH_CONNECTION", raising=False)
    near = frames_per_second()
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 22 10.0.0.2 22")
    assert frames_per_second() == 15 < near


async def test_a_span_that_is_not_decoded_yet_is_looked_up_behind_the_screen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    go_on = threading.Event()
    neighbour = navigation.neighbour_span

    def slow(case: Case, view: Viewport, delta: int) -> navigation.Outcome:
        assert go_on.wait(60)
        return neighbour(case, view, delta)

    monkeypatch.setattr(navigation, "neighbour_span", slow)
    async with exploring() as pilot:
        app = await press(pilot, "2")
        monkeypatch.setattr(type(app.case.schedule), "is_decoded", False)
        before = app.view
        await pilot.press("comma")
        await pilot.press("comma")
        assert app.view == before
        go_on.set()
        await settle(pilot)
        assert app.view == neighbour(app.case, before, -1)
        here = app.view
        go_on.clear()
        await pilot.press("comma")
        await pilot.press("plus")
        elsewhere = app.view
        assert elsewhere != here
        go_on.set()
        await settle(pilot)
        assert app.view == elsewhere
