"""Which stretches are idle, and where everything stood still."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from flakecore.bundle import open_bundle
from flakecore.timeline import Case, FailureKind, TestStatus, load_cases
from flakecore.timeline.lanes.folded_time import GAP_PART
from flaketui.view.folding import changes_of, gaps_of, last_moments, opens_folded
from flaketui.view.navigation import (
    fold_or_unfold,
    last_moments_view,
    opening_view,
    show_test,
)
from flaketui.view.viewport import Viewport
from program import SAMPLE
from tui.scenario import all_passed, deadlock, without_trace
from tui.scripted_schedule import END, MS


@pytest.fixture(scope="module")
def sample() -> Case:
    (case,) = load_cases(open_bundle(SAMPLE))
    return case


def test_nothing_of_a_test_changes_within_its_gaps(sample: Case) -> None:
    folded = 0
    for test in sample.tests:
        changes = changes_of(sample, test.index)
        for gap in gaps_of(sample, test.index):
            folded += 1
            assert not ((changes >= gap.start_ns) & (changes < gap.end_ns)).any()
    assert folded >= len(sample.tests)


def test_gaps_follow_one_another_within_the_case(sample: Case) -> None:
    for test in sample.tests:
        bounds = [bound for gap in gaps_of(sample, test.index) for bound in gap]
        assert bounds == sorted(set(bounds))
        assert all(sample.start_ns <= bound <= sample.end_ns for bound in bounds)


def test_a_hang_opens_folded_and_a_failed_check_does_not(sample: Case) -> None:
    opened = {one.test_name: opens_folded(sample, one.test) for one in sample.failures}
    assert opened == {
        "TestStatsCountDeliveries": False,
        "TestRenderStaysWithinBudget": False,
        "TestLedgerTransfersBothWays": True,
        "TestQueueDeliversInOrder": True,
    }


def test_of_a_hang_the_moments_that_moved_have_most_of_the_screen(sample: Case) -> None:
    view = opening_view(sample, "TestLedgerTransfersBothWays")
    axis = view.axis(90)
    (cells,) = axis.gaps
    assert abs(cells.last - cells.first - 90 * GAP_PART) <= 1
    last = int(changes_of(sample, view.selection.test)[-1])
    assert axis.column(last) >= 60
    assert view.unfold().axis(90).column(last) <= 4


def test_folding_and_unfolding_leave_window_and_cursor_as_they_are() -> None:
    case = deadlock()
    view = opening_view(case, "TestDrain")
    unfolded = fold_or_unfold(case, view)
    assert isinstance(unfolded, Viewport)
    assert (unfolded.start_ns, unfolded.end_ns) == (view.start_ns, view.end_ns)
    assert not unfolded.gaps
    assert fold_or_unfold(case, unfolded) == view


def test_the_last_moments_end_with_the_last_change_before_the_longest_stillness(
    sample: Case,
) -> None:
    for name in ("TestLedgerTransfersBothWays", "TestQueueDeliversInOrder"):
        view = opening_view(sample, name)
        changes = changes_of(sample, view.selection.test).tolist()
        moved = last_moments_view(sample, view)
        assert isinstance(moved, Viewport)
        longest = max(pairwise([*changes, sample.end_ns]), key=lambda pair: pair[1] - pair[0])
        assert moved.cursor_ns == longest[0]
        assert moved.start_ns <= changes[-5]
        moments = last_moments(sample, view.selection.test)
        assert moments is not None
        assert moments[1] == longest[0]


def test_another_test_folds_what_is_idle_in_it(sample: Case) -> None:
    view = opening_view(sample, "TestLedgerTransfersBothWays")
    queue = next(t.index for t in sample.tests if t.name == "TestQueueDeliversInOrder")
    assert show_test(sample, view, queue).gaps == gaps_of(sample, queue) != view.gaps


def test_without_a_failure_what_comes_after_the_tests_is_folded() -> None:
    case = replace(all_passed(), end_ns=END * 2)
    (gap,) = opening_view(case).gaps
    assert gap.start_ns >= max(test.end_ns for test in case.tests)
    assert gap.end_ns > END * 2 - 500 * MS
    assert not opening_view(all_passed()).gaps


def test_without_a_trace_nothing_is_folded_and_it_is_said_why() -> None:
    case = without_trace()
    view = opening_view(case)
    assert not view.gaps
    assert fold_or_unfold(case, replace(view, folded=False)) == (
        "there is no trace in this bundle: lanes are not known"
    )
    assert isinstance(last_moments_view(case, view), str)


def test_a_test_that_did_not_end_is_one_that_hung(sample: Case) -> None:
    hung = [test.name for test in sample.tests if test.status is TestStatus.UNFINISHED]
    assert all(opens_folded(sample, t.index) for t in sample.tests if t.name in hung)


def test_a_test_that_worked_before_it_timed_out_opens_folded_too() -> None:
    case = deadlock()
    failure = replace(case.failures[1], kind=FailureKind.TIMEOUT)
    ended = replace(case.tests[failure.test], status=TestStatus.FAIL)
    tests = tuple(ended if one.index == ended.index else one for one in case.tests)
    assert opens_folded(replace(case, tests=tests, failures=(failure,)), failure.test)
    busy = replace(failure, kind=FailureKind.ASSERTION)
    short = replace(ended, start_ns=20 * MS, end_ns=430 * MS)
    tests = tuple(short if one.index == short.index else one for one in case.tests)
    assert not opens_folded(replace(case, tests=tests, failures=(busy,)), failure.test)
