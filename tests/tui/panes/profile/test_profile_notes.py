"""The title names what is shown, and what cannot be drawn says why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from flakecore.timeline import CaseProfile
from flaketui.app.explorer import Explorer
from flaketui.app.terminal.settings import DisplaySettings
from flaketui.panes.profile.choices import ProfileChoices, Wanted
from flaketui.panes.profile.flame import Flame, FlameLook, make_flame
from flaketui.panes.profile.profile_notes import nothing_lines, title_note
from flaketui.view.scene import Scene
from pprof.made import profile_of
from program import SAMPLE
from tui.driving import exploring, press
from tui.panes.profile.test_flame import HOT, made


def _never(make: Callable[[], Flame], made: Callable[[Flame], None]) -> None:
    raise AssertionError("these trees are small", make, made)


async def _scene() -> Scene:
    async with exploring(Explorer(SAMPLE, settings=DisplaySettings(fps=1000))) as pilot:
        scene = (await press(pilot)).scene
    return replace(scene, profiles={0: (CaseProfile("c.pprof", "cpu", profile_of(made(30, 10))),)})


async def test_the_title_names_kind_sum_function_and_what_it_is_compared_with() -> None:
    scene = await _scene()
    searched = replace(scene, view=replace(scene.view, filter="hot"))
    whole, around = FlameLook(), FlameLook(around=HOT.function)

    def note(look: FlameLook, base: bool = False, at: Scene = scene) -> str:
        flame = make_flame(profile_of(made(30, 10)), look, profile_of(made(5, 5)) if base else None)
        order = "callers above" if look.around else ""
        return title_note(at, Wanted(look=look), "cpu", flame, order, 0)

    assert note(whole) == "cpu · 40ns"
    assert note(whole, base=True) == "cpu · 40ns · was 10ns"
    assert note(around) == "cpu · 30ns · through hot · callers above"
    assert note(whole, at=searched) == "cpu · 40ns · 75% through hot"
    # Of a part of the profile, the share of the whole would be read as that of the part.
    assert "%" not in note(around, at=searched)


async def test_where_nothing_can_be_drawn_it_says_why() -> None:
    scene, choices = await _scene(), ProfileChoices(_never)

    def told(of: Scene, wanted: Wanted) -> str:
        return " ".join(line.text.strip() for line in nothing_lines(of, choices, wanted, 100))

    assert told(replace(scene, profiles={0: None}), Wanted("cpu")) == "the profiles are being read"
    assert "F shows another kind" in told(scene, Wanted("cpu"))
    gone = Wanted("cpu", FlameLook(around="p.gone"))
    assert told(scene, gone) == "cpu: nothing passes through gone; U shows all again"
