"""How the explorer looks on the sample, at the sizes people have."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from flaketui.app import Explorer
from flaketui.theme import DARK, LIGHT, PLAIN, SIXTEEN, Palette
from program import SAMPLE
from tui.scenario import settle

SIZES = [(80, 24), (160, 45)]
Compare = Callable[..., bool]


def pressing(*keys: str) -> Callable[[Pilot[None]], object]:
    async def run(pilot: Pilot[None]) -> None:
        await settle(pilot)
        for key in keys:
            await pilot.press(key)
            await settle(pilot)

    return run


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_first_view(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(Explorer(SAMPLE), terminal_size=size, run_before=pressing())


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_help(snap_compare: Compare, size: tuple[int, int]) -> None:
    help_key = pressing("question_mark")
    assert snap_compare(Explorer(SAMPLE), terminal_size=size, run_before=help_key)


@pytest.mark.parametrize("pane", range(1, 7))
def test_a_pane_alone_on_a_small_screen(snap_compare: Compare, pane: int) -> None:
    keys = pressing("right_square_bracket", str(pane))
    assert snap_compare(Explorer(SAMPLE), terminal_size=(80, 24), run_before=keys)


@pytest.mark.parametrize("palette", [LIGHT, SIXTEEN, PLAIN], ids=lambda palette: palette.name)
def test_a_deadlock_in_other_colours(snap_compare: Compare, palette: Palette) -> None:
    explorer = Explorer(SAMPLE, palette=palette)
    keys = pressing("left_square_bracket", "4", "j")
    assert snap_compare(explorer, terminal_size=(160, 45), run_before=keys)


def test_ascii(snap_compare: Compare) -> None:
    explorer = Explorer(SAMPLE, palette=DARK, ascii_glyphs=True)
    assert snap_compare(explorer, terminal_size=(160, 45), run_before=pressing())
