"""Where the keys lead, on a case whose facts are known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flakecore.timeline import Case, Lane, LaneKind
from flaketui.view.navigation import (
    failure_view,
    fit_selection,
    neighbour_span,
    opening_view,
    show_line,
    show_test,
    waker_view,
)
from flaketui.view.viewport import SelectionKind, Viewport
from tui.scenario import FAILURES, all_passed, deadlock, without_trace
from tui.scripted_schedule import MS

G21, G34 = Lane(LaneKind.GOROUTINE, 21), Lane(LaneKind.GOROUTINE, 34)


@pytest.fixture(scope="module")
def case() -> Case:
    return deadlock()


def on(case: Case, goroutine: int, milliseconds: int) -> Viewport:
    view = Viewport.whole(case.start_ns, case.end_ns)
    return view.select(lane=Lane(LaneKind.GOROUTINE, goroutine)).at(milliseconds * MS)


def test_it_opens_on_the_first_failure_with_its_test_filling_the_window(case: Case) -> None:
    view = opening_view(case)
    test = case.tests[FAILURES[0].test]
    assert view.start_ns <= test.start_ns < test.end_ns <= view.end_ns
    assert view.span_ns < 2 * test.duration_ns
    assert view.cursor_ns == FAILURES[0].at_ns
    assert view.selection.line == FAILURES[0].output_line
    assert view.selection.lane == Lane(LaneKind.GOROUTINE, 18)


def test_it_opens_on_the_test_that_was_asked_for(case: Case) -> None:
    assert opening_view(case, "TestDrain").selection.failure == 1
    passed = opening_view(case, "TestDrain/fast")
    assert (passed.selection.test, passed.selection.failure) == (1, -1)


def test_without_a_failure_it_opens_on_the_whole_case() -> None:
    view = opening_view(all_passed())
    assert (view.start_ns, view.end_ns) == view.extent
    assert view.selection.subject is SelectionKind.NOTHING


def test_a_failure_without_a_test_still_has_its_moment(case: Case) -> None:
    lost = replace(FAILURES[0], test=-1, goroutine=0, output_line=-1)
    view = failure_view(replace(case, failures=(lost,)), opening_view(case), 0)
    assert view.cursor_ns == lost.at_ns
    assert view.selection.lane is None


def test_spans_are_walked_one_by_one(case: Case) -> None:
    view = on(case, 34, 100)
    there = neighbour_span(case, view, 1)
    assert isinstance(there, Viewport)
    assert there.cursor_ns == 120 * MS
    back = neighbour_span(case, there, -1)
    assert isinstance(back, Viewport)
    assert back.cursor_ns == 90 * MS
    inside = neighbour_span(case, view, -1)
    assert isinstance(inside, Viewport)
    assert inside.cursor_ns == 90 * MS


def test_the_last_span_has_none_after_it(case: Case) -> None:
    assert neighbour_span(case, on(case, 34, 3000), 1) == "G34 has no later span"


def test_a_wait_is_followed_to_who_ended_it(case: Case) -> None:
    view = waker_view(case, on(case, 21, 100))
    assert isinstance(view, Viewport)
    assert view.selection.lane == G34
    assert view.cursor_ns == 400 * MS


def test_a_running_goroutine_is_followed_to_who_made_it_run(case: Case) -> None:
    view = waker_view(case, on(case, 21, 410))
    assert isinstance(view, Viewport)
    assert view.selection.lane == G34


def test_a_goroutine_that_never_waited_is_followed_to_its_creator(case: Case) -> None:
    view = waker_view(case, on(case, 34, 30))
    assert isinstance(view, Viewport)
    assert view.selection.lane == G21


def test_a_wait_that_nothing_ended_says_so(case: Case) -> None:
    assert waker_view(case, on(case, 34, 3000)) == (
        "nothing ended the wait of G34 before the trace stopped"
    )
    assert "woken by no goroutine" in str(waker_view(case, on(case, 18, 10)))


def test_on_a_proc_one_follows_to_the_goroutine_it_runs(case: Case) -> None:
    view = on(case, 18, 7).select(lane=Lane(LaneKind.PROC, 0))
    there = waker_view(case, view)
    assert isinstance(there, Viewport)
    assert there.selection.lane == Lane(LaneKind.GOROUTINE, 18)


def test_fitting_shows_the_interval_or_else_the_test(case: Case) -> None:
    view = fit_selection(case, on(case, 34, 100).select(subject=SelectionKind.LANE))
    assert isinstance(view, Viewport)
    assert view.start_ns <= 90 * MS < 120 * MS <= view.end_ns
    assert view.span_ns < 50 * MS
    test = fit_selection(case, show_test(case, opening_view(case), 3))
    assert isinstance(test, Viewport)
    assert test.span_ns < 2 * MS


def test_a_line_without_a_goroutine_is_its_tests(case: Case) -> None:
    view = show_line(case, opening_view(case), 8)
    assert view.selection.lane == G21
    assert view.selection.line == 8


def test_a_test_whose_goroutine_is_unknown_selects_no_lane(case: Case) -> None:
    assert show_test(case, opening_view(case), 3).selection.lane is None


def test_without_a_trace_the_keys_of_lanes_say_what_is_missing() -> None:
    case = without_trace()
    view = opening_view(case)
    assert "no trace" in str(waker_view(case, view))
    assert "no trace" in str(neighbour_span(case, view, 1))
