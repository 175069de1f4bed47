"""The viewport keeps its promises after any sequence of actions."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from flakecore.timeline import Gap
from flaketui.view.viewport import MINIMUM_SPAN_NS, History, SelectionKind, Viewport
from thoroughness import examples

MOMENTS = st.integers(-(10**12), 10**13)
FRACTIONS = st.floats(-3, 3, allow_nan=False)
STEPS: st.SearchStrategy[Callable[[Viewport], Viewport]] = st.one_of(
    FRACTIONS.map(lambda fraction: lambda view: view.pan(fraction)),
    FRACTIONS.map(lambda fraction: lambda view: view.nudge(fraction)),
    st.floats(0.01, 100).map(lambda factor: lambda view: view.zoom(factor)),
    MOMENTS.map(lambda moment: lambda view: view.at(moment)),
    st.tuples(MOMENTS, MOMENTS).map(lambda span: lambda view: view.fit(*span)),
    st.just(Viewport.fit_all),
    st.just(Viewport.centre),
    st.just(lambda view: view.fold((Gap(10**6, 10**8), Gap(2 * 10**8, 10**11)))),
    st.just(Viewport.unfold),
)
EXTENTS = st.tuples(st.integers(-(10**9), 0), st.integers(0, 10**12))


@settings(max_examples=examples(200))
@given(EXTENTS, st.lists(STEPS, max_size=30))
def test_the_window_is_never_empty_and_the_cursor_never_leaves_it(
    extent: tuple[int, int], steps: list[Callable[[Viewport], Viewport]]
) -> None:
    view = Viewport.whole(*extent)
    for step in steps:
        view = step(view)
        low, high = view.extent
        assert low <= view.start_ns < view.end_ns <= high
        assert view.span_ns >= min(MINIMUM_SPAN_NS, high - low)
        assert view.start_ns <= view.cursor_ns < view.end_ns


@settings(max_examples=examples(100))
@given(st.integers(0, 10**9 - 1), st.integers(1, 400))
def test_a_column_holds_its_own_middle(moment: int, columns: int) -> None:
    view = Viewport.whole(0, 10**9)
    column = view.column(moment, columns)
    assert 0 <= column < columns
    assert view.column(view.time(column, columns), columns) == column


def test_panning_keeps_the_cursors_place_on_the_screen() -> None:
    view = Viewport.whole(0, 1_000_000).window(200_000, 400_000).at(250_000)
    panned = view.pan(0.5)
    assert (panned.start_ns, panned.cursor_ns) == (300_000, 350_000)


def test_panning_at_the_end_moves_the_cursor_alone() -> None:
    view = Viewport.whole(0, 1_000_000).window(800_000, 1_000_000).at(850_000)
    panned = view.pan(0.25)
    assert (panned.start_ns, panned.cursor_ns) == (800_000, 900_000)
    assert panned.pan(9).cursor_ns == 999_999


def test_zooming_in_and_out_again_comes_back() -> None:
    view = Viewport.whole(0, 10**9).window(100_000_000, 500_000_000).at(200_000_000)
    near = view.zoom(0.5)
    assert near.span_ns == 200_000_000
    assert near.column(near.cursor_ns, 100) == view.column(view.cursor_ns, 100)
    assert near.zoom(2) == view


FOLDED = Viewport.whole(0, 3 * 10**9).fold((Gap(11 * 10**6, 2_990 * 10**6),))


@settings(max_examples=examples(100))
@given(st.integers(0, 3 * 10**9 - 1), st.floats(0.2, 3))
def test_zooming_keeps_the_cursor_in_its_column_beside_folded_time_too(
    moment: int, factor: float
) -> None:
    view = FOLDED.at(moment)
    zoomed = view.zoom(factor)
    at_an_edge = zoomed.start_ns == 0 or zoomed.end_ns == 3 * 10**9
    moved = zoomed.column(moment, 100) - view.column(moment, 100)
    assert at_an_edge or abs(moved) <= 1


def test_panning_over_a_gap_takes_as_long_as_the_gap_is_wide() -> None:
    view = FOLDED.window(0, 11 * 10**6)
    panned = view.pan(1 / 4).pan(1 / 4)
    assert abs(panned.start_ns - 5_500_000) <= 2
    assert panned.end_ns > 2_990 * 10**6
    assert panned.pan(-1 / 4).pan(-1 / 4).end_ns <= 11 * 10**6 + 1_000


def test_a_moment_outside_the_window_comes_to_its_middle() -> None:
    view = Viewport.whole(0, 1_000_000).window(0, 100_000).at(500_000)
    assert (view.start_ns, view.end_ns) == (450_000, 550_000)


def test_moving_the_cursor_lets_go_of_the_chosen_line_and_keeps_the_lane() -> None:
    view = Viewport.whole(0, 1_000_000).select(line=7, test=2, subject=SelectionKind.LINE)
    moved = view.at(10)
    assert moved.selection.line == -1
    assert moved.selection.test == 2


def test_a_held_key_is_one_step_back() -> None:
    history = History()
    view = first = Viewport.whole(0, 1_000_000).zoom(0.1)
    for _ in range(5):
        history.leave(view, "pan")
        view = view.pan(0.5)
    last = view
    assert history.back(last) == first
    assert history.forward(first) == last
    assert history.back(last) == first
    assert history.back(first) is None
