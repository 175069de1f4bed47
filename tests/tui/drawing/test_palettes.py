"""Every palette has a colour for each role and state, or none for any."""

from __future__ import annotations

from dataclasses import fields
from typing import get_args

import pytest

from flakecore.timeline import State
from flaketui.drawing.palettes import PALETTES, PLAIN, FrameShade, Palette


@pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES.keys())
def test_states_and_frames_have_colours_all_or_none(palette: Palette) -> None:
    drawn = set(State) - {State.ABSENT}
    assert drawn <= set(palette.states) or (palette is PLAIN and not palette.states)
    assert set(palette.frames) in (set(get_args(FrameShade)), set())


def test_a_colour_is_an_entry_of_the_terminals_palette() -> None:
    for palette in PALETTES.values():
        single = [getattr(palette, field.name) for field in fields(palette)]
        colours = [each for each in single if isinstance(each, int) and not isinstance(each, bool)]
        colours += [each for each in palette.frames.values() if each is not None]
        assert all(0 <= each < 256 for each in colours)


def test_a_palette_is_found_by_its_name() -> None:
    assert [PALETTES[name].name for name in PALETTES] == list(PALETTES)
