"""The rows of the timeline for a viewport."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from flakecore.timeline import Case, Lane, LaneKind
from flaketui.panes.timeline.row_table import Heading, LaneRow, Row
from flaketui.panes.timeline.rows import Rows
from flaketui.view.arrangement import (
    Arrangement,
)
from flaketui.view.viewport import Selection, Viewport
from tui.scenario import deadlock


@pytest.fixture(scope="module")
def case() -> Case:
    return deadlock()


def rows_of(
    case: Case,
    selection: Selection,
    arrangement: Arrangement | None = None,
    *,
    only_test: int = -1,
) -> Sequence[Row]:
    assert case.schedule is not None
    view = Viewport.whole(case.start_ns, case.end_ns)
    view = replace(view, selection=selection, only_test=only_test)
    return Rows(case, case.schedule).table(view, arrangement or Arrangement()).rows


def lanes_of(rows: Sequence[Row]) -> list[Lane]:
    return [row.lane for row in rows if isinstance(row, LaneRow)]


def test_the_first_tests_goroutines_stand_on_top_and_are_open(case: Case) -> None:
    rows = rows_of(case, Selection(test=0))
    texts = [
        f"{row.lane} {row.label}" if isinstance(row, LaneRow) else row.text
        for row in rows
        if isinstance(row, LaneRow | Heading)
    ]
    assert texts == [
        "TestDrain",
        "G21 TestDrain",
        "G34 (*Pool).work",
        "G35 (*Pool).flush",
        "TestDrain/fast",
        "G36 fast",
        "procs",
        "P0 ",
        "P1 ",
        "threads",
        "M7 ",
        "outside tests",
        "G1 main",
        "TestFill",
        "runtime",
    ]


def test_a_folded_group_opens_for_the_lane_that_is_selected(case: Case) -> None:
    lane = Lane(LaneKind.GOROUTINE, 2)
    assert lane not in lanes_of(rows_of(case, Selection(test=0)))
    assert lane in lanes_of(rows_of(case, Selection(test=0, lane=lane)))


def test_only_one_tests_goroutines_are_left_when_asked_for(case: Case) -> None:
    rows = rows_of(case, Selection(test=0), only_test=0)
    headings = [row.text for row in rows if isinstance(row, Heading)]
    assert headings == ["TestDrain", "TestDrain/fast", "procs", "threads"]
