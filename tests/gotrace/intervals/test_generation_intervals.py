"""State transitions of a generation as intervals on the trace's clock."""

from __future__ import annotations

import numpy as np

from flakecore.gotrace import State
from flakecore.gotrace.format.columns import everywhere
from flakecore.gotrace.format.stacks import StackTable
from flakecore.gotrace.format.table_remap import TableRemap
from flakecore.gotrace.intervals.generation_intervals import (
    GenerationIntervals,
    refine_wait_states,
    transition_intervals,
    without_wait_reason,
)
from flakecore.gotrace.intervals.transitions import Transitions
from gotrace.constructed import NANOSECOND

EXTENT = (100, 200)
REMAP = TableRemap(StackTable(), {0: "", 1: "chan send", 2: "sync"}, {})


def _intervals(
    lane: list[int], tick: list[int], state: list[State], status: list[bool]
) -> GenerationIntervals:
    count = len(lane)
    none, nobody = everywhere(0, count), everywhere(-1, count)
    transitions = Transitions(
        lane=np.array(lane, np.int64),
        tick=np.array(tick, np.int64),
        state=np.array(state, np.uint8),
        reason=none,
        stack=none,
        actor=nobody,
        goroutine=nobody,
        proc=nobody,
        thread=nobody,
        status=np.array(status, np.bool_),
    )
    return transition_intervals(transitions, NANOSECOND, EXTENT, REMAP)


def test_an_interval_ends_where_the_lanes_next_one_begins_and_the_last_with_the_generation() -> (
    None
):
    found = _intervals(
        [1, 1, 2], [110, 150, 120], [State.RUNNING, State.SYSCALL, State.RUNNING], [False] * 3
    )
    assert found.since.tolist() == [10, 50, 20]
    assert found.until.tolist() == [50, 100, 100]
    assert found.ends(np.array([0, 1, 2])).tolist() == [50, 100, 100]
    assert found.lanes.tolist() == [1, 2]
    assert found.first.tolist() == [0, 2, 3]


def test_a_status_holds_from_the_beginning_of_the_generation() -> None:
    found = _intervals([1, 1], [130, 150], [State.RUNNING, State.RUNNABLE], [True, False])
    assert found.since.tolist() == [0, 50]
    assert found.is_head.tolist() == [True]


def test_a_status_that_repeats_the_state_of_its_lane_begins_no_interval() -> None:
    states = [State.RUNNING, State.RUNNING, State.RUNNABLE]
    found = _intervals([1, 1, 1], [110, 120, 130], states, [False, True, False])
    assert found.state.tolist() == [State.RUNNING, State.RUNNABLE]
    changed = _intervals([1, 1, 1], [110, 120, 130], states, [False, False, False])
    assert len(changed.state) == 3


def test_a_transition_whose_clock_is_behind_comes_no_earlier_than_the_one_before() -> None:
    states = [State.RUNNING, State.RUNNABLE, State.RUNNING]
    found = _intervals([1, 1, 2], [150, 120, 110], states, [False] * 3)
    assert found.since.tolist() == [50, 50, 10]


def test_only_a_lane_that_ended_is_not_open() -> None:
    states = [State.RUNNING, State.ABSENT, State.RUNNING]
    found = _intervals([1, 1, 2], [110, 120, 130], states, [False] * 3)
    assert found.is_open.tolist() == [False, True]
    assert found.within().tolist() == [True, False, False]


def test_a_wait_gets_the_state_of_its_reason_and_other_states_stay() -> None:
    state = np.array([State.OTHER_WAIT, State.RUNNING, State.OTHER_WAIT], np.uint8)
    stack = np.zeros(3, np.int32)
    found = refine_wait_states(state, np.array([1, 1, 0], np.int32), stack, REMAP)
    assert found.tolist() == [State.CHAN_SEND, State.RUNNING, State.OTHER_WAIT]
    assert without_wait_reason(found).tolist() == state.tolist()


def test_numbers_that_no_table_could_hold_give_the_same_states() -> None:
    state = np.full(2, State.OTHER_WAIT, np.uint8)
    stack = np.array([1 << 40, 0], np.int64)
    found = refine_wait_states(state, np.array([0, 1], np.int64), stack, REMAP)
    assert found.tolist() == [State.OTHER_WAIT, State.CHAN_SEND]
