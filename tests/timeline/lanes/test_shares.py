"""The share of each state in each column of a screen, from running sums."""

from __future__ import annotations

import numpy as np

from flakecore.gotrace import State
from flakecore.timeline.lanes.shares import LaneShares, column_edges


def lane(*intervals: tuple[int, int, State]) -> LaneShares:
    start, end, state = zip(*intervals, strict=True)
    return LaneShares(np.array(start, np.int64), np.array(end, np.int64), np.array(state, np.uint8))


LANE = lane((0, 60, State.RUNNING), (60, 95, State.SLEEP), (95, 96, State.RUNNING))


def test_edges_begin_and_end_with_the_window_at_any_width() -> None:
    edges = column_edges(7, 1_000_000_007, 3)
    assert (edges[0], edges[-1]) == (7, 1_000_000_007)
    assert np.ptp(np.diff(edges)) <= 1


def test_the_time_in_each_state_adds_up_to_what_the_lane_was_there() -> None:
    time, occurs = LANE.shares(column_edges(0, 100, 2))
    assert dict(zip(LANE.states, time.tolist(), strict=True)) == {
        State.RUNNING: [50, 11],
        State.SLEEP: [0, 35],
    }
    assert occurs.tolist() == [[True, True], [False, True]]


def test_a_column_shows_its_longest_state_and_one_more_that_occurs_in_it() -> None:
    state, thin, _ = LANE.cells(column_edges(0, 100, 2))
    assert state.tolist() == [State.RUNNING, State.SLEEP]
    assert thin.tolist() == [0, State.RUNNING]


def test_a_column_in_which_the_lane_is_not_there_is_absent() -> None:
    state, thin, _ = LANE.cells(np.array([200, 300], np.int64))
    assert (state.tolist(), thin.tolist()) == ([State.ABSENT], [0])


def test_a_state_shorter_than_a_tick_occurs_without_any_time() -> None:
    time, occurs = lane((5, 5, State.RUNNING)).shares(np.array([0, 10], np.int64))
    assert (time.tolist(), occurs.tolist()) == ([[0]], [[True]])
