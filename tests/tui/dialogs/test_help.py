"""The help lists the keys that it is given, and what the cells of a lane mean."""

from __future__ import annotations

from flakecore.timeline import State
from flaketui.dialogs.help import WIDTH, HelpScreen, help_lines
from flaketui.drawing.palettes import DARK
from flaketui.drawing.theme import look
from flaketui.view.key import MOVE, Key
from tui.driving import exploring, press

LOOK = look(DARK, ascii_glyphs=False)


def test_a_heading_stands_above_its_keys() -> None:
    lines = help_lines(LOOK, [("Move", [Key("zoom", "plus", "+", "zoom(1)", MOVE, "zoom in")])])
    texts = [line.text.rstrip() for line in lines]
    assert texts[0] == " Move"
    assert texts[1].split() == ["+", "zoom", "in"]
    assert {line.cell_length for line in lines} == {WIDTH}


def test_every_state_of_a_lane_is_explained() -> None:
    text = "\n".join(line.text for line in help_lines(LOOK, []))
    for state in State:
        assert state is State.ABSENT or state.label in text


def test_every_mark_on_a_lane_is_explained() -> None:
    text = [line.text.split()[:1] for line in help_lines(LOOK, [])]
    glyphs = LOOK.glyphs
    for mark in (glyphs.cursor, glyphs.mark, glyphs.failure, glyphs.stop, glyphs.log, glyphs.leak):
        assert [mark] in text


async def test_the_help_is_scrolled_and_closed() -> None:
    async with exploring(size=(80, 24)) as pilot:
        app = await press(pilot, "question_mark", "j", "j", "k")
        assert isinstance(app.screen, HelpScreen)
        assert app.screen.query_one("#help-text").scroll_offset.y == 1
        await press(pilot, "q")
        assert not isinstance(app.screen, HelpScreen)
