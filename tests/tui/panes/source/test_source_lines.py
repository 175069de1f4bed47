"""The lines of the places of a finding."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from flakecore.diagnosis import Certainty, Finding, Place, Role
from flakecore.timeline.sources import Sources
from flaketui.drawing.palettes import DARK
from flaketui.drawing.theme import look
from flaketui.panes.source.source_lines import source_lines, spots
from flaketui.view.navigation import failure_view
from flaketui.view.scene import Scene
from flaketui.view.viewport import Viewport
from tui.scenario import deadlock
from tui.scripted_schedule import PACKAGE

CASE = deadlock()
CODE = "".join(f"line {number}\n" for number in range(1, 200)).encode()
WORK, FLUSH = f"{PACKAGE}.(*Pool).work", f"{PACKAGE}.(*Pool).flush"


def scene(*places: Place) -> Scene:
    view = failure_view(CASE, Viewport.whole(CASE.start_ns, CASE.end_ns), 1)
    finding = Finding("lock-cycle", "They wait.", Certainty.SEEN, places=places)
    bundled = {"sources/example.com/pool/pool.go": CODE}
    sources = Sources(package=PACKAGE, bundled=bundled, working=Path("/nowhere"))
    shown = Scene(CASE, view, (finding,), look(DARK, ascii_glyphs=False), compact=False)
    return replace(shown, sources=sources)


def test_lines_around_each_place_stand_in_order_with_who_stands_there() -> None:
    shown = scene(
        Place(Role.WAITS, 34, WORK, "/src/pool/pool.go", 88),
        Place(Role.WAITS, 35, FLUSH, "/src/pool/pool.go", 88),
        Place(Role.HOLDS, 35, FLUSH, "/src/pool/pool.go", 131),
    )
    lines = source_lines(shown, spots(shown), 9)
    assert [line.number for line in lines] == [0, 87, 88, 89, -1, 130, 131, 132]
    assert lines[0].text == "pool.go"
    assert [line.text for line in lines if line.is_place] == ["line 88", "line 131"]
    assert [line.words for line in lines if line.is_place] == ["waits: G34, G35", "holds: G35"]


def test_more_lines_are_shown_where_there_is_room() -> None:
    shown = scene(Place(Role.WAITS, 34, WORK, "/src/pool/pool.go", 88))
    assert len(source_lines(shown, spots(shown), 40)) == 1 + 13
    assert len(source_lines(shown, spots(shown), 2)) == 2


def test_where_one_more_line_fits_it_is_the_one_above() -> None:
    shown = scene(
        Place(Role.FAILS, 34, WORK, "/src/pool/pool.go", 88),
        Place(Role.WRITES, 35, FLUSH, "/src/pool/pool.go", 131),
    )
    lines = source_lines(shown, spots(shown), 7)
    assert [line.number for line in lines] == [0, 87, 88, -1, 130, 131]


def test_a_place_that_the_code_told_lies_in_the_file_of_one_that_ran() -> None:
    shown = scene(
        Place(Role.WAITS, 34, WORK, "/src/pool/pool.go", 88),
        Place(Role.SENDS, 0, "", "pool.go", 90),
    )
    lines = source_lines(shown, spots(shown), 12)
    assert [line.number for line in lines if line.number == 0] == [0]
    assert [line.words for line in lines if line.is_place] == ["waits: G34", "sends"]


def test_a_file_that_is_not_at_hand_is_said_to_be_missing() -> None:
    shown = scene(Place(Role.WAITS, 34, f"{PACKAGE}.f", "/src/pool/gone.go", 7))
    lines = source_lines(shown, spots(shown), 12)
    assert [line.number for line in lines] == [0, 7]
    assert "not at hand" in lines[0].text


def test_without_a_finding_the_line_that_failed_is_shown() -> None:
    shown = replace(scene(), findings=())
    (spot,) = spots(shown)
    assert (spot.frame.file.rpartition("/")[2], spot.frame.line) == ("pool_test.go", 40)


def test_a_place_that_source_code_tells_without_its_package_lies_beside_one_that_ran() -> None:
    for told in ("TestDrain", "(*Pool).put", "worker", ""):
        shown = scene(
            Place(Role.WAITS, 34, WORK, "/src/pool/pool.go", 88),
            Place(Role.SENDS, 0, told, "/src/pool/pool.go", 90),
        )
        lines = source_lines(shown, spots(shown), 12)
        assert sum(line.number == 0 for line in lines) == 1
        assert not any("not at hand" in line.text for line in lines)


def test_a_finding_that_names_no_function_is_looked_for_where_the_test_lies() -> None:
    shown = scene(Place(Role.READS, 0, "", "pool.go", 90))
    (place,) = (line for line in source_lines(shown, spots(shown), 12) if line.is_place)
    assert place.text == "line 90"
