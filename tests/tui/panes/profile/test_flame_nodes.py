"""What a profile's frames fall into is worked out once, whatever way it is looked at."""

from __future__ import annotations

from flakecore.pprof import Granularity
from flaketui.panes.profile.flame import FlameLook, flame_of
from flaketui.panes.profile.flame_nodes import flame_nodes
from pprof.made import profile_of
from tui.panes.profile.test_flame import HOT, JSON, LOG, MAIN, made


def test_own_code_a_library_and_gos_own_differ_in_shade() -> None:
    of = flame_nodes(profile_of([*made(1, 1), ((JSON, MAIN), (), (1, 1))]), Granularity.FUNCTIONS)
    shades = dict(zip(of.functions, of.shade.tolist(), strict=True))
    assert shades == {HOT.function: 0, MAIN.function: 0, LOG.function: 1, JSON.function: 2}
    assert len(set(of.package.tolist())) == 3


def test_the_table_has_both_orders() -> None:
    of = flame_nodes(profile_of(made(30, 10)), Granularity.FUNCTIONS)
    assert [of.functions[node] for node in of.by_own[:2]] == [HOT.function, LOG.function]
    assert of.functions[of.by_all[0]] == MAIN.function


def test_all_ways_to_look_share_the_nodes() -> None:
    of = flame_nodes(profile_of(made(30, 10)), Granularity.LINES, profile_of(made(10, 10)))
    both = [flame_of(of, look) for look in (FlameLook(), FlameLook(around=HOT.function))]
    assert all(flame.of is of and flame.compared for flame in both)
    assert int(of.totals.flat[of.functions.index(HOT.function)]) == 20
