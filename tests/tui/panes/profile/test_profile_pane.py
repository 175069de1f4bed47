"""The Profile pane driven by keys and the mouse, on real profiles and the sample."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from textual.pilot import Pilot

from flakecore.report.profile.profile_request import ProfileRequest, profile_shown
from flakecore.report.profile.profile_text import list_text
from flakecore.timeline.sources import Sources
from flaketui.app.explorer import Explorer
from flaketui.app.terminal.settings import DisplaySettings
from flaketui.panes.profile.profile_pane import ProfilePane
from pprof.profiles import WORK, profile, written_by
from program import SAMPLE
from toolchains import NEWEST
from tui.driving import exploring, press, screen_text

FAST = DisplaySettings(fps=1000)


def _pane(app: Explorer) -> ProfilePane:
    pane = app.layout["profile"]
    assert isinstance(pane, ProfilePane)
    return pane


async def _opened(pilot: Pilot[None], *keys: str) -> tuple[Explorer, str]:
    app = await press(pilot, *keys)
    return app, _pane(app).plain_text


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A bundle of profiles alone: of a hot loop, a lock convoy, and what is never freed."""
    for kind, data in written_by(NEWEST).items():
        (tmp_path / f"{kind}.pprof").write_bytes(data)
    return tmp_path


async def test_a_hot_loop_a_lock_convoy_and_a_leak_are_found_by_keys(work: Path) -> None:
    async with exploring(Explorer(work, settings=FAST), (100, 40)) as pilot:
        app, text = await _opened(pilot, "P")
        title, root = text.splitlines()[:2]
        assert title.startswith(" PROFILE  cpu · ") and root.startswith("▏all")
        assert any(row.split()[-1] == "work.burn" for row in text.splitlines())
        app, text = await _opened(pilot, "F", "F")
        assert " mutex · " in text.splitlines()[0]
        assert "work.contend.func1" in text and "sync.(*Mutex).Unlock" in text
        app, text = await _opened(pilot, "F")
        assert " mem · " in text.splitlines()[0]
        rows = text.splitlines()
        assert "work.allocate" in rows[rows.index(next(r for r in rows if "function" in r)) + 1]
        assert app.layout.current is _pane(app)


async def test_enter_zooms_into_a_frame_and_a_key_out_again() -> None:
    async with exploring(Explorer(SAMPLE, settings=FAST), (80, 40)) as pilot:
        _, whole = await _opened(pilot, "P", "j", "j")
        assert whole.splitlines()[3].count("▏") > 3
        _, zoomed = await _opened(pilot, "enter")
        assert [row.count("▏") for row in zoomed.splitlines()[1:4]] == [1, 1, 1]
        _, above = await _opened(pilot, "U")
        assert above.splitlines()[2] == zoomed.splitlines()[2]
        assert above.splitlines()[3].count("▏") > 3
        app, out = await _opened(pilot, "U", "U")
        assert out.splitlines()[1:6] == whole.splitlines()[1:6]
        assert "the whole profile is shown" in screen_text(app)


async def test_turned_over_what_ends_stacks_stands_on_top(work: Path) -> None:
    async with exploring(Explorer(work, settings=FAST), (80, 40)) as pilot:
        _, text = await _opened(pilot, "P", "i")
        assert "callers below" in text.splitlines()[0]
        assert text.splitlines()[2].startswith("▏work.burn")
        _, by_line = await _opened(pilot, "i", "a")
        assert "work_test.go:" in by_line


async def test_callers_and_callees_of_the_chosen_function_by_keys(work: Path) -> None:
    async with exploring(Explorer(work, settings=FAST), (80, 40)) as pilot:
        app, _ = await _opened(pilot, "P", "b")
        assert "choose a frame first" in screen_text(app)
        app, whole = await _opened(pilot, "i", "j")
        assert _pane(app).plain_text.splitlines()[2].startswith("▏work.burn")
        app, text = await _opened(pilot, "b")
        rows = text.splitlines()
        assert "through burn · callers above" in rows[0] and "callers below" not in rows[0]
        at = next(y for y, row in enumerate(rows) if row.startswith("▏work.burn"))
        assert rows[1].startswith("▏testing.tRunner") and at >= 2
        app, _ = await _opened(pilot, "i")
        assert "callers and callees are both shown" in screen_text(app)
        app, by_line = await _opened(pilot, "a")
        assert "▏work.burn work_test.go:" in by_line and "through burn" in by_line
        app, left = await _opened(pilot, "a", "U")
        assert left.splitlines()[1] == whole.splitlines()[1] and "through burn" not in left
        app, again = await _opened(pilot, "b", "b")
        assert again == left


async def test_a_function_without_samples_in_another_kind_says_so(work: Path) -> None:
    async with exploring(Explorer(work, settings=FAST), (100, 40)) as pilot:
        app, text = await _opened(pilot, "P", "i", "j", "b", "F")
        assert "block: nothing passes through burn; U shows all again" in text
        _, text = await _opened(pilot, "U")
        assert " block · " in text.splitlines()[0] and text.splitlines()[1].startswith("▏all")
        assert app.layout.current is _pane(app)


@pytest.fixture
def with_source(work: Path) -> Path:
    """The same bundle with the program's source."""
    folder = work / "src" / "example.com" / "work"
    shutil.copytree(WORK, folder)
    return work


async def test_a_functions_source_has_the_values_that_the_command_lists(with_source: Path) -> None:
    listed = list_text(
        profile_shown(profile(NEWEST, "cpu"), ProfileRequest(kind="cpu")),
        [Sources(working=WORK)],
        "work.burn$",
    )
    charged = [row for row in listed.splitlines() if re.match(r" +\S*\d\S* +\S+ +\d+:", row)]
    async with exploring(Explorer(with_source, settings=FAST), (100, 40)) as pilot:
        _, graph = await _opened(pilot, "P", "i", "j")
        _, text = await _opened(pilot, "C")
        rows = text.splitlines()
        assert rows[1].startswith(" work.burn ") and rows[1].rstrip().endswith("work_test.go")
        assert "not at hand" not in text and "func burn(steps int) uint64 {" in text
        shown_rows = [row for row in rows if "x = step(x)" in row]
        assert [row.split()[:3] for row in shown_rows] == [
            [*row.split()[:2], row.split()[2].partition(":")[0]]
            for row in charged
            if "x = step(x)" in row
        ]
        assert charged
        _, left = await _opened(pilot, "C")
        assert left == graph
        _, by_enter = await _opened(pilot, "enter", "enter")
        assert by_enter.splitlines()[1] == rows[1]
        _, graph_again = await _opened(pilot, "U")
        assert graph_again.splitlines()[1].startswith("▏all")


async def test_without_source_its_charged_lines_are_shown_and_it_is_said(with_source: Path) -> None:
    # Too short to be what ran.
    (with_source / "src/example.com/work/work_test.go").write_text("package work\n")
    async with exploring(Explorer(with_source, settings=FAST), (100, 40)) as pilot:
        app, _ = await _opened(pilot, "P", "C")
        assert "choose a frame first" in screen_text(app)
        _, text = await _opened(pilot, "i", "j", "C", "j", "j")
        assert "the source of work_test.go is not at hand" in text
        _, text = await _opened(pilot, "F")
        assert "is in no sample of this profile: C shows the graph again" in text


async def test_a_search_tells_the_share_of_what_matches(work: Path) -> None:
    async with exploring(Explorer(work, settings=FAST), (100, 40)) as pilot:
        app = await press(pilot, "P", "slash", *"work.burn", "enter")
        title = _pane(app).plain_text.splitlines()[0]
        assert "% through work.burn" in title


async def test_a_click_chooses_and_a_second_one_zooms(work: Path) -> None:
    async with exploring(Explorer(work, settings=FAST), (80, 40)) as pilot:
        app, whole = await _opened(pilot, "P")
        rows = whole.splitlines()
        at = next(y for y, row in enumerate(rows) if "testing.tRunner" in row)
        x = rows[at].index("testing.tRunner")
        pane = _pane(app)
        await pilot.click(pane, offset=(x, at))
        assert "testing.tRunner" in pane.plain_text
        await pilot.click(pane, offset=(x, at))
        _, zoomed = await _opened(pilot)
        assert zoomed.splitlines()[at].startswith("▏testing.tRunner")


async def test_samples_of_the_trace_follow_the_window() -> None:
    async with exploring(Explorer(SAMPLE, settings=FAST), (120, 40)) as pilot:
        app, text = await _opened(pilot, "P", "0", "F", "F", "F", "F")
        assert "trace-cpu · 780ms · in this window" in text.splitlines()[0]
        app, part = await _opened(pilot, "plus", "plus")
        assert "trace-cpu · 780ms" not in part.splitlines()[0]
        _, waits = await _opened(pilot, "0", "F")
        assert "trace-wait" in waits.splitlines()[0] and "sync.(*Mutex).Lock" in waits
        assert app.layout.current is _pane(app)


async def test_moving_sends_the_lines_that_change_and_no_others(work: Path) -> None:
    async with exploring(Explorer(work, settings=FAST), (80, 40)) as pilot:
        app, _ = await _opened(pilot, "P", "j", "j", "j")
        before = list(_pane(app).lines)
        await press(pilot, "j")
        after = _pane(app).lines
        changed = sum(old != new for old, new in zip(before, after, strict=True))
        assert 1 <= changed <= 6


async def test_without_a_profile_it_says_how_to_get_one(tmp_path: Path) -> None:
    (tmp_path / "test.txt").write_text(
        "=== RUN   TestA\n--- PASS: TestA (0.00s)\nPASS\nok  \tp\t0.1s\n"
    )
    async with exploring(Explorer(tmp_path, settings=FAST), (80, 24)) as pilot:
        app, text = await _opened(pilot, "P", "j", "enter", "U", "i", "F")
        assert "there is neither a profile nor a trace" in text
        app = await press(pilot, "d")
        assert "no other run of this package" in screen_text(app)


async def test_a_large_profile_is_laid_out_in_a_thread(
    work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flaketui.panes.profile.choices._AT_ONCE", 0)
    async with exploring(Explorer(work, settings=FAST), (80, 40)) as pilot:
        _, text = await _opened(pilot, "P")
        assert "work.burn" in text
        _, over = await _opened(pilot, "i")
        assert over.splitlines()[2].startswith("▏work.burn")
