"""What the person arranges: pins, folds, hidden lanes, filters, orders, totals, marks and views."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flakecore.timeline import Case, Lane, LaneKind
from flaketui.app.explorer import Explorer
from flaketui.app.links import Link
from flaketui.panes.timeline.row_table import Fold, Heading, LaneRow, Row
from flaketui.panes.timeline.rows import FOLD_FROM, Rows
from flaketui.view.arrangement import (
    Arrangement,
    Grouping,
    OutputFilter,
    SpansShown,
    TestOrder,
    TestsShown,
    Totals,
    WaitOrder,
    WaitsShown,
)
from flaketui.view.viewport import Selection, Viewport
from tui.driving import ScenarioExplorer, exploring, press
from tui.scenario import GOROUTINES, MS, PACKAGE, deadlock

G18, G21, G34, G35 = (Lane(LaneKind.GOROUTINE, number) for number in (18, 21, 34, 35))
P0 = Lane(LaneKind.PROC, 0)


@pytest.fixture
def alike(monkeypatch: pytest.MonkeyPatch) -> Case:
    """The case with 40 more goroutines of TestDrain that run the same function."""
    life = [(24, *GOROUTINES[34][3][0][1:])]
    for number in range(100, 140):
        monkeypatch.setitem(GOROUTINES, number, (f"{PACKAGE}.readLoop", 21, 0, life))
    return deadlock()


def rows_of(case: Case, arrangement: Arrangement, lane: Lane | None = None) -> list[Row]:
    assert case.schedule is not None
    view = Viewport.whole(case.start_ns, case.end_ns)
    view = replace(view, selection=Selection(test=0, lane=lane))
    return list(Rows(case, case.schedule).table(view, arrangement).rows)


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


async def test_a_fold_tells_how_many_there_are_and_what_they_do_at_the_cursor(alike: Case) -> None:
    async with exploring(ScenarioExplorer(alike, link=Link(test="TestDrain"))) as pilot:
        app = await press(pilot)
        (line,) = (one for one in app.stage.timeline.plain_text.split("\n") if "×40" in one)
    assert "×40 readLoop" in line
    assert "40 runnable" in line


def test_goroutines_are_grouped_by_who_created_them() -> None:
    rows = rows_of(deadlock(), Arrangement(grouping=Grouping.CREATOR))
    headings = [row.text for row in rows if isinstance(row, Heading)]
    assert headings[:3] == [
        "created by nobody known",
        "created by G1 main",
        "created by G21 TestDrain",
    ]


async def test_a_pinned_lane_stays_while_other_tests_are_left_out() -> None:
    async with exploring() as pilot:
        app = await press(pilot, "p", "right_square_bracket", "t")
        text = app.stage.timeline.plain_text
    assert "●G18 TestFill" in text
    assert app.arrangement.pinned == (G18,)


async def test_tests_are_filtered_by_outcome_and_ordered_by_duration() -> None:
    def listed(app: Explorer) -> list[str]:
        return [line.split()[1] for line in app.stage.tests.plain_text.split("\n")[1:] if line]

    async with exploring() as pilot:
        app = await press(pilot, "1")
        assert "TestReset" in listed(app)
        await press(pilot, "F")
        assert listed(app) == ["TestDrain", "TestFill"]
        await press(pilot, "F")
        assert app.arrangement.tests is TestsShown.SLOW
        assert listed(app) == ["TestDrain"]
        await press(pilot, "F")
        assert "no test is skipped" in app.stage.tests.plain_text
        await press(pilot, "F", "s")
        assert app.arrangement.test_order is TestOrder.LONGEST
        assert listed(app) == ["TestDrain", "TestFill", "fast", "TestReset"]


async def test_what_ran_before_and_after_the_tests_can_be_gone_to() -> None:
    async with exploring() as pilot:
        app = await press(pilot, "1", "k", "k", "k", "k", "enter")
        assert app.view.cursor_ns == 0
        assert app.view.end_ns < 6 * MS
        await press(pilot, *["j"] * 8)
        assert app.view.cursor_ns == 3520 * MS
        assert "after the tests" in app.stage.tests.plain_text


async def test_packages_are_chosen_in_the_tree_of_tests() -> None:
    cases = (deadlock(), replace(deadlock(), package="example.com/other", attempt="002"))
    async with exploring(ScenarioExplorer(*cases)) as pilot:
        app = await press(pilot, "1", *["j"] * 8)
        last = app.stage.tests.plain_text.split("\n")[-1].split()
        assert last == ["▸", "✗", "example.com/other", "#002", "2", "of", "4", "failed"]
        await press(pilot, "enter")
        assert app.case.package == "example.com/other"
        assert "▾ ✗ example.com/other #002" in app.stage.tests.plain_text


async def test_waits_are_ordered_chosen_and_summed_up() -> None:
    async with exploring() as pilot:
        app = await press(pilot, "0", "4", "s")
        assert app.arrangement.wait_order is WaitOrder.EARLIEST
        first = app.stage.blocking.plain_text.split("\n")[2]
        assert "∞" in first  # what never ends stays on top
        await press(pilot, "F")
        assert app.arrangement.waits is WaitsShown.UNENDED
        assert len(app.stage.blocking.plain_text.split("\n")) == 2 + 3
        await press(pilot, "F", "F", "u")
        assert app.arrangement.totals is Totals.REASON
        text = app.stage.blocking.plain_text
        assert "totals by reason" in text
        # G1 from 4 to 3590 ms, G21 from 25 to 400 and from 420 to the end; G34 and G35 till then.
        assert [*text.split("\n")[2].split()] == ["7.14s", "3", "1", "chan", "receive"]
        assert [*text.split("\n")[3].split()] == ["6.36s", "2", "2", "mutex"]
        await press(pilot, "u")
        assert "pool.go:88" in app.stage.blocking.plain_text


async def test_a_total_leads_to_its_longest_wait() -> None:
    async with exploring() as pilot:
        app = await press(pilot, "0", "4", "u", "j", "j", "enter")
        assert app.view.selection.lane == G34
        assert app.arrangement.totals is Totals.EACH
        assert "mutex" in app.stage.blocking.plain_text


async def test_the_collector_shows_stops_and_who_assisted() -> None:
    async with exploring() as pilot:
        app = await press(pilot, "0", "3", "F")
        assert app.arrangement.spans is SpansShown.STOPS
        assert "concurrent mark" not in app.stage.collector.plain_text
        await press(pilot, "F", "j")
        assert "G35" in app.stage.collector.plain_text
        assert "in 2 assists  (*Pool).flush" in app.stage.collector.plain_text
        assert app.view.selection.lane == G35


async def test_a_pause_is_told_with_what_it_held_up() -> None:
    async with exploring() as pilot:
        app = await press(pilot, "0", "3", *["j"] * 3)
        text = " ".join(app.stage.details.plain_text.split())
    assert app.view.cursor_ns == 230 * MS
    assert "The world stood still from 0.230 000s to 0.231 000s, for 1.00ms" in text
    assert "1.00ms G35 (*Pool).flush on P1, of TestDrain" in text


async def test_output_is_filtered_by_what_is_typed() -> None:
    async with exploring() as pilot:
        app = await press(pilot, "5", "F", *"g:34 drain", "enter")
        assert app.arrangement.output == OutputFilter(goroutine=34, text="drain")
        assert "1 of 9 lines  only g:34 drain" in app.stage.output.plain_text
        await press(pilot, "F")
        assert app.stage.prompt.value == "g:34 drain"
        app.stage.prompt.value = "level:nonsense"
        await press(pilot, "enter")
        assert "nonsense is no level" in app.stage.keys.plain_text
        await press(pilot, "F")
        app.stage.prompt.value = ""
        await press(pilot, "enter")
        assert "9 lines" in app.stage.output.plain_text


async def test_errors_and_times_from_the_cursor_stand_beside_the_lines() -> None:
    async with exploring(size=(200, 50)) as pilot:
        app = await press(pilot)
        lines = app.stage.output.plain_text.split("\n")
    (failed,) = (line for line in lines if "--- FAIL" in line)
    assert "+1.00ms" in failed
    assert " E " in failed


async def test_saved_views_are_listed_shown_again_and_forgotten() -> None:
    async with exploring() as pilot:
        app = await press(pilot, "v", "enter", "right_square_bracket", "v")
        first = app.arrangement.views[0]
        app.stage.prompt.value = "the deadlock"
        await press(pilot, "enter", "0")
        assert [one.name for one in app.arrangement.views] == [first.name, "the deadlock"]
        await press(pilot, "V")
        assert app.view == first.view
        await press(pilot, "V")
        assert "view 2 of 2: the deadlock" in app.stage.keys.plain_text
        titles = {command.title for command in app.get_system_commands(app.screen)}
        assert "Go to the saved view the deadlock" in titles
        app.forget_view(first.name)
        assert [one.name for one in app.arrangement.views] == ["the deadlock"]
