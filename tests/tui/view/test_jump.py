"""Jumps to what is typed."""

from __future__ import annotations

import pytest

from flakecore.timeline import Case, Lane, LaneKind
from flaketui.view.jump import jump_view
from flaketui.view.viewport import SelectionKind, Viewport
from tui.driving import exploring, press
from tui.scenario import deadlock, without_trace
from tui.scripted_schedule import MS


@pytest.fixture(scope="module")
def case() -> Case:
    return deadlock()


def start(case: Case) -> Viewport:
    return Viewport.whole(case.start_ns, case.end_ns).at(100 * MS)


@pytest.mark.parametrize(
    ("typed", "moment", "lane"),
    [
        ("3.412s", 3412 * MS, None),
        ("3.412", 3412 * MS, None),
        ("1s500ms", 1500 * MS, None),
        ("2", 100 * MS, "G2"),  # a goroutine's number before seconds
        ("3", 3000 * MS, None),
        ("+20ms", 120 * MS, None),
        ("-20ms", 80 * MS, None),
        ("g34", 100 * MS, "G34"),
        ("G36", 28 * MS, "G36"),  # it has ended: where it began
        ("p1", 100 * MS, "P1"),
        ("TestFill", 16 * MS, "G18"),
        ("fast", 28 * MS, "G36"),
        ("testdr", 3500 * MS, "G21"),
    ],
)
def test_moments_goroutines_and_tests_are_gone_to(
    case: Case, typed: str, moment: int, lane: str | None
) -> None:
    view = jump_view(case, start(case), typed)
    assert isinstance(view, Viewport), view
    assert view.cursor_ns == moment
    assert view.start_ns <= moment < view.end_ns
    if lane is not None:
        assert str(view.selection.lane) == lane


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "nothing was typed"),
        ("g999", "no goroutine of this trace has the number 999"),
        ("p9", "this trace has no P9"),
        ("99h", "lies outside"),
        ("-5s", "lies outside"),
        ("nonsense", "nonsense is no moment, goroutine or test"),
        ("9" * 400, "no moment, goroutine or test"),
    ],
)
def test_what_leads_nowhere_says_why(case: Case, typed: str, said: str) -> None:
    outcome = jump_view(case, start(case), typed)
    assert said in str(outcome) or (typed.isdecimal() and "lies outside" in str(outcome))
    assert not isinstance(outcome, Viewport)


def test_without_a_trace_lanes_are_not_known() -> None:
    case = without_trace()
    assert "no trace" in str(jump_view(case, start(case), "g34"))
    assert isinstance(jump_view(case, start(case), "TestFill"), Viewport)


async def test_what_is_typed_after_the_at_sign_is_gone_to() -> None:
    async with exploring() as pilot:
        app = await press(pilot, "at", *"g35", "enter")
        assert app.view.selection.lane == Lane(LaneKind.GOROUTINE, 35)
        assert app.view.selection.subject is SelectionKind.LANE
        assert not app.prompt.has_focus
        await press(pilot, "at", *"/@vF", "escape")  # letters here, not commands
        assert app.view.selection.lane == Lane(LaneKind.GOROUTINE, 35)
