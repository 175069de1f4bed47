"""How the explorer looks on the sample, at the sizes people have."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from flaketui.app.explorer import Explorer
from flaketui.app.terminal.settings import DisplaySettings
from flaketui.drawing.palettes import DARK, LIGHT, PLAIN, SIXTEEN
from flaketui.panes.registry import PANES
from program import SAMPLE
from tui.driving import settle

SIZES = [(80, 24), (120, 40), (200, 50)]
COLOURS = {"256": DARK, "16": SIXTEEN, "none": PLAIN}
Compare = Callable[..., bool]


def pressing(*keys: str) -> Callable[[Pilot[None]], object]:
    async def run(pilot: Pilot[None]) -> None:
        await settle(pilot)
        for key in keys:
            await pilot.press(key)
            await settle(pilot)

    return run


@pytest.fixture(autouse=True)
def nowhere_near_the_sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Source lines are shown where they are at hand, which is not everywhere."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("flakecore.timeline.sources._goroot_of", lambda _: None)


@pytest.mark.parametrize("colours", COLOURS)
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_first_view(snap_compare: Compare, size: tuple[int, int], colours: str) -> None:
    explorer = Explorer(SAMPLE, settings=DisplaySettings(palette=COLOURS[colours]))
    assert snap_compare(explorer, terminal_size=size, run_before=pressing())


@pytest.mark.parametrize("colours", COLOURS)
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.slow
def test_a_deadlock_pinned_marked_and_summed_up(
    snap_compare: Compare, size: tuple[int, int], colours: str
) -> None:
    explorer = Explorer(SAMPLE, settings=DisplaySettings(palette=COLOURS[colours]))
    keys = pressing("left_square_bracket", "m", "j", "p", "4", "u", "2")
    assert snap_compare(explorer, terminal_size=size, run_before=keys)


@pytest.mark.parametrize("colours", COLOURS)
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.slow
def test_a_profile_with_a_frame_chosen_and_a_search(
    snap_compare: Compare, size: tuple[int, int], colours: str
) -> None:
    explorer = Explorer(SAMPLE, settings=DisplaySettings(palette=COLOURS[colours]))
    keys = pressing("P", *["j"] * 9, "slash", *"render", "enter")
    assert snap_compare(explorer, terminal_size=size, run_before=keys)


@pytest.mark.parametrize("size", SIZES[:2], ids=lambda size: f"{size[0]}x{size[1]}")
def test_help(snap_compare: Compare, size: tuple[int, int]) -> None:
    help_key = pressing("question_mark")
    assert snap_compare(Explorer(SAMPLE), terminal_size=size, run_before=help_key)


@pytest.mark.parametrize("pane", [entry.key for entry in PANES])
@pytest.mark.slow
def test_a_pane_alone_on_a_small_screen(snap_compare: Compare, pane: str) -> None:
    keys = pressing("right_square_bracket", pane)
    assert snap_compare(Explorer(SAMPLE), terminal_size=(80, 24), run_before=keys)


def test_light_colours(snap_compare: Compare) -> None:
    explorer = Explorer(SAMPLE, settings=DisplaySettings(palette=LIGHT))
    keys = pressing("left_square_bracket", "4", "j")
    assert snap_compare(explorer, terminal_size=(120, 40), run_before=keys)


def test_ascii(snap_compare: Compare) -> None:
    explorer = Explorer(SAMPLE, settings=DisplaySettings(ascii_glyphs=True))
    assert snap_compare(explorer, terminal_size=(120, 40), run_before=pressing("m", "p"))


def test_a_prompt_with_an_answer_to_begin_from(snap_compare: Compare) -> None:
    keys = pressing("e")
    assert snap_compare(Explorer(SAMPLE), terminal_size=(80, 24), run_before=keys)
