"""The table stands beside the graph where there is room, and below it else; no line is lost."""

from __future__ import annotations

import pytest

from flaketui.panes.profile.flame import FlameLook, make_flame
from flaketui.panes.profile.flame_graph import FlameGraph
from flaketui.panes.profile.profile_screen import Shown
from flaketui.panes.profile.source_values import SourceValues
from pprof.made import profile_of
from tui.driving import exploring, press
from tui.panes.profile.test_flame import HOT, made


@pytest.mark.parametrize(("width", "height"), [(80, 12), (80, 40), (109, 20), (110, 20), (200, 45)])
async def test_all_lines_are_filled_whatever_stands_on_the_left(width: int, height: int) -> None:
    async with exploring() as pilot:
        scene = (await press(pilot)).scene
    flame = make_flame(profile_of(made(30, 10)), FlameLook())
    for instead in (None, SourceValues(scene, flame, HOT.function)):
        shown = Shown(FlameGraph(flame), instead, cumulative=False, inverted=False)
        split = shown.split(width, height)
        assert split.beside == (width >= 110)
        lines = shown.lines(scene, split, 0)
        assert [line.cell_length for line in lines] == [width] * height
        table = lines[split.table_top - 1] if not split.beside else lines[1]
        assert "p.hot" in table.text


async def test_the_row_that_is_followed_is_the_graphs_or_that_of_the_source() -> None:
    async with exploring() as pilot:
        scene = (await press(pilot)).scene
    flame = make_flame(profile_of(made(30, 10)), FlameLook())
    graph = FlameGraph(flame)
    shown = Shown(graph, None, cumulative=False, inverted=False)
    split = shown.split(80, 30)
    graph.step(2)
    assert shown.followed(split) == (2, 3, 3) and shown.used == 3
    source = SourceValues(scene, flame, HOT.function)
    listed = shown._replace(instead=source)
    assert listed.followed(listed.split(80, 30)) == (source.chosen, source.count, 21)
    assert listed.used == source.count + 2
