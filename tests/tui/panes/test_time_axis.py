"""Failures, marks and the cursor stand on the ruler of a scene."""

from __future__ import annotations

from flaketui.drawing.lines import StyledLine
from flaketui.drawing.palettes import DARK
from flaketui.drawing.theme import look
from flaketui.panes.time_axis import add_time_axis
from flaketui.view.arrangement import Arrangement
from flaketui.view.scene import Scene
from flaketui.view.viewport import Viewport
from tui.scenario import FAILURES, deadlock
from tui.scripted_schedule import END, MS

LOOK = look(DARK, ascii_glyphs=False)


def drawn(view: Viewport, *marks: int) -> str:
    arrangement = Arrangement(marks=marks)
    shown = Scene(deadlock(), view, (), LOOK, compact=False, arrangement=arrangement)
    line = StyledLine(LOOK, 100)
    add_time_axis(line, shown, 100)
    return line.strip().text


def test_each_stands_in_the_column_of_its_moment() -> None:
    view = Viewport.whole(0, END).at(1800 * MS)
    text = drawn(view, 900 * MS)
    assert text[view.column(1800 * MS, 100)] == "▼"
    assert text[view.column(900 * MS, 100)] == "◆"
    for failure in FAILURES:
        assert text[view.column(failure.at_ns, 100)] == "✗"


def test_the_cursor_covers_what_is_in_its_column() -> None:
    view = Viewport.whole(0, END).at(FAILURES[1].at_ns)
    assert drawn(view)[view.column(FAILURES[1].at_ns, 100)] == "▼"


def test_what_is_outside_the_window_is_left_out() -> None:
    view = Viewport.whole(0, END).window(1000 * MS, 1100 * MS)
    assert "✗" not in drawn(view)
    assert "◆" not in drawn(view, 5 * MS)
