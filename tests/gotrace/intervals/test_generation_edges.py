"""First and last intervals of lanes, which other generations continue, and those in between."""

from __future__ import annotations

import numpy as np
import pytest

from flakecore.gotrace import State
from flakecore.gotrace.format.columns import everywhere
from flakecore.gotrace.format.stacks import StackTable
from flakecore.gotrace.format.table_remap import TableRemap
from flakecore.gotrace.intervals import generation_edges
from flakecore.gotrace.intervals.generation_edges import find_edges, inner_columns
from flakecore.gotrace.intervals.generation_intervals import (
    GenerationIntervals,
    transition_intervals,
)
from flakecore.gotrace.intervals.transitions import Transitions
from gotrace.constructed import NANOSECOND

EXTENT = (100, 200)
TABLE = StackTable()
REMAP = TableRemap(TABLE, {0: "", 4: "sleep"}, {})


def _intervals(*rows: tuple[int, int, State, bool]) -> GenerationIntervals:
    """Return intervals of transitions (lane, tick, state, is a status); actors count from 50."""
    lane, tick, state, status = zip(*rows, strict=True)
    none, nobody = everywhere(0, len(rows)), everywhere(-1, len(rows))
    transitions = Transitions(
        lane=np.array(lane, np.int64),
        tick=np.array(tick, np.int64),
        state=np.array(state, np.uint8),
        reason=everywhere(4, len(rows)),
        stack=none,
        actor=np.arange(50, 50 + len(rows), dtype=np.int64),
        goroutine=nobody,
        proc=nobody,
        thread=nobody,
        status=np.array(status, np.bool_),
    )
    return transition_intervals(transitions, NANOSECOND, EXTENT, REMAP)


FOUR_LANES = (
    (1, 120, State.RUNNING, True),
    (1, 130, State.OTHER_WAIT, False),
    (1, 150, State.RUNNING, False),
    (2, 140, State.RUNNABLE, False),
    (2, 160, State.ABSENT, False),
    (3, 110, State.OTHER_WAIT, True),
    (4, 170, State.RUNNABLE, False),
)


def test_a_head_comes_from_a_status_and_a_tail_is_open_at_the_end() -> None:
    edges = find_edges(_intervals(*FOUR_LANES))
    assert edges.lanes.tolist() == [1, 2, 3, 4]
    assert edges.heads.lane.tolist() == [1, 3]
    assert edges.tails.lane.tolist() == [1, 4]
    assert edges.tails.start.tolist() == [150, 170]
    assert edges.tails.end.tolist() == [200, 200]


def test_a_head_that_is_its_lanes_only_interval_spans_the_generation_and_is_no_tail() -> None:
    edges = find_edges(_intervals(*FOUR_LANES))
    assert edges.spanning.tolist() == [False, True]
    assert (edges.heads.start.tolist(), edges.heads.end.tolist()) == ([100, 100], [130, 200])


def test_the_end_of_a_head_has_the_cause_of_the_next_interval() -> None:
    edges = find_edges(_intervals(*FOUR_LANES))
    assert edges.second.waker.tolist()[0] == 51
    assert edges.first.waker.tolist() == [50, 53, 55, 56]


def test_a_lane_that_ended_has_its_end_and_no_tail() -> None:
    edges = find_edges(_intervals(*FOUR_LANES))
    assert (edges.ended.tolist(), edges.ended_at.tolist()) == ([2], [160])


@pytest.mark.parametrize("natively", [True, False])
def test_intervals_that_are_neither_lie_within_under_the_traces_numbers(
    natively: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not natively:
        monkeypatch.setattr(generation_edges, "take_ranges", lambda *_: None)
    found = inner_columns(_intervals(*FOUR_LANES), REMAP)
    assert found.lanes.tolist() == [1, 2, 3, 4]
    assert [found.rows(lane) for lane in (1, 2, 3, 4)] == [
        slice(0, 1),
        slice(1, 2),
        slice(2, 2),
        slice(2, 2),
    ]
    assert (found.start.tolist(), found.end.tolist()) == ([130, 140], [150, 160])
    assert [TABLE.string(number) for number in found.reason.tolist()] == ["sleep"] * 2
    assert not (found.before.any() or found.last.any())
