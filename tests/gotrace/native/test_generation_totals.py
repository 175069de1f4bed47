"""The loops and the columns add up to what a plain loop in Python counts."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flakecore.gotrace.intervals.column_totals import (
    IS_WAIT,
    CountedColumns,
    add_columns,
    steals_in_columns,
)
from flakecore.gotrace.intervals.states import STATE_COUNT, State
from flakecore.gotrace.native.generation_totals import LaneTotals, add_goroutines, count_steals
from flakecore.gotrace.native.library import trace_loops

PREEMPTED = [2, 5]

_INTERVAL = st.tuples(
    st.integers(0, STATE_COUNT - 1), st.integers(0, 1 << 30), st.integers(0, 6), st.integers(-1, 3)
)
_LANES = st.lists(st.lists(_INTERVAL, max_size=8), max_size=5)

needs_library = pytest.mark.skipif(trace_loops() is None, reason="installed without a C compiler")


def _columns(
    lanes: list[list[tuple[int, int, int, int]]],
) -> tuple[CountedColumns, np.ndarray, np.ndarray]:
    """Return intervals of lanes, each as state, length, reason and proc, with their bounds."""
    since, until, state, reason, proc, ends = [], [], [], [], [], []
    for lane in lanes:
        at = -3  # the clock of a thread may be a little behind
        for each in lane:
            since.append(at)
            at = min(at + each[1], (1 << 31) - 1)
            until.append(at)
            state.append(each[0])
            reason.append(each[2])
            proc.append(each[3])
        ends.append(len(since))
    columns = CountedColumns(
        np.array(since, np.int32),
        np.array(until, np.int32),
        np.array(state, np.uint8),
        np.array(reason, np.int16),
        np.array(proc, np.int16),
        np.array(PREEMPTED, np.int64),
    )
    return columns, np.array([0, *ends[:-1]][: len(ends)], np.int64), np.array(ends, np.int64)


def _plain(columns: CountedColumns, begins: np.ndarray, ends: np.ndarray) -> LaneTotals:
    found: defaultdict[str, list[int]] = defaultdict(list)
    for lane, (begin, end) in enumerate(zip(begins.tolist(), ends.tolist(), strict=True)):
        rows = [row for row in range(begin, end) if columns.state[row] != State.ABSENT]
        lengths = {row: int(columns.until[row]) - int(columns.since[row]) for row in rows}
        of_state = [[row for row in rows if columns.state[row] == state] for state in State]
        found["start"].append(int(columns.since[rows[0]]) if rows else 0)
        found["end"].append(int(columns.until[rows[-1]]) if rows else 0)
        waits = [lengths[row] for row in rows if State(int(columns.state[row])).waiting]
        found["longest_wait"].append(max(waits, default=0))
        found["preemptions"].append(sum(int(columns.reason[row]) in PREEMPTED for row in rows))
        found["runnable_count"].append(len(of_state[State.RUNNABLE]))
        found["syscall_count"].append(len(of_state[State.SYSCALL]))
        found["runnable"] += [lengths[row] for row in of_state[State.RUNNABLE]]
        found["syscalls"] += [lengths[row] for row in of_state[State.SYSCALL]]
        for state in State:
            time = sum(lengths[row] for row in of_state[state])
            if time:
                found["time_lane"].append(lane)
                found["time_state"].append(state)
                found["time"].append(time)
        procs = [int(columns.proc[row]) for row in of_state[State.RUNNING]]
        for proc in dict.fromkeys(each for each in procs if each >= 0):
            found["proc_lane"].append(lane)
            found["proc"].append(proc)
    return LaneTotals._make(np.array(found[name], np.int64) for name in LaneTotals._fields)


def _same(ours: LaneTotals, theirs: LaneTotals) -> None:
    for name in LaneTotals._fields:
        assert getattr(ours, name).tolist() == getattr(theirs, name).tolist(), name


@given(_LANES)
def test_columns_add_up_to_what_a_plain_loop_counts(
    lanes: list[list[tuple[int, int, int, int]]],
) -> None:
    columns, begins, ends = _columns(lanes)
    _same(add_columns(columns, begins, ends), _plain(columns, begins, ends))


@needs_library
@given(_LANES)
def test_loops_add_up_to_what_a_plain_loop_counts(
    lanes: list[list[tuple[int, int, int, int]]],
) -> None:
    columns, begins, ends = _columns(lanes)
    preempts = np.isin(np.arange(6), PREEMPTED)
    five = columns.since, columns.until, columns.state, columns.reason, columns.proc
    found = add_goroutines(five, begins, ends, IS_WAIT, preempts)
    assert found is not None
    _same(found, _plain(columns, begins, ends))


@needs_library
def test_columns_that_are_too_wide_for_the_loops_are_left_to_others() -> None:
    columns, begins, ends = _columns([[(State.RUNNING, 5, 0, 1)]])
    wide = columns.since.astype(np.int64)
    five = wide, columns.until, columns.state, columns.reason, columns.proc
    assert add_goroutines(five, begins, ends, IS_WAIT, np.zeros(1, np.bool_)) is None


@needs_library
@given(st.lists(st.lists(st.sampled_from([0, 1, 3, 3, 17, 17]), max_size=9), max_size=5))
def test_loops_and_columns_count_the_same_steals(lanes: list[list[int]]) -> None:
    state = np.array([each for lane in lanes for each in lane], np.uint8)
    ends = np.cumsum([len(lane) for lane in lanes], dtype=np.int64)
    begins = ends - np.array([len(lane) for lane in lanes], np.int64)
    found = count_steals(state, begins, ends)
    assert found is not None
    in_columns = steals_in_columns(state, begins, ends)
    there = [[each for each in lane if each] for lane in lanes]
    expected = sum(pair == (State.SYSCALL, State.IDLE) for lane in there for pair in pairwise(lane))
    for count, first, last in (found, in_columns):
        assert count == expected
        assert first.tolist() == [lane[0] if lane else 0 for lane in there]
        assert last.tolist() == [lane[-1] if lane else 0 for lane in there]
