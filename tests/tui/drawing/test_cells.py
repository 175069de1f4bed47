"""A lane's cells: states, words in them, and short spans that stay visible."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from flakecore.timeline import Cells, Gap, GapCells, LaneKind, State
from flaketui.drawing.cells import NamedWait, heights, lane_segments, plot
from flaketui.drawing.glyphs import UNICODE
from flaketui.drawing.palettes import DARK
from flaketui.drawing.theme import Look

LOOK = Look(DARK, UNICODE)
MS = 1_000_000


def drawn(cells: Cells, kind: LaneKind = LaneKind.GOROUTINE, cursor: int = -1) -> str:
    segments = lane_segments(cells, kind, LOOK, "plain", cursor, followed=-1)
    return "".join(segment.text for segment in segments)


def cells(
    states: list[tuple[State, int]],
    thin: dict[int, State] | None = None,
    work: dict[int, int] | None = None,
) -> Cells:
    state = np.array([state for state, count in states for _ in range(count)], np.uint8)
    short = np.zeros(len(state), np.uint8)
    for column, of_column in (thin or {}).items():
        short[column] = of_column
    running = np.where(state == State.RUNNING, 255, short == State.RUNNING).astype(np.uint8)
    for column, part in (work or {}).items():
        running[column] = part
    return Cells(state, short, running, np.full(len(state), -1, np.int64))


def test_a_wait_that_has_room_says_what_it_waits_for() -> None:
    row = cells([(State.RUNNING, 3), (State.MUTEX, 14)])
    assert drawn(row) == "▇▇▇━ mutex ━━━━━━"


def test_a_short_span_among_long_waits_keeps_a_mark() -> None:
    row = cells([(State.CHAN_RECEIVE, 6)], {2: State.RUNNING})
    assert drawn(row) == "──╿───"


def test_short_spans_beside_one_another_are_as_high_as_the_part_that_they_take() -> None:
    row = cells([(State.SELECT, 8)], {2: State.RUNNING, 3: State.RUNNING}, {2: 40, 3: 120})
    assert drawn(row) == "══▂▄════"
    ready = cells([(State.SELECT, 8)], {2: State.RUNNABLE, 3: State.RUNNABLE, 6: State.RUNNABLE})
    assert drawn(ready) == "══▖▖══╿═"


def test_a_column_that_ran_for_part_of_its_time_is_as_high_as_that_part() -> None:
    row = cells([(State.RUNNING, 4), (State.SELECT, 2)], None, {1: 130, 2: 200})
    assert drawn(row) == "▇▅▇▇══"


def test_both_edges_of_folded_time_are_marked_but_not_over_words() -> None:
    row = cells([(State.MUTEX, 30)])
    gaps = (GapCells(5, 9, Gap(0, MS)), GapCells(20, 24, Gap(2 * MS, 3 * MS)))
    segments = lane_segments(row, LaneKind.GOROUTINE, LOOK, "plain", -1, -1, gaps)
    assert "".join(one.text for one in segments) == "━ mutex ┊" + "━" * 11 + "┊━━┊" + "━" * 6


def test_words_for_a_wait_tell_more_than_its_state_where_there_are_any() -> None:
    row = cells([(State.MUTEX, 40)])
    named = NamedWait("b.mu, held by G40", State.MUTEX)
    segments = lane_segments(row, LaneKind.GOROUTINE, LOOK, "plain", -1, -1, (), named)
    assert "".join(one.text for one in segments).startswith("━ mutex b.mu, held by G40 ━")


def test_words_for_one_wait_are_not_those_of_an_earlier_one() -> None:
    row = cells([(State.MUTEX, 30), (State.RUNNING, 2), (State.MUTEX, 40)])
    named = NamedWait("b.mu, held by G40", column=50)
    segments = lane_segments(row, LaneKind.GOROUTINE, LOOK, "plain", -1, -1, (), named)
    text = "".join(one.text for one in segments)
    assert text.startswith("━ mutex ━━")
    assert text[32:].startswith("━ mutex b.mu, held by G40 ━")


def test_words_that_do_not_take_a_cell_a_character_are_left_out() -> None:
    row = cells([(State.MUTEX, 40)])
    for words in ("锁.mu, held by G40", "b\x1b[31m, held by G40"):
        named = NamedWait(words, State.MUTEX)
        segments = lane_segments(row, LaneKind.GOROUTINE, LOOK, "plain", -1, -1, (), named)
        assert "".join(one.text for one in segments) == "━ mutex " + "━" * 32


def test_a_mark_takes_the_place_of_its_cell() -> None:
    row = cells([(State.RUNNING, 6)])
    marks = {2: ("✗", LOOK.style("bad"))}
    segments = lane_segments(row, LaneKind.GOROUTINE, LOOK, "plain", -1, -1, (), None, marks)
    assert "".join(one.text for one in segments) == "▇▇✗▇▇▇"


def test_words_never_hide_a_mark() -> None:
    row = cells([(State.MUTEX, 24)], {4: State.RUNNING})
    assert drawn(row) == "━━━━╿━ mutex ━━━━━━━━━━━"


def test_a_state_is_named_again_only_after_another() -> None:
    row = cells([(State.MUTEX, 20)], {10: State.RUNNING})
    assert drawn(row).count("mutex") == 1


def test_a_proc_shows_which_goroutine_it_runs() -> None:
    occupied = Cells(
        np.full(10, State.RUNNING, np.uint8),
        np.zeros(10, np.uint8),
        np.full(10, 255, np.uint8),
        np.array([34] * 6 + [7] * 4, np.int64),
    )
    assert drawn(occupied, LaneKind.PROC) == "34▇▇▇▇7▆▆▆"


def test_the_cursor_stands_on_its_column() -> None:
    row = cells([(State.CHAN_RECEIVE, 5)])
    segments = lane_segments(row, LaneKind.GOROUTINE, LOOK, "selected", 2, followed=-1)
    assert [len(segment.text) for segment in segments] == [2, 1, 2]
    assert segments[1].style == LOOK.style("strong", "cursor")


def test_a_row_of_one_state_is_one_segment() -> None:
    row = cells([(State.SYSTEM, 120)])
    assert len(lane_segments(row, LaneKind.GOROUTINE, LOOK, "plain", -1, followed=-1)) == 1


def test_bars_grow_with_their_values_and_the_unknown_is_empty() -> None:
    assert "".join(heights([-1, 0, 50, 100], 100, "▁▂▃▄▅▆▇█")) == " ▁▄█"


def test_a_plot_has_bars_as_high_as_their_values_and_goals_above_them() -> None:
    values, goals = [0, 7, 15, -1, 15], [7, 7, 15, 15, -1]
    rows = plot(values, goals, "12345678", "-", 2)
    assert ["".join(row) for row in rows] == ["  8-8", "188 8"]
    assert plot([-1], [-1], "12345678", "-", 1) == [[" "]]


@given(st.lists(st.tuples(st.integers(-1, 10**12), st.integers(-1, 10**12)), min_size=1))
def test_bars_of_a_plot_keep_the_order_of_their_values(pairs: list[tuple[int, int]]) -> None:
    values, goals = [value for value, _ in pairs], [goal for _, goal in pairs]
    rows = plot(values, goals, "12345678", "-", 3)
    heights = [
        sum(8 if cell == "8" else int(cell) for cell in column if cell.isdigit())
        for column in zip(*rows, strict=True)
    ]
    assert [height == 0 for height in heights] == [value < 0 for value in values]
    for one, high in zip(values, heights, strict=True):
        assert all(
            high <= other for value, other in zip(values, heights, strict=True) if value > one
        )
