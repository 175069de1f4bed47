"""The rows of the Blocking pane: which waits, in which order, and what they sum up to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from diagnosis.program_bundles import collected_program
from flakecore.bundle import open_bundle
from flakecore.timeline import Lane, LaneKind, load_cases
from flaketui.drawing.palettes import DARK
from flaketui.drawing.theme import look
from flaketui.panes.blocking.wait_rows import (
    LISTED,
    find_waits,
    list_waits,
    never_ends,
    wait_place,
)
from flaketui.view.arrangement import Arrangement, WaitOrder, WaitsShown, WaitTotals
from flaketui.view.scene import Scene
from flaketui.view.viewport import Viewport
from program import SAMPLE
from tui.scenario import deadlock, without_trace
from tui.scripted_schedule import MS

CASE = deadlock()


def scene(arrangement: Arrangement | None = None, test: int = -1) -> Scene:
    view = Viewport.whole(CASE.start_ns, CASE.end_ns).select(test=test)
    plain = look(DARK, ascii_glyphs=False)
    return Scene(CASE, view, (), plain, compact=False, arrangement=arrangement or Arrangement())


def test_waits_that_never_end_come_first_then_the_longest() -> None:
    waits = list_waits(scene(), LISTED).waits
    stuck = [never_ends(wait) for wait in waits]
    assert stuck == sorted(stuck, reverse=True)
    ended = [wait.duration_ns for wait in waits if not never_ends(wait)]
    assert ended == sorted(ended, reverse=True)


@pytest.mark.parametrize("order", WaitOrder)
def test_every_order_lists_the_same_waits(order: WaitOrder) -> None:
    listed = list_waits(scene(Arrangement(wait_order=order)), LISTED)
    assert set(listed.waits) == set(list_waits(scene(), LISTED).waits)
    stuck = [never_ends(wait) for wait in listed.waits]
    assert stuck == sorted(stuck, reverse=True)


def test_only_waits_of_the_selected_test_or_those_that_never_end_are_listed() -> None:
    unended = list_waits(scene(Arrangement(waits=WaitsShown.UNENDED)), LISTED)
    assert {wait.lane.id for wait in unended.waits} == {21, 34, 35}
    of_test = list_waits(scene(Arrangement(waits=WaitsShown.OF_TEST), test=2), LISTED)
    assert {wait.lane.id for wait in of_test.waits} == {18}


@pytest.mark.parametrize("totals", [WaitTotals.REASON, WaitTotals.PLACE])
def test_totals_add_up_to_the_waits(totals: WaitTotals) -> None:
    waits = list_waits(scene(), LISTED).waits
    listed = list_waits(scene(Arrangement(totals=totals)), LISTED)
    assert listed.waits == ()
    assert sum(total.count for total in listed.totals) == len(waits)
    assert sum(total.waited_ns for total in listed.totals) == sum(w.duration_ns for w in waits)
    assert sum(total.unended for total in listed.totals) == sum(map(never_ends, waits))
    for row, total in enumerate(listed.totals):
        assert listed.wait(row) is total.longest


def test_a_wait_counts_within_the_window_only() -> None:
    shown = scene(Arrangement(totals=WaitTotals.REASON))
    shown = replace(shown, view=shown.view.window(500 * MS, 600 * MS))
    (mutex,) = (one for one in list_waits(shown, LISTED).totals if one.key == "mutex")
    assert mutex.waited_ns == 2 * 100 * MS


def test_the_place_of_a_wait_is_the_first_own_frame() -> None:
    assert CASE.schedule is not None
    wait = CASE.schedule.at(Lane(LaneKind.GOROUTINE, 34), 500 * MS)
    assert wait is not None
    assert wait_place(scene(), wait) == ("pool.go:88", "(*Pool).work")
    assert wait_place(scene(), replace(wait, stack=())) == ("", "")


def test_a_search_finds_waits_by_what_they_wait_for() -> None:
    assert {match.index for match in find_waits(CASE, "mutex")} == {34, 35}
    assert find_waits(CASE, "no such reason") == []
    assert find_waits(without_trace(), "mutex") == []


def test_what_main_waits_for_while_tests_run_is_left_out_and_nothing_else() -> None:
    (case,) = load_cases(open_bundle(SAMPLE))
    assert case.schedule is not None
    view = Viewport.whole(case.start_ns, case.end_ns)
    shown = Scene(case, view, (), look(DARK, ascii_glyphs=False), compact=False)
    listed = list_waits(shown, 500)
    every = case.schedule.waits(case.start_ns, case.end_ns, 500)
    assert listed.main
    assert {wait.lane.id for wait in set(every) - set(listed.waits)} == {1}
    assert all(wait.lane.id != 1 for wait in listed.waits)


def test_what_the_probe_waits_for_behind_the_last_test_is_left_out_too() -> None:
    case = collected_program("leak", "--no-race").case
    assert case.schedule is not None
    view = Viewport.whole(case.start_ns, case.end_ns)
    shown = Scene(case, view, (), look(DARK, ascii_glyphs=False), compact=False)
    every = case.schedule.waits(case.start_ns, case.end_ns, 500)
    of_probe = {wait for wait in every if any("testdeps" in frame.function for frame in wait.stack)}
    assert of_probe
    assert of_probe.isdisjoint(list_waits(shown, 500).waits)


@pytest.mark.parametrize("test", ["TestServe", "TestQuit"])
def test_what_the_probe_waits_for_while_a_test_ends_the_process_is_left_out(test: str) -> None:
    case = collected_program("exits", "--no-race", f"-run=^{test}$").case
    assert case.schedule is not None
    view = Viewport.whole(case.start_ns, case.end_ns)
    shown = Scene(case, view, (), look(DARK, ascii_glyphs=False), compact=False)
    every = case.schedule.waits(case.start_ns, case.end_ns, 500)
    exiting = {wait for wait in every if any(one.function == "os.Exit" for one in wait.stack)}
    assert exiting
    assert exiting.isdisjoint(list_waits(shown, 500).waits)
