"""The tree that the Profile pane draws, and what of it a search or a difference finds."""

from __future__ import annotations

import numpy as np

from flakecore.pprof import Granularity, ProfileFrame
from flaketui.panes.profile.flame import FlameLook, make_flame
from pprof.made import Sample, profile_of

MAIN = ProfileFrame("example.com/p.main", "/p/a.go", 1)
HOT = ProfileFrame("example.com/p.hot", "/p/a.go", 7)
LOG = ProfileFrame("go.uber.org/zap.Log", "/z/z.go", 3)
JSON = ProfileFrame("encoding/json.Marshal", "json.go", 3)


def made(hot: int, log: int) -> list[Sample]:
    found: list[Sample] = []
    if hot:
        found.append(((HOT, MAIN), (), (1, hot)))
    if log:
        found.append(((LOG, MAIN), (), (1, log)))
    return found


def test_the_share_of_a_search_counts_each_stack_once() -> None:
    flame = make_flame(profile_of(made(30, 10)), FlameLook())
    assert flame.share_matching(flame.matching("P.HOT")) == 0.75
    assert flame.share_matching(flame.matching("example.com")) == 1.0
    assert not flame.matching("").any()


def test_a_difference_keeps_both_sides_and_what_vanished() -> None:
    flame = make_flame(profile_of(made(30, 0)), FlameLook(), profile_of(made(10, 20)))
    sides = {
        flame.nodes.names[node] if node >= 0 else "all": (value, base)
        for node, value, base in zip(
            flame.tree.node.tolist(), flame.tree.value, flame.tree.base, strict=True
        )
    }
    assert sides == {
        "all": (30, 30),
        MAIN.function: (30, 30),
        HOT.function: (30, 10),
        LOG.function: (0, 20),
    }
    assert flame.compared and flame.total >= 50
    changes = dict(zip(flame.nodes.names, flame.totals.flat.tolist(), strict=True))
    assert (changes[HOT.function], changes[LOG.function]) == (20, -20)


def test_the_table_is_ordered_and_leads_to_the_widest_frame() -> None:
    flame = make_flame(profile_of(made(30, 10)), FlameLook())
    first = flame.order(cumulative=False)[0]
    assert flame.nodes.names[first] == HOT.function
    assert flame.tree.node[flame.widest(first)] == first
    assert flame.path(flame.widest(first))[0] == 0
    by_all = flame.order(cumulative=True)
    assert flame.nodes.names[by_all[0]] == MAIN.function


def test_lines_of_one_function_are_frames_of_their_own() -> None:
    other = ProfileFrame(HOT.function, HOT.file, 9)
    both = profile_of([*made(1, 0), ((other, MAIN), (), (1, 2))])
    assert len(make_flame(both, FlameLook()).tree) == 3
    by_line = make_flame(both, FlameLook(Granularity.LINES))
    assert len(by_line.tree) == 4
    assert np.array_equal(by_line.tree.weight[:2], [3, 3])
