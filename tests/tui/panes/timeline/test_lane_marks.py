"""Marks on lanes: failures, printed lines, goroutines that a passed test left behind, accesses."""

from __future__ import annotations

from dataclasses import replace

import pytest

from diagnosis.program_bundles import collected_program
from flakecore.timeline import Lane, LaneKind, TestStatus
from flaketui.drawing.palettes import DARK
from flaketui.drawing.theme import look
from flaketui.panes.timeline.lane_marks import LaneMarks, accesses
from flaketui.view.navigation import failure_view
from flaketui.view.scene import Scene
from flaketui.view.viewport import Viewport
from tui.scenario import deadlock

LOOK = look(DARK, ascii_glyphs=False)
CASE = deadlock()


def scene(**parts: object) -> Scene:
    view = Viewport.whole(CASE.start_ns, CASE.end_ns)
    return replace(Scene(CASE, view, (), LOOK, compact=False), **parts)  # type: ignore[arg-type]


def marks(shown: Scene, number: int) -> dict[int, str]:
    axis = shown.view.axis(100)
    found = LaneMarks(shown.case).on(shown, Lane(LaneKind.GOROUTINE, number), axis, "plain")
    return {column: character for column, (character, _) in found.items()}


def test_a_failure_is_marked_on_the_lane_of_the_goroutine_that_failed() -> None:
    failure = next(one for one in CASE.failures if one.goroutine > 0)
    column = scene().view.axis(100).column(failure.at_ns)
    assert marks(scene(), failure.goroutine)[column] == "✗"
    assert "✗" not in marks(scene(), 34).values()
    assert 34 not in {one.goroutine for one in CASE.failures}


def test_what_a_passed_test_left_behind_is_marked_where_it_ended() -> None:
    test = CASE.tests[0]
    passed = replace(test, status=TestStatus.PASS, end_ns=2_000_000_000)
    case = replace(CASE, tests=(passed, *CASE.tests[1:]), failures=())
    shown = scene(case=case)
    column = shown.view.axis(100).column(2_000_000_000)
    assert marks(shown, 34)[column] == "»"
    assert "»" not in marks(shown, test.goroutine).values()
    assert "»" not in marks(scene(), 34).values()


def test_procs_have_no_marks() -> None:
    shown = scene()
    lane = Lane(LaneKind.PROC, 0)
    assert LaneMarks(CASE).on(shown, lane, shown.view.axis(100), "plain") == {}


@pytest.mark.needs_go
def test_each_goroutine_of_a_race_is_told_its_access() -> None:
    case = collected_program("race").case
    view = Viewport.whole(case.start_ns, case.end_ns)
    at = next(
        one.index
        for one in case.failures
        if one.test_name == "TestWritesBesideRead" and one.race_goroutines
    )
    failure = case.failures[at]
    shown = Scene(case, failure_view(case, view, at), (), LOOK, compact=False)
    told = accesses(shown)
    # Which of the two accesses comes later, and is reported first, is up to chance.
    words = sorted(told[goroutine].partition(":")[0] for goroutine in failure.race_goroutines[0])
    assert words == ["reads race.go", "writes race.go"]
    assert accesses(replace(shown, view=view)) == {}
