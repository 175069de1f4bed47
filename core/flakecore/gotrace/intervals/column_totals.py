"""What intervals add up to, in columns: what the compiled loops of ``native`` give as well."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.format.varint import IntColumn
from flakecore.gotrace.intervals.states import STATE_COUNT, State
from flakecore.gotrace.native.generation_totals import LaneTotals

IS_WAIT = np.array([state.waiting for state in State], np.bool_)
"""By state whether it is a wait."""


@dataclass(frozen=True, slots=True)
class CountedColumns:
    """Columns of intervals, (n,), and the numbers of the reason ``preempted`` in them."""

    since: IntColumn
    until: IntColumn
    state: NDArray[np.uint8]
    reason: IntColumn
    proc: IntColumn
    preempted: NDArray[np.int64]


def add_columns(
    columns: CountedColumns, begins: NDArray[np.int64], ends: NDArray[np.int64]
) -> LaneTotals:
    """Return the totals of lanes whose rows are given by their bounds, in columns."""
    count = len(begins)
    rows, lane = rows_of_ranges(begins, ends)
    present = columns.state[rows] != State.ABSENT
    rows, lane = rows[present], lane[present]
    since, until = columns.since[rows].astype(np.int64), columns.until[rows].astype(np.int64)
    state, length = columns.state[rows], until - since
    first = np.searchsorted(lane, np.arange(count + 1))
    some = np.flatnonzero(np.diff(first))
    start, end = np.zeros(count, np.int64), np.zeros(count, np.int64)
    start[some], end[some] = since[first[some]], until[first[some + 1] - 1]
    waits = np.flatnonzero(IS_WAIT[state])
    longest = np.zeros(count, np.int64)
    np.maximum.at(longest, lane[waits], length[waits])
    preempted = np.isin(columns.reason[rows], columns.preempted)
    # Sums of float64 are exact below 2**53 ns, a hundred days.
    time = np.bincount(lane * STATE_COUNT + state, length, minlength=0).astype(np.int64)
    cells = np.flatnonzero(time)
    proc = columns.proc[rows]
    ran = np.flatnonzero((state == State.RUNNING) & (proc >= 0))
    pairs = _distinct_pairs(lane[ran], proc[ran])
    runnable, calls = state == State.RUNNABLE, state == State.SYSCALL
    return LaneTotals(
        start=start,
        end=end,
        longest_wait=longest,
        preemptions=np.bincount(lane[preempted], minlength=count),
        runnable_count=np.bincount(lane[runnable], minlength=count),
        syscall_count=np.bincount(lane[calls], minlength=count),
        runnable=length[runnable],
        syscalls=length[calls],
        time_lane=cells // STATE_COUNT,
        time_state=(cells % STATE_COUNT).astype(np.uint8),
        time=time[cells],
        proc_lane=pairs[0],
        proc=pairs[1],
    )


def _distinct_pairs(lane: NDArray[np.intp], proc: IntColumn) -> tuple[NDArray[np.intp], IntColumn]:
    """Return each pair once, by lane and in order of its first row."""
    order = np.lexsort((proc, lane))
    new = np.ones(len(order), np.bool_)
    new[1:] = (np.diff(lane[order]) != 0) | (np.diff(proc[order]) != 0)
    first = np.sort(order[new])  # a stable sort puts the first row of equal ones first
    return lane[first], proc[first]


def steals_in_columns(
    state: NDArray[np.uint8], begins: NDArray[np.int64], ends: NDArray[np.int64]
) -> tuple[int, NDArray[np.uint8], NDArray[np.uint8]]:
    """Return how often a proc is idle straight after a call, and lanes' first and last states."""
    rows, lane = rows_of_ranges(begins, ends)
    present = state[rows] != State.ABSENT
    of_row, lane = state[rows[present]], lane[present]
    steals = (of_row[:-1] == State.SYSCALL) & (of_row[1:] == State.IDLE) & (np.diff(lane) == 0)
    first, last = np.zeros(len(begins), np.uint8), np.zeros(len(begins), np.uint8)
    last[lane] = of_row  # the last assignment stays
    first[lane[::-1]] = of_row[::-1]
    return int(np.count_nonzero(steals)), first, last


def rows_of_ranges(
    begins: NDArray[np.int64], ends: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows of ranges, one after the other, and the number of the range of each."""
    counts = np.maximum(ends - begins, 0)
    part = np.repeat(np.arange(len(counts)), counts)
    return np.arange(len(part)) + (begins - np.cumsum(counts) + counts)[part], part
