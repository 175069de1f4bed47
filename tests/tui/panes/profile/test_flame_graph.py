"""A graph of one tree, or of a function's callers and callees, that keys move through."""

from __future__ import annotations

from flakecore.pprof import Granularity, ProfileFrame
from flaketui.drawing.palettes import DARK
from flaketui.drawing.theme import look
from flaketui.panes.profile.flame import FlameLook, make_flame
from flaketui.panes.profile.flame_graph import FlameGraph, FrameOfTree
from flaketui.panes.profile.flame_lines import Marks
from pprof.made import Sample, profile_of

A = ProfileFrame("example.com/p.a", "/p/a.go", 1)
B = ProfileFrame("example.com/p.b", "/p/a.go", 2)
HUB = ProfileFrame("example.com/p.hub", "/p/a.go", 3)
HUB_LATER = ProfileFrame("example.com/p.hub", "/p/a.go", 4)
READ = ProfileFrame("example.com/p.read", "/p/a.go", 5)
MADE: list[Sample] = [
    ((READ, HUB, A), (), (1, 20)),
    ((HUB, A), (), (1, 10)),
    ((READ, HUB_LATER, B), (), (1, 10)),
    ((B,), (), (1, 40)),
]
WIDTH = 40


def _graph(granularity: Granularity = Granularity.FUNCTIONS, around: str = "") -> FlameGraph:
    graph = FlameGraph(make_flame(profile_of(MADE), FlameLook(granularity, around=around)))
    graph.cut(WIDTH)
    return graph


def _drawn(graph: FlameGraph) -> list[str]:
    graph.cut(WIDTH)
    marks = Marks(-1, graph.flame.matching(""))
    return [graph.line(row, look(DARK, ascii_glyphs=False), marks).text for row in graph.rows]


def test_callers_stand_above_a_function_and_callees_below_by_their_shares() -> None:
    graph = _graph(around=HUB.function)
    assert _drawn(graph) == [
        "▏p.a" + " " * 26 + "▏p.b" + " " * 6,
        "▏p.hub" + " " * 34,
        "▏p.read" + " " * 23 + " " * 10,
    ]
    assert graph.flame.total == 40
    assert graph.function == HUB.function and graph.chosen_row == 1


def test_by_line_the_functions_lines_stand_side_by_side() -> None:
    rows = _drawn(_graph(Granularity.LINES, HUB.function))
    assert rows[1] == "▏p.hub a.go:3                 ▏p.hub a.…"
    assert rows[0].startswith("▏p.a a.go:1") and rows[0][30:].startswith("▏p.b")


def test_keys_go_from_callers_through_the_function_to_callees() -> None:
    graph = _graph(around=HUB.function)
    seen = []
    graph.step(-9)
    for _ in range(4):
        seen.append(graph.function)
        graph.step(1)
    assert seen == [B.function, A.function, HUB.function, READ.function]


def test_each_half_is_zoomed_for_itself_and_left_again() -> None:
    graph = _graph(around=HUB.function)
    graph.step(-1)
    assert graph.function == A.function and not graph.is_zoomed_to_chosen
    graph.zoom_to(graph.chosen)
    assert _drawn(graph)[0] == "▏p.a" + " " * 36
    assert _drawn(graph)[2].startswith("▏p.read" + " " * 23)
    assert graph.is_zoomed_to_chosen and graph.zoom_out() and not graph.zoom_out()
    assert _drawn(graph) == _drawn(_graph(around=HUB.function))


def test_keys_need_not_wait_for_what_a_zoom_draws() -> None:
    for by_name in (False, True):
        graph = _graph()
        graph.step(1)
        if by_name:
            graph.choose_function(HUB.function)
        else:
            graph.zoom_to(graph.chosen)
        graph.step(1)
        assert graph.at(0, 0) is not None and graph.function
    undrawn = FlameGraph(make_flame(profile_of(MADE), FlameLook()))
    undrawn.step(1)
    assert undrawn.function == ""


def test_a_cell_leads_to_its_frame_in_either_half() -> None:
    graph = _graph(around=HUB.function)
    graph.chosen = graph.at(0, 35) or FrameOfTree(0)
    assert graph.function == B.function and graph.chosen.above
    graph.chosen = graph.at(2, 5) or FrameOfTree(0)
    assert graph.function == READ.function and not graph.chosen.above
    assert graph.at(2, 35) is None and graph.at(7, 0) is None


def test_a_function_that_calls_itself_is_among_its_callees_and_no_caller() -> None:
    made: list[Sample] = [((HUB, A, HUB, B), (), (1, 8))]
    graph = FlameGraph(make_flame(profile_of(made), FlameLook(around=HUB.function)))
    assert [row.strip(" ▏") for row in _drawn(graph)] == ["p.b", "p.hub", "p.a", "p.hub"]


def test_a_function_that_is_not_there_leaves_nothing_to_draw() -> None:
    graph = _graph(around="example.com/p.gone")
    assert graph.flame.total == 0 and graph.rows == () and graph.function == ""


def test_another_window_or_look_keeps_the_chosen_function() -> None:
    before = _graph()
    before.choose_function(READ.function)
    fewer = FlameGraph(make_flame(profile_of(MADE[:1]), FlameLook()))
    fewer.look_as(before)
    assert fewer.function == READ.function
    over = FlameGraph(make_flame(profile_of(MADE), FlameLook(inverted=True)))
    over.look_as(before)
    assert over.function == READ.function
    assert over.flame.tree.depth[over.chosen.frame] == 1
    without = FlameGraph(make_flame(profile_of(MADE[3:]), FlameLook()))
    without.look_as(before)
    assert without.function == ""


def test_in_a_difference_both_sides_keep_what_vanished() -> None:
    base = profile_of([((READ, HUB, B), (), (1, 30))])
    flame = make_flame(profile_of(MADE[:2]), FlameLook(around=HUB.function), base)
    graph = FlameGraph(flame)
    assert [row.replace(" ", "") for row in _drawn(graph)] == ["▏p.a▏p.b", "▏p.hub", "▏p.read"]
    assert (int(flame.tree.value[0]), int(flame.tree.base[0])) == (30, 30)
