"""Time in which idle stretches are folded: nothing is lost, every moment has its place."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from flakecore.gotrace import State
from flakecore.timeline.lanes.folded_time import GAP_PART, GAPS_PART, Gap, Scale, axis_of, gap_part
from flakecore.timeline.lanes.shares import LaneShares
from thoroughness import examples

MS = 1_000_000
END = 3_000 * MS
HANG = (Gap(11 * MS, 2_990 * MS),)


@st.composite
def gaps(draw: st.DrawFn) -> tuple[Gap, ...]:
    bounds = sorted(draw(st.sets(st.integers(0, END), min_size=2, max_size=12)))
    return tuple(Gap(begin, end) for begin, end in list(pairwise(bounds))[::2])


WINDOWS = st.tuples(st.integers(0, END), st.integers(2_000, END)).map(
    lambda window: (window[0], window[0] + window[1])
)


@settings(max_examples=examples(200))
@given(WINDOWS, gaps(), st.integers(20, 400))
def test_columns_cover_the_window_once_and_none_holds_folded_and_other_time(
    window: tuple[int, int], folded: tuple[Gap, ...], columns: int
) -> None:
    axis = axis_of(*window, folded, columns)
    edges = axis.edges.tolist()
    assert (edges[0], edges[-1], len(edges)) == (*window, columns + 1)
    assert edges == sorted(edges)
    inside = set(range(columns))
    for cells in axis.gaps:
        assert cells.last > cells.first
        low, high = max(cells.gap.start_ns, window[0]), min(cells.gap.end_ns, window[1])
        assert (edges[cells.first], edges[cells.last]) == (low, high)
        assert inside >= set(range(cells.first, cells.last))
    unfolded = sum(end - start for start, end in axis.parts())
    kept = {cells.gap for cells in axis.gaps}
    cut = sum(min(g.end_ns, window[1]) - max(g.start_ns, window[0]) for g in kept)
    assert unfolded == window[1] - window[0] - cut


@settings(max_examples=examples(200))
@given(
    WINDOWS,
    gaps(),
    st.integers(20, 400),
    st.lists(st.tuples(st.integers(0, 60 * MS), st.sampled_from(list(State)[1:])), min_size=1),
)
def test_the_time_in_each_state_is_the_same_folded_and_unfolded(
    window: tuple[int, int],
    folded: tuple[Gap, ...],
    columns: int,
    spans: list[tuple[int, State]],
) -> None:
    ends = np.cumsum([length for length, _ in spans]).astype(np.int64)
    starts = np.concatenate(([0], ends[:-1])).astype(np.int64)
    lane = LaneShares(starts, ends, np.array([state for _, state in spans], np.uint8))
    plain, _ = lane.shares(axis_of(*window, (), columns).edges)
    time, occurs = lane.shares(axis_of(*window, folded, columns).edges)
    assert time.sum(axis=1).tolist() == plain.sum(axis=1).tolist()
    # Each interval that begins in the window is in some column, however short it is.
    for row, state in enumerate(lane.states):
        begun = [s for s, (_, own) in zip(starts.tolist(), spans, strict=True) if own is state]
        assert occurs[row].any() or not any(window[0] <= start < window[1] for start in begun)


@settings(max_examples=examples(200))
@given(WINDOWS, gaps(), st.integers(20, 400), st.floats(0, 1, exclude_max=True))
def test_the_column_of_a_moment_holds_it(
    window: tuple[int, int], folded: tuple[Gap, ...], columns: int, part: float
) -> None:
    axis = axis_of(*window, folded, columns)
    moment = window[0] + int(part * (window[1] - window[0]))
    column = axis.column(moment)
    assert axis.edges[column] <= moment < axis.edges[column + 1]
    assert axis.columns_of(np.array([moment])).tolist() == [column]
    assert (axis.column(window[0] - 1), axis.column(window[1])) == (-1, columns)


@settings(max_examples=examples(200))
@given(WINDOWS, gaps(), st.lists(st.floats(0, 1), min_size=2, max_size=20))
def test_distances_grow_with_time_and_lead_back_to_it(
    window: tuple[int, int], folded: tuple[Gap, ...], parts: list[float]
) -> None:
    scale = Scale.of(*window, folded)
    moments = sorted(window[0] + int(part * (window[1] - window[0])) for part in parts)
    distances = [scale.distance(moment) for moment in moments]
    assert distances == sorted(distances)
    width = scale.distance(window[1])
    for moment, distance in zip(moments, distances, strict=True):
        near = scale.moment(distance)
        # A nanosecond of the scale may be many within a gap.
        longest = max([1, *(gap.duration_ns for gap in scale.gaps)])
        assert abs(near - moment) <= 1 + longest / max(width * gap_part(6), 1)


def test_a_gap_takes_the_same_part_of_the_window_however_long_it_is() -> None:
    for gap in HANG, (Gap(11 * MS, 12 * MS),):
        (cells,) = axis_of(0, gap[0].end_ns + 11 * MS, gap, 90).gaps
        assert abs(cells.last - cells.first - 90 * GAP_PART) < 1


def test_many_gaps_leave_half_of_the_window_to_what_moves() -> None:
    many = tuple(Gap(at * 100 * MS + MS, at * 100 * MS + 99 * MS) for at in range(20))
    axis = axis_of(0, 2_000 * MS, many, 200)
    assert sum(cells.last - cells.first for cells in axis.gaps) <= 200 * GAPS_PART + len(many)


def test_a_window_within_a_gap_shows_its_time_evenly() -> None:
    axis = axis_of(100 * MS, 200 * MS, HANG, 10)
    assert not axis.gaps
    assert np.diff(axis.edges).tolist() == [10 * MS] * 10
