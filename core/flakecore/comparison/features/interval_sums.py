"""What the intervals of all goroutines add up to: times, durations and counts by run and test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flakecore.comparison.features.durations import Durations, DurationsByPlace
from flakecore.comparison.features.scopes import NestedTests
from flakecore.gotrace import (
    STATE_COUNT,
    CountedIntervals,
    GoroutineTotals,
    State,
    Trace,
    counted_intervals,
)
from flakecore.timeline import Schedule

_IS_WAIT = np.array([state.waiting for state in State], np.bool_)


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
    """Adds up the intervals of a run, or of its tests; a place of -1 is none of them."""

    def __init__(self, scopes: int, procs: NDArray[np.int64]) -> None:
        self._scopes = scopes
        self._numbers = procs
        self._time = np.zeros((scopes, STATE_COUNT), np.int64)
        self._longest_wait = np.zeros(scopes, np.int64)
        self._unended_waits = np.zeros(scopes, np.int64)
        self._preemptions = np.zeros(scopes, np.int64)
        self._procs = np.zeros((scopes, len(procs)), np.bool_)
        self._syscalls, self._runnable = DurationsByPlace(scopes), DurationsByPlace(scopes)

    def add(
        self,
        place: NDArray[np.int64],
        ns: NDArray[np.int64],
        rows: NDArray[np.intp],
        counted: CountedIntervals,
    ) -> None:
        """Add some rows of intervals, of which ``ns`` count."""
        state, proc = counted.state[rows], counted.proc[rows]
        size = self._scopes * STATE_COUNT
        # Sums of float64 are exact below 2**53 ns, a hundred days.
        summed = np.bincount(place * STATE_COUNT + state, ns, minlength=size)
        self._time += summed.astype(np.int64).reshape(self._time.shape)
        waits = np.flatnonzero(_IS_WAIT[state])
        np.maximum.at(self._longest_wait, place[waits], ns[waits])
        self._count(self._unended_waits, place[waits[counted.last[rows[waits]]]])
        self._count(self._preemptions, place[counted.preempted[rows]])
        ran = np.flatnonzero((state == State.RUNNING) & (proc >= 0))
        self._add_procs(place[ran], proc[ran])
        for durations, wanted in (
            (self._syscalls, State.SYSCALL),
            (self._runnable, State.RUNNABLE),
        ):
            of_state = np.flatnonzero(state == wanted)
            durations.add(place[of_state], np.ones(len(of_state), np.int64), ns[of_state])

    def add_totals(self, place: NDArray[np.int64], totals: GoroutineTotals) -> None:
        """Add what is between the edges of a generation; ``place`` is (k,), by goroutine there."""
        added = totals.between
        known = np.flatnonzero(place >= 0)
        of_time = np.flatnonzero(place[added.time_lane] >= 0)
        time_place = place[added.time_lane[of_time]]
        np.add.at(self._time, (time_place, added.time_state[of_time]), added.time[of_time])
        np.maximum.at(self._longest_wait, place[known], added.longest_wait[known])
        np.add.at(self._preemptions, place[known], added.preemptions[known])
        of_procs = np.flatnonzero(place[added.proc_lane] >= 0)
        self._add_procs(place[added.proc_lane[of_procs]], added.proc[of_procs])
        self._syscalls.add(place, added.syscall_count, added.syscalls)
        self._runnable.add(place, added.runnable_count, added.runnable)

    def sums(self) -> IntervalSums:
        """Return what was added up."""
        return IntervalSums(
            time=self._time,
            longest_wait=self._longest_wait,
            unended_waits=self._unended_waits,
            preemptions=self._preemptions,
            procs=self._procs,
            syscalls=self._syscalls.durations(),
            runnable=self._runnable.durations(),
        )

    def _count(self, counts: NDArray[np.int64], place: NDArray[np.int64]) -> None:
        counts += np.bincount(place, minlength=self._scopes)

    def _add_procs(self, place: NDArray[np.int64], proc: NDArray[np.signedinteger[Any]]) -> None:
        if not len(self._numbers):
            return
        rank = np.minimum(np.searchsorted(self._numbers, proc), len(self._numbers) - 1)
        known = np.flatnonzero(self._numbers[rank] == proc)
        self._procs[place[known], rank[known]] = True


def sum_intervals(
    trace: Trace, schedule: Schedule, order: NestedTests
) -> tuple[IntervalSums, IntervalSums]:
    """Return what the intervals of all goroutines but the runtime's own add up to.

    A trace that was read with its totals is not decoded again, but for generations in which a
    goroutine does more than a little outside of its test.

    Args:
        trace: the trace.
        schedule: its goroutines with their tests.
        order: the tests.

    Returns:
        That of the run, and that of each test by place, without its subtests: there an interval
        counts as far as it lies within its goroutine's test.
    """
    procs = trace.procs.lanes
    run, tests = _Scope(1, procs), _Scope(len(order), procs)
    for generation in range(len(trace.totals)):
        totals = trace.totals.of(generation).goroutines
        own, place = _places(totals.lanes, schedule, order)
        everywhere = np.where(own, 0, -1)
        _add_rows(run, totals.edges, everywhere)
        run.add_totals(everywhere[totals.lane], totals)
        inside, across = _against_tests(totals, place, order)
        tests.add_totals(inside, totals)
        place[totals.lane[across]] = -1
        _add_within(tests, totals.edges, totals.origin_ns, place, order)
        if across.any():
            columns = trace.goroutines.generation(generation)
            own, place = _places(columns.lanes, schedule, order)
            place[~np.isin(columns.lanes, totals.lanes[totals.lane[across]])] = -1
            counted = counted_intervals(columns, trace.table)
            _add_within(tests, counted, columns.origin_ns, place, order)
    crossing = trace.goroutines.crossing.columns
    own, place = _places(crossing.lanes, schedule, order)
    counted = counted_intervals(crossing, trace.table)
    _add_rows(run, counted, np.where(own, 0, -1))
    _add_within(tests, counted, crossing.origin_ns, place, order)
    return run.sums(), tests.sums()


def _places(
    lanes: NDArray[np.int64], schedule: Schedule, order: NestedTests
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Return which goroutines are the program's own, and the place of each one's test or -1."""
    own = ~np.isin(lanes, schedule.tree.system) & (lanes > 0)
    test = schedule.tree.tests_of(lanes)
    place = np.full(len(lanes), -1, np.int64)
    known = own & (test >= 0)
    place[known] = order.place[test[known]]
    return own, place


def _against_tests(
    totals: GoroutineTotals, place: NDArray[np.int64], order: NestedTests
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the places of goroutines that lie within their tests between their edges, else -1.

    And which ones lie within theirs in part; both (k,).
    """
    of_test = place[totals.lane]
    known = np.flatnonzero(of_test >= 0)
    start, end = totals.between.start + totals.origin_ns, totals.between.end + totals.origin_ns
    begins, ends = (column[of_test[known]] for column in (order.start_ns, order.end_ns))
    within = (start[known] >= begins) & (end[known] <= ends)
    touches = (end[known] >= begins) & (start[known] <= ends)
    inside = np.full(len(of_test), -1, np.int64)
    inside[known[within]] = of_test[known[within]]
    across = np.zeros(len(of_test), np.bool_)
    across[known] = touches & ~within
    return inside, across


def _add_rows(scope: _Scope, counted: CountedIntervals, place: NDArray[np.int64]) -> None:
    """Add intervals whole; ``place`` is by lane, -1 for none."""
    of_row = place[counted.lane]
    rows = np.flatnonzero(of_row >= 0)
    ns = counted.until[rows].astype(np.int64) - counted.since[rows]
    scope.add(of_row[rows], ns, rows, counted)


def _add_within(
    scope: _Scope,
    counted: CountedIntervals,
    origin_ns: int,
    place: NDArray[np.int64],
    order: NestedTests,
) -> None:
    """Add intervals as far as they lie within tests; ``place`` is by lane, -1 for none."""
    of_row = place[counted.lane]
    rows = np.flatnonzero(of_row >= 0)
    of_row = of_row[rows]
    start = np.maximum(counted.since[rows].astype(np.int64) + origin_ns, order.start_ns[of_row])
    end = np.minimum(counted.until[rows].astype(np.int64) + origin_ns, order.end_ns[of_row])
    within = np.flatnonzero(end >= start)
    scope.add(of_row[within], (end - start)[within], rows[within], counted)


def count_steals(trace: Trace) -> int:
    """Return how many procs were taken from threads in system calls.

    That is how often a proc became idle from within a system call: a generation's own intervals
    follow each other; where they meet those that cross its edges, a lane's are put in order.
    """
    crossing = trace.procs.crossing
    columns, home = crossing.columns, crossing.home.astype(np.int64)
    lanes = [np.repeat(columns.lanes, np.diff(columns.first))]
    places, states = [2 * home - home % 2], [columns.state]
    steals = 0
    for generation in range(len(trace.totals)):
        totals = trace.totals.of(generation).procs
        steals += totals.steals
        for state in (totals.first, totals.last):
            lanes.append(totals.lanes)
            places.append(np.full(len(totals.lanes), 4 * generation + 1, np.int64))
            states.append(state)
    return steals + _steals_across(lanes, places, states)


def _steals_across(
    lanes: Sequence[NDArray[np.int64]],
    places: Sequence[NDArray[np.int64]],
    states: Sequence[NDArray[np.uint8]],
) -> int:
    every_lane, every_place = np.concatenate(lanes), np.concatenate(places)
    # A generation's first and last interval of a lane stand in this order, at the same place.
    order = np.lexsort((every_place, every_lane))
    lane, at, state = every_lane[order], every_place[order], np.concatenate(states)[order]
    met = (lane[1:] == lane[:-1]) & ~((at[1:] == at[:-1]) & (at[1:] % 4 == 1))
    stolen = met & (state[:-1] == State.SYSCALL) & (state[1:] == State.IDLE)
    return int(np.count_nonzero(stolen))
