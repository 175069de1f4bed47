"""The lines of a function carry their values, and one of them is stood on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from flakecore.timeline.sources import Sources
from flaketui.panes.profile.flame import FlameLook, make_flame
from flaketui.panes.profile.source_values import HEAD_ROWS, SourceValues
from flaketui.view.scene import Scene
from pprof.made import profile_of
from tui.driving import exploring, press
from tui.panes.profile.test_flame import HOT, made


async def _scene(text: str) -> Scene:
    async with exploring() as pilot:
        scene = (await press(pilot)).scene
    bundled = {"example.com/p/a.go": text.encode()}
    return replace(scene, sources=Sources(package="example.com/p", bundled=bundled))


def _values(scene: Scene, function: str = HOT.function) -> SourceValues:
    return SourceValues(scene, make_flame(profile_of(made(30, 10)), FlameLook()), function)


def _drawn(scene: Scene, values: SourceValues, top: int = 0, rows: int = 14) -> list[str]:
    lines = values.draw(scene, 80, top, rows)
    assert [line.cell_length for line in lines] == [80] * rows
    return [line.text.rstrip() for line in lines]


async def test_each_line_has_its_values_and_the_hottest_is_stood_on() -> None:
    scene = await _scene("".join(f"\tline{n}()\n" for n in range(1, 20)))
    values = _values(scene)
    rows = _drawn(scene, values)
    assert rows[0] == " p.hot  30ns itself 30ns in all  a.go"
    assert rows[1].split() == ["itself", "in", "all", "line"]
    assert rows[HEAD_ROWS + values.chosen].split() == ["30ns", "30ns", "7", "line7()"]
    assert rows[HEAD_ROWS].split() == ["2", "line2()"]
    assert _drawn(scene, values, top=5)[HEAD_ROWS].split() == ["30ns", "30ns", "7", "line7()"]


async def test_one_moves_within_the_lines_and_no_further() -> None:
    scene = await _scene("\n" * 20)
    values = _values(scene)
    values.step(99)
    assert values.chosen == values.count - 1
    values.choose(HEAD_ROWS + 1)
    values.choose(0)
    values.choose(99)
    assert values.chosen == 1


async def test_what_is_not_there_is_said() -> None:
    scene = await _scene("package p\n")
    assert _drawn(scene, _values(scene))[0].endswith("the source of a.go is not at hand")
    absent = _values(scene, "p.gone")
    assert "is in no sample of this profile" in _drawn(scene, absent)[0]
    absent.step(1)
    assert absent.chosen == 0 and absent.count == 0


async def test_a_source_that_was_changed_after_the_run_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.go"
    path.write_text("\n" * 20)
    scene = await _scene("")
    scene = replace(scene, sources=Sources(package="example.com/p"))
    flame = make_flame(profile_of([((replace(HOT, file=str(path)),), (), (1, 30))]), FlameLook())
    drawn = _drawn(scene, SourceValues(scene, flame, HOT.function))[0]
    assert drawn.endswith("a.go  changed after this run")


async def test_hostile_source_stays_in_its_cells() -> None:
    scene = await _scene("\x1b[2J\u202e日本[red]\n" * 20)
    assert "\x1b" not in "".join(_drawn(scene, _values(scene)))
