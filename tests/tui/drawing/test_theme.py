"""Colours are entries of the terminal's palette, and nothing is told by colour alone."""

from __future__ import annotations

import pytest
from rich.color import ColorSystem, ColorType

from flakecore.timeline import State
from flaketui.drawing.glyphs import ASCII, UNICODE, Glyphs
from flaketui.drawing.lines import width_of
from flaketui.drawing.palettes import DARK, LIGHT, PLAIN, SIXTEEN, Ground, Palette, Role
from flaketui.drawing.theme import Look

ROLES: tuple[Role, ...] = ("text", "muted", "faint", "accent", "good", "bad", "warn", "strong")
GROUNDS: tuple[Ground, ...] = ("plain", "selected", "cursor", "match")


@pytest.mark.parametrize("palette", [DARK, LIGHT, SIXTEEN])
def test_a_colour_is_sent_as_the_entry_it_is(palette: Palette) -> None:
    styles = Look(palette, UNICODE)
    for ground in GROUNDS:
        for style in [
            *(styles.style(role, ground) for role in ROLES),
            *(styles.state(state, ground) for state in State),
        ]:
            for colour in (style.color, style.bgcolor):
                if colour is not None:
                    assert colour.type in (ColorType.EIGHT_BIT, ColorType.STANDARD)
                    assert colour.downgrade(ColorSystem.EIGHT_BIT) == colour


def test_without_colours_no_style_has_one_and_what_matters_still_differs() -> None:
    styles = Look(PLAIN, UNICODE)
    for role in ROLES:
        for ground in GROUNDS:
            style = styles.style(role, ground)
            assert style.color is None
            assert style.bgcolor is None
    assert styles.style("text", "selected") != styles.style("text")
    assert styles.style("text", "match") != styles.style("text")
    assert styles.style("bad") != styles.style("text")


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
def test_every_state_has_a_character_of_its_own(glyphs: Glyphs) -> None:
    told = {glyphs.states[state] for state in State}
    alike = 1  # an idle proc and a waiting goroutine of the runtime never share a lane
    assert len(told) == len(State) - alike
    assert all(width_of(character) == 1 for character in [*told, *glyphs.bars, glyphs.thin])


def test_ascii_is_ascii() -> None:
    for name in ASCII.__slots__:
        value = getattr(ASCII, name)
        texts = value.values() if isinstance(value, dict) else [value]
        assert all(text.isascii() for text in texts), name


def test_a_style_is_made_once() -> None:
    styles = Look(DARK, UNICODE)
    assert styles.style("bad", "selected") is styles.style("bad", "selected")
    assert styles.state(State.MUTEX) is styles.state(State.MUTEX)
