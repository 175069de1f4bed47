"""Which rows the timeline has: groups, pins, hidden lanes and folds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flakecore.timeline import Case, Lane, LaneKind
from flaketui.panes.timeline.row_builder import FOLD_FROM, NAMED
from flaketui.panes.timeline.row_table import Fold, Heading, LaneRow, Row
from flaketui.panes.timeline.rows import Rows
from flaketui.view.arrangement import (
    Arrangement,
    Grouping,
)
from flaketui.view.test_tree import family
from flaketui.view.viewport import Selection, Viewport
from tui.lanes import G21, G34, G35
from tui.scenario import deadlock
from tui.scripted_schedule import GOROUTINES, PACKAGE

P0 = Lane(LaneKind.PROC, 0)


def rows_of(
    case: Case,
    arrangement: Arrangement,
    lane: Lane | None = None,
    named: frozenset[Lane] = frozenset(),
) -> list[Row]:
    assert case.schedule is not None
    view = Viewport.whole(case.start_ns, case.end_ns)
    view = replace(view, selection=Selection(test=0, lane=lane))
    return list(Rows(case, case.schedule).table(view, arrangement, named=named).rows)


def lanes(rows: list[Row]) -> list[Lane]:
    return [row.lane for row in rows if isinstance(row, LaneRow)]


def test_pinned_lanes_stand_above_all_groups_in_the_order_of_pinning() -> None:
    rows = rows_of(deadlock(), Arrangement().pin(P0).pin(G35))
    assert isinstance(rows[0], Heading)
    assert rows[0].text == "pinned"
    assert lanes(rows)[:3] == [P0, G35, G21]
    assert lanes(rows).count(P0) == lanes(rows).count(G35) == 1


def test_a_hidden_lane_is_counted_in_its_group_and_shown_while_it_is_selected() -> None:
    hidden = Arrangement().hide(G34)
    rows = rows_of(deadlock(), hidden)
    assert G34 not in lanes(rows)
    assert next(row.hidden for row in rows if isinstance(row, Heading)) == 1
    assert G34 in lanes(rows_of(deadlock(), hidden, lane=G34))
    assert hidden.pin(G34).hidden == frozenset()


def test_many_goroutines_of_one_function_are_one_row(alike: Case) -> None:
    (fold,) = (row for row in rows_of(alike, Arrangement()) if isinstance(row, Fold))
    assert (fold.text, len(fold.lanes), fold.open) == ("readLoop", 40, False)
    opened = rows_of(alike, Arrangement().turn(fold.key, opened=True))
    assert len(lanes(opened)) == len(lanes(rows_of(alike, Arrangement()))) + 40


def test_a_few_goroutines_of_one_function_stand_by_themselves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for number in range(100, 100 + FOLD_FROM - 1):
        monkeypatch.setitem(GOROUTINES, number, (f"{PACKAGE}.readLoop", 21, 0, GOROUTINES[34][3]))
    assert not any(isinstance(row, Fold) for row in rows_of(deadlock(), Arrangement()))


def test_the_selected_one_of_a_fold_stands_below_it(alike: Case) -> None:
    chosen = Lane(LaneKind.GOROUTINE, 117)
    rows = rows_of(alike, Arrangement(), lane=chosen)
    place = next(at for at, row in enumerate(rows) if isinstance(row, Fold))
    assert rows[place + 1] == LaneRow(chosen, "readLoop", inner=True)
    assert sum(100 <= lane.id < 140 for lane in lanes(rows)) == 1


def test_those_that_the_cause_names_stand_above_the_fold_of_the_others(alike: Case) -> None:
    named = frozenset({Lane(LaneKind.GOROUTINE, 117), Lane(LaneKind.GOROUTINE, 103)})
    rows = rows_of(alike, Arrangement(), named=named)
    (place,) = (at for at, row in enumerate(rows) if isinstance(row, Fold))
    fold = rows[place]
    assert isinstance(fold, Fold)
    assert len(fold.lanes) == 38
    assert not named & set(fold.lanes)
    assert set(lanes(rows[place - 2 : place])) == named


def test_goroutines_of_another_test_that_the_cause_names_stand_on_top_and_nowhere_else() -> None:
    case = deadlock()
    own = family(case.tests, 0)
    other = next(test for test in case.tests if test.index not in own and test.goroutine > 0)
    lane = Lane(LaneKind.GOROUTINE, other.goroutine)
    rows = rows_of(case, Arrangement(), named=frozenset({lane, G34}))
    assert [row.key for row in rows if isinstance(row, Heading)][:2] == [NAMED, "test 0"]
    assert isinstance(rows[1], LaneRow)
    assert rows[1].lane == lane
    assert lanes(rows).count(lane) == lanes(rows).count(G34) == 1
    assert lanes(rows).index(G34) > lanes(rows).index(G21)


def test_goroutines_are_grouped_by_who_created_them() -> None:
    rows = rows_of(deadlock(), Arrangement(grouping=Grouping.CREATOR))
    headings = [row.text for row in rows if isinstance(row, Heading)]
    assert headings[:3] == [
        "created by nobody known",
        "created by G1 main",
        "created by G21 TestDrain",
    ]
