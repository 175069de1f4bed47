"""A frame is drawn with an edge and its name, in exactly its cells."""

from __future__ import annotations

import pytest

from flakecore.pprof import ProfileFrame
from flaketui.drawing.palettes import DARK, PLAIN
from flaketui.drawing.theme import look
from flaketui.panes.profile.flame import FlameLook, make_flame
from flaketui.panes.profile.flame_cells import FlameCells
from flaketui.panes.profile.flame_lines import Marks, flame_line, short_node_name
from pprof.made import profile_of
from tui.panes.profile.test_flame import HOT, MAIN, made


def _row(width: int, depth: int, *, ascii_glyphs: bool = False, needle: str = "") -> str:
    flame = make_flame(profile_of(made(30, 10)), FlameLook())
    cells = FlameCells(flame.tree, 0, width)
    marks = Marks(-1, flame.matching(needle))
    drawn = look(DARK, ascii_glyphs=ascii_glyphs)
    strip = flame_line(flame, cells.row(depth), width, drawn, marks)
    assert strip.cell_length == width
    return strip.text


def test_frames_stand_side_by_side_with_their_names() -> None:
    assert _row(40, 0) == "▏all" + " " * 36
    assert _row(40, 1) == "▏p.main" + " " * 33
    assert _row(40, 2) == "▏p.hot" + " " * 24 + "▏zap.Log  "


@pytest.mark.parametrize("width", [1, 2, 3, 7, 12])
def test_a_narrow_frame_keeps_its_edge(width: int) -> None:
    assert _row(width, 2).startswith("▏")
    assert _row(width, 2, ascii_glyphs=True).isascii()


def test_what_matches_a_search_is_underlined_without_colours_too() -> None:
    flame = make_flame(profile_of(made(30, 10)), FlameLook())
    for palette in (DARK, PLAIN):
        strip = flame_line(
            flame,
            FlameCells(flame.tree, 0, 40).row(2),
            40,
            look(palette, ascii_glyphs=False),
            Marks(-1, flame.matching("hot")),
        )
        underlined = [s.text.strip() for s in strip if s.style is not None and s.style.underline]
        assert underlined == ["▏p.hot"]


def test_a_difference_tells_what_grew_from_what_vanished() -> None:
    flame = make_flame(profile_of(made(30, 0)), FlameLook(), profile_of(made(10, 20)))
    styles = look(DARK, ascii_glyphs=False)
    strip = flame_line(
        flame, FlameCells(flame.tree, 0, 50).row(2), 50, styles, Marks(-1, flame.matching(""))
    )
    grounds = {s.text.split()[0]: s.style for s in strip if s.text.strip()}
    assert grounds["▏p.hot"] == styles.frame("grown", chosen=False, matched=False)
    assert grounds["▏zap.Log"] == styles.frame("gone", chosen=False, matched=False)


def test_a_name_is_shown_without_the_folders_of_its_package() -> None:
    assert short_node_name(HOT.function) == "p.hot"
    assert short_node_name("a.b/c.F[go.shape.int]") == "c.F[go.shape.int]"
    assert short_node_name("a.b/c.(*T).M /src/a/b.go:12") == "c.(*T).M b.go:12"


def test_a_hostile_name_stays_in_its_cells() -> None:
    evil = ProfileFrame("p.\x1b[2J\u202e\n日本", "a.go", 1)
    flame = make_flame(profile_of([((evil, MAIN), (), (1, 4))]), FlameLook())
    for width in range(1, 20):
        strip = flame_line(
            flame,
            FlameCells(flame.tree, 0, width).row(2),
            width,
            look(DARK, ascii_glyphs=False),
            Marks(-1, flame.matching("")),
        )
        assert strip.cell_length == width
        assert not set(strip.text) & set("\x1b\u202e\n")
