"""What a scene has to choose from, and which part of the trace it looks at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from flakecore.timeline import CaseProfile
from flakecore.timeline.profiles.trace_profiles import TRACE_KINDS
from flaketui.app.explorer import Explorer
from flaketui.app.terminal.settings import DisplaySettings
from flaketui.panes.profile.choices import ProfileChoices, Wanted, window_of
from flaketui.panes.profile.flame import Flame
from flaketui.view.lanes import goroutine_lane
from flaketui.view.scene import Scene
from flaketui.view.viewport import SelectionKind
from pprof.made import profile_of
from program import SAMPLE
from tui.driving import exploring, press
from tui.panes.profile.test_flame import made


def _never(make: Callable[[], Flame], made: Callable[[Flame], None]) -> None:
    raise AssertionError("these trees are small", make, made)


async def _scene() -> Scene:
    async with exploring(Explorer(SAMPLE, settings=DisplaySettings(fps=1000))) as pilot:
        scene = (await press(pilot)).scene
    cpu = CaseProfile("cpu.pprof", "cpu", profile_of(made(30, 10)))
    return replace(scene, profiles={0: (cpu, replace(cpu, kind="mem"))})


async def test_kinds_are_the_profiles_then_the_traces() -> None:
    scene, choices = await _scene(), ProfileChoices(_never)
    assert choices.kinds(scene) == ("cpu", "mem", *TRACE_KINDS)
    assert choices.kind(scene, Wanted()) == "cpu"
    assert choices.kind(scene, Wanted("mem")) == "mem"
    assert choices.kind(replace(scene, profiles={0: None}), Wanted("mem")) == ""
    assert choices.kind(replace(scene, profiles={0: ()}), Wanted("mem")) == "trace-cpu"


async def test_a_tree_is_made_once_and_again_for_another_window_of_the_trace() -> None:
    scene, choices = await _scene(), ProfileChoices(_never)
    moved = replace(scene, view=scene.view.zoom(0.5))
    assert choices.flame(scene, Wanted("cpu")) is choices.flame(moved, Wanted("cpu"))
    waits = choices.flame(scene, Wanted("trace-wait"))
    assert waits is choices.flame(scene, Wanted("trace-wait"))
    assert waits is not choices.flame(moved, Wanted("trace-wait"))


async def test_the_window_is_that_of_the_selected_goroutine_or_the_only_test() -> None:
    scene = await _scene()
    view = scene.view.select(lane=goroutine_lane(16), subject=SelectionKind.LANE)
    assert window_of(replace(scene, view=view)).goroutine == 16
    only = replace(scene.view.select(subject=SelectionKind.TEST), only_test=2)
    window = window_of(replace(scene, view=only))
    assert (window.test, window.goroutine) == (2, 0)
    assert (window.start_ns, window.end_ns) == (only.start_ns, only.end_ns)


async def test_what_is_being_read_is_no_tree_yet() -> None:
    scene = await _scene()
    reading = replace(scene, profiles={0: None}, case=replace(scene.case, trace=None))
    assert ProfileChoices(_never).flame(replace(reading, others=(reading.case,)), Wanted()) is None


async def test_a_large_tree_is_made_by_somebody_else_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flaketui.panes.profile.choices._AT_ONCE", 0)
    scene, asked = await _scene(), []
    choices = ProfileChoices(lambda make, made: asked.append((make, made)))
    assert choices.flame(scene, Wanted()) is None
    assert choices.flame(scene, Wanted()) is None and choices.is_making
    ((make, made_it),) = asked
    made_it(flame := make())
    assert choices.flame(scene, Wanted()) is flame and not choices.is_making
