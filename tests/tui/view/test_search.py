"""Matches of a search, in order of time."""

from __future__ import annotations

import pytest

from flakecore.timeline import Case
from flaketui.panes.registry import searches
from flaketui.view.navigation import opening_view
from flaketui.view.search import Matches, find, match_view
from flaketui.view.viewport import SelectionKind
from tui.scenario import deadlock
from tui.scripted_schedule import MS


@pytest.fixture(scope="module")
def case() -> Case:
    return deadlock()


def test_search_finds_tests_goroutines_functions_and_output_in_order_of_time(case: Case) -> None:
    found = find(case, "flush", searches())
    assert [(match.subject, match.index) for match in found] == [
        (SelectionKind.LANE, 35),
        (SelectionKind.LINE, 5),
    ]
    reasons = find(case, "mutex", searches())
    assert [match.index for match in reasons] == [34, 35]
    assert [match.index for match in find(case, "G21", searches())][:1] == [21]
    assert SelectionKind.TEST in {match.subject for match in find(case, "testfill", searches())}


def test_matches_go_round_and_begin_at_the_cursor(case: Case) -> None:
    matches = Matches("drain", find(case, "drain", searches()))
    first = matches.first_from(25 * MS)
    assert first is not None
    assert first.time_ns >= 25 * MS
    seen = [first.time_ns]
    now = first
    for _ in matches.found:
        following = matches.step(now.time_ns, 1)
        assert following is not None
        now = following
        seen.append(now.time_ns)
    assert seen[-1] == first.time_ns
    assert match_view(case, opening_view(case), first).cursor_ns == first.time_ns


def test_a_search_without_a_match_finds_nothing(case: Case) -> None:
    assert find(case, "no such thing", searches()) == []
    assert Matches("x", []).step(0, 1) is None
