"""One pass over the intervals of all goroutines: times, durations and counts by run and test."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.comparison.features.scopes import NestedTests
from flakecore.gotrace import STATE_COUNT, IntervalColumns, State, Trace
from flakecore.timeline import Schedule

_IS_WAIT = np.array([state.waiting for state in State], np.bool_)
_PREEMPTED = "preempted"
"""The reason of a goroutine that was made to leave its proc (``runtime/traceruntime.go``)."""
_TILE = 1 << 18
"""Intervals processed at a time: some ten columns of 2 MB. Chosen, not measured."""


@dataclass(frozen=True, slots=True)
class Durations:
    """Durations of one state's intervals.

    Attributes:
        place: int64, (n,), ascending, place of the test that each belongs to in ``NestedTests``;
            the number of tests for none.
        ns: int64, (n,).
    """

    place: NDArray[np.int64]
    ns: NDArray[np.int64]

    def of(self, places: slice) -> NDArray[np.int64]:
        """Return the durations of some tests."""
        first, until = np.searchsorted(self.place, (places.start, places.stop))
        return self.ns[first:until]


@dataclass(frozen=True, slots=True)
class IntervalSums:
    """What one scope's intervals add up to: of the run in one row, or of each test by place.

    Attributes:
        time: int64, (scopes, states), nanoseconds in each ``State``.
        longest_wait: int64, (scopes,), nanoseconds.
        unended_waits, preemptions: int64, (scopes,), counts.
        procs: bool, (scopes, procs), which procs ran a goroutine, by their rank in number.
        syscalls, runnable: durations.
    """

    time: NDArray[np.int64]
    longest_wait: NDArray[np.int64]
    unended_waits: NDArray[np.int64]
    preemptions: NDArray[np.int64]
    procs: NDArray[np.bool_]
    syscalls: Durations
    runnable: Durations


class _Scope:
    """Adds up the intervals of a run, or of its tests."""

    def __init__(self, scopes: int, procs: int) -> None:
        self.time = np.zeros((scopes, STATE_COUNT), np.int64)
        self.longest_wait = np.zeros(scopes, np.int64)
        self.unended_waits = np.zeros(scopes, np.int64)
        self.preemptions = np.zeros(scopes, np.int64)
        self.procs = np.zeros((scopes, procs), np.bool_)
        self._durations: dict[State, list[tuple[NDArray[np.int64], NDArray[np.int64]]]] = {
            State.SYSCALL: [],
            State.RUNNABLE: [],
        }

    def add(
        self,
        place: NDArray[np.int64],
        ns: NDArray[np.int64],
        state: NDArray[np.uint8],
        proc: NDArray[np.int64],
        *,
        preempted: NDArray[np.bool_],
        unended: NDArray[np.bool_],
    ) -> None:
        """Add intervals; every column (n,), ``proc`` by rank, -1 for none."""
        scopes = len(self.longest_wait)
        # Sums of float64 are exact below 2**53 ns, a hundred days.
        summed = np.bincount(place * STATE_COUNT + state, ns, minlength=scopes * STATE_COUNT)
        self.time += summed.astype(np.int64).reshape(scopes, STATE_COUNT)
        waits = np.flatnonzero(_IS_WAIT[state])
        np.maximum.at(self.longest_wait, place[waits], ns[waits])
        self.unended_waits += np.bincount(place[waits[unended[waits]]], minlength=scopes)
        self.preemptions += np.bincount(place[preempted], minlength=scopes)
        ran = (state == State.RUNNING) & (proc >= 0)
        self.procs[place[ran], proc[ran]] = True
        for wanted, parts in self._durations.items():
            rows = np.flatnonzero(state == wanted)
            parts.append((place[rows], ns[rows]))

    def sums(self) -> IntervalSums:
        """Return what was added up."""
        return IntervalSums(
            time=self.time,
            longest_wait=self.longest_wait,
            unended_waits=self.unended_waits,
            preemptions=self.preemptions,
            procs=self.procs,
            syscalls=_by_place(self._durations[State.SYSCALL]),
            runnable=_by_place(self._durations[State.RUNNABLE]),
        )


def sum_intervals(
    trace: Trace, schedule: Schedule, order: NestedTests
) -> tuple[IntervalSums, IntervalSums]:
    """Return what the intervals of all goroutines but the runtime's own add up to.

    Args:
        trace: the trace.
        schedule: its goroutines with their tests.
        order: the tests.

    Returns:
        That of the run, and that of each test by place, without its subtests: there an interval
        counts as far as it lies within its goroutine's test.
    """
    procs = trace.procs.lanes
    run, tests = _Scope(1, len(procs)), _Scope(len(order) + 1, len(procs))
    for columns in trace.goroutines.parts():
        own = ~np.isin(columns.lanes, schedule.tree.system) & (columns.lanes > 0)
        test = schedule.tree.tests_of(columns.lanes)
        place = np.full(len(test), len(order), np.int64)
        place[test >= 0] = order.place[test[test >= 0]]
        preempted = _preempted(trace, columns)
        lane_of_row = np.repeat(np.arange(len(columns.lanes)), np.diff(columns.first))
        for at in range(0, len(columns), _TILE):
            tile = slice(at, min(at + _TILE, len(columns)))
            rows = at + np.flatnonzero(own[lane_of_row[tile]])
            start, end = columns.since[rows].astype(np.int64), columns.until[rows].astype(np.int64)
            state, where = columns.state[rows], place[lane_of_row[rows]]
            proc = _ranks(columns.proc[rows], procs)
            flags = (preempted[rows], columns.last[rows])
            run.add(
                np.zeros(len(rows), np.int64),
                end - start,
                state,
                proc,
                preempted=flags[0],
                unended=flags[1],
            )
            of_test = np.flatnonzero(where < len(order))
            where = where[of_test]
            start = np.maximum(start[of_test] + columns.origin_ns, order.start_ns[where])
            end = np.minimum(end[of_test] + columns.origin_ns, order.end_ns[where])
            within = np.flatnonzero(end >= start)
            of_test = of_test[within]
            tests.add(
                where[within],
                (end - start)[within],
                state[of_test],
                proc[of_test],
                preempted=flags[0][of_test],
                unended=flags[1][of_test],
            )
    return run.sums(), tests.sums()


def count_steals(trace: Trace) -> int:
    """Return how many procs were taken from threads in system calls.

    That is how often a proc became idle from within a system call: a generation's own intervals
    follow each other; where they meet those that cross its edges, a lane's are put in order.
    """
    crossing = trace.procs.crossing
    steals = 0
    lanes, places, states = [], [], []
    for generation, columns in enumerate(trace.procs.parts()):
        lane = np.repeat(columns.lanes, np.diff(columns.first))
        if columns is crossing.columns:
            home = crossing.home.astype(np.int64)
            lanes.append(lane)
            places.append(2 * home - home % 2)
            states.append(columns.state)
            continue
        same = lane[1:] == lane[:-1]
        stolen = same & (columns.state[:-1] == State.SYSCALL) & (columns.state[1:] == State.IDLE)
        steals += int(np.count_nonzero(stolen))
        some = np.flatnonzero(np.diff(columns.first))
        for rows in (columns.first[some], columns.first[some + 1] - 1):
            lanes.append(columns.lanes[some])
            places.append(np.full(len(some), 4 * generation + 1, np.int64))
            states.append(columns.state[rows])
    every_lane, every_place = np.concatenate(lanes), np.concatenate(places)
    # A generation's first and last interval of a lane stand in this order, at the same place.
    order = np.lexsort((every_place, every_lane))
    lane, at, state = every_lane[order], every_place[order], np.concatenate(states)[order]
    met = (lane[1:] == lane[:-1]) & ~((at[1:] == at[:-1]) & (at[1:] % 4 == 1))
    stolen = met & (state[:-1] == State.SYSCALL) & (state[1:] == State.IDLE)
    return steals + int(np.count_nonzero(stolen))


def _preempted(trace: Trace, columns: IntervalColumns) -> NDArray[np.bool_]:
    """Return which intervals begin with a goroutine being made to leave its proc; (n,).

    It is runnable then, or waits: for whoever suspended it to read its stack.
    """
    reasons = np.unique(columns.reason).tolist()
    wanted = [each for each in reasons if each and trace.table.string(each) == _PREEMPTED]
    return np.isin(columns.reason, wanted)


def _ranks(numbers: NDArray[np.signedinteger], lanes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the rank of each number among lanes; -1 where it is none of them."""
    if not len(lanes):
        return np.full(len(numbers), -1, np.int64)
    rank = np.minimum(np.searchsorted(lanes, numbers), len(lanes) - 1)
    return np.where(lanes[rank] == numbers, rank, -1)


def _by_place(parts: list[tuple[NDArray[np.int64], NDArray[np.int64]]]) -> Durations:
    none = np.zeros(0, np.int64)
    place = np.concatenate([none, *(each for each, _ in parts)])
    ns = np.concatenate([none, *(each for _, each in parts)])
    order = np.argsort(place, kind="stable")
    return Durations(place[order], ns[order])
