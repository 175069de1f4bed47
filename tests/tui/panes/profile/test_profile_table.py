"""Rows of functions, and the line about a frame, say what the tree holds."""

from __future__ import annotations

from flaketui.panes.profile.flame import FlameLook, make_flame
from flaketui.panes.profile.profile_table import frame_line, table_lines
from pprof.made import profile_of
from tui.driving import exploring, press
from tui.panes.profile.test_flame import made


async def test_the_function_that_uses_most_is_the_first_row_and_the_chosen_one_is_marked() -> None:
    async with exploring() as pilot:
        scene = (await press(pilot)).scene
    flame = make_flame(profile_of(made(30, 10)), FlameLook())
    hot = flame.widest(flame.order(cumulative=False)[0])
    rows = table_lines(scene, flame, hot, 40, 5, cumulative=False)
    assert [row.text.split() for row in rows] == [
        ["itself", "in", "all", "function"],
        ["30ns", "30ns", "p.hot"],
        ["10ns", "10ns", "zap.Log"],
        ["0ns", "40ns", "p.main"],
        [],
    ]
    assert rows[1]._segments[0].style == scene.look.style("text", "selected")
    assert table_lines(scene, flame, hot, 40, 3, cumulative=True)[1].text.split()[-1] == "p.main"


async def test_a_line_tells_a_frames_value_share_and_change() -> None:
    async with exploring() as pilot:
        scene = (await press(pilot)).scene
    flame = make_flame(profile_of(made(30, 10)), FlameLook())
    hot = flame.widest(flame.order(cumulative=False)[0])
    assert frame_line(scene, flame, hot, 60).text.split() == [
        *("p.hot", "30ns", "75.00%,", "itself", "30ns", "a.go:7"),
    ]
    # Towards callers, what ends in a frame is where stacks begin: no value of its own.
    assert "itself" not in frame_line(scene, flame, hot, 60, outward=True).text
    grown = make_flame(profile_of(made(30, 0)), FlameLook(), profile_of(made(10, 20)))
    hot = grown.widest(grown.order(cumulative=False)[0])
    assert "+20ns" in frame_line(scene, grown, hot, 60).text
