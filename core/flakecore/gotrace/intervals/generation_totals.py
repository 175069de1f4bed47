"""What the intervals that lie within a generation add up to: for features of runs and tests.

A feature of a test counts its goroutines' intervals as far as they lie within the test. Of most
goroutines all intervals of a generation do, and of most others but the last few do not: a test's
own goroutine writes the result a little before it ends. So a generation's totals hold each
goroutine's first and last intervals one by one and the others as sums, with the durations that
medians and percentiles are taken of. They are added up while a generation is decoded, since
decoding all of them again would take as long as reading the trace.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.format.stacks import StackTable
from flakecore.gotrace.format.varint import IntColumn
from flakecore.gotrace.intervals.column_totals import (
    IS_WAIT,
    CountedColumns,
    add_columns,
    rows_of_ranges,
    steals_in_columns,
)
from flakecore.gotrace.intervals.generation_intervals import GenerationIntervals
from flakecore.gotrace.intervals.intervals import IntervalColumns, Intervals
from flakecore.gotrace.intervals.states import State
from flakecore.gotrace.native.generation_totals import LaneTotals, add_goroutines, count_steals

_PREEMPTED = "preempted"
"""The reason of a goroutine that was made to leave its proc (``runtime/traceruntime.go``)."""
_EDGE = 16
"""Intervals at either end of a goroutine's that are held one by one. Chosen: a test's own goroutine
has some five after its result."""
_EDGES = 1 << 16
"""Intervals of a generation that are held one by one at most: a megabyte."""


@dataclass(frozen=True, slots=True)
class CountedIntervals:
    """Intervals of goroutines, one by one; every column (n,).

    Attributes:
        lane: index of the goroutine in the lanes they are of, ascending.
        since, until: nanoseconds since the generation began.
        state: uint8, ``State``.
        proc: -1 for none.
        preempted: bool, it begins with the goroutine being made to leave its proc: it is runnable
            then, or waits for whoever suspended it to read its stack.
        last: bool, it had not ended when the trace did.
    """

    lane: NDArray[np.intp]
    since: IntColumn
    until: IntColumn
    state: NDArray[np.uint8]
    proc: IntColumn
    preempted: NDArray[np.bool_]
    last: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class GoroutineTotals:
    """What the intervals of goroutines add up to.

    Attributes:
        lanes: int64, (lanes,), the goroutines, ascending.
        origin_ns: what times count from, in nanoseconds since the trace began.
        edges: their first and last intervals.
        lane: (k,), indices of the goroutines that have others in between, ascending.
        between: what these others add up to; its lanes are places in ``lane``.
    """

    lanes: NDArray[np.int64]
    origin_ns: int
    edges: CountedIntervals
    lane: NDArray[np.intp]
    between: LaneTotals


@dataclass(frozen=True, slots=True)
class ProcTotals:
    """What is counted of the procs of a generation.

    Attributes:
        steals: how often one was idle straight after a system call: another thread took it.
        lanes: int64, (lanes,), the procs that have intervals, ascending.
        first, last: uint8, (lanes,), the ``State`` of each one's first and last interval.
    """

    steals: int
    lanes: NDArray[np.int64]
    first: NDArray[np.uint8]
    last: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class GenerationTotals:
    """What the intervals of one generation add up to."""

    goroutines: GoroutineTotals
    procs: ProcTotals


class TraceTotals:
    """The totals of each generation of a trace.

    Those that were not added up while it was read are added up whenever they are asked for.
    """

    def __init__(
        self,
        known: Sequence[GenerationTotals | None],
        goroutines: Intervals,
        procs: Intervals,
        table: StackTable,
    ) -> None:
        """Take what is known, and where to look up the rest."""
        self._known = known
        self._goroutines, self._procs = goroutines, procs
        self._table = table

    def __len__(self) -> int:
        return len(self._known)

    def of(self, generation: int) -> GenerationTotals:
        """Return the totals of a generation, by its index."""
        known = self._known[generation]
        if known is not None:
            return known
        goroutines = self._goroutines.generation(generation)
        procs = self._procs.generation(generation)
        bounds = procs.first[:-1].copy(), procs.first[1:].copy()
        return GenerationTotals(
            _of_columns(goroutines, self._table), _of_procs(procs.lanes, procs.state, *bounds)
        )


def goroutine_totals(intervals: GenerationIntervals, preempted: Sequence[int]) -> GoroutineTotals:
    """Return the totals of those intervals of a generation's goroutines that lie within it.

    Args:
        intervals: the generation's.
        preempted: the numbers of the reason ``preempted`` among its strings.
    """
    since = intervals.since
    columns = CountedColumns(
        since[:-1],
        since[1:],  # none of those within is its lane's last
        intervals.state[:-1],
        intervals.reason[:-1],
        intervals.proc[:-1],
        np.array(preempted, np.int64),
    )
    return _totals(intervals.lanes, intervals.origin_ns, columns, *_bounds(intervals))


def proc_totals(intervals: GenerationIntervals) -> ProcTotals:
    """Return the totals of those intervals of a generation's procs that lie within it."""
    return _of_procs(intervals.lanes, intervals.state, *_bounds(intervals))


def preempted_reasons(strings: Mapping[int, str], known: Callable[[int], str]) -> list[int]:
    """Return the numbers of the reason for which a goroutine is made to leave its proc.

    Args:
        strings: by number.
        known: returns a string by its number, "" where it is lost.
    """
    return [each for each, text in strings.items() if text == known(each) == _PREEMPTED]


def counted_intervals(columns: IntervalColumns, table: StackTable) -> CountedIntervals:
    """Return all intervals of goroutines as they are counted."""
    return CountedIntervals(
        lane=np.repeat(np.arange(len(columns.lanes)), np.diff(columns.first)),
        since=columns.since,
        until=columns.until,
        state=columns.state,
        proc=columns.proc,
        preempted=_is_preempted(columns, table),
        last=columns.last,
    )


def _of_columns(columns: IntervalColumns, table: StackTable) -> GoroutineTotals:
    """Return the totals of intervals that lie within a generation."""

    def aligned(column: IntColumn, dtype: type[np.signedinteger[Any]]) -> IntColumn:
        fits = column.dtype.itemsize <= np.dtype(dtype).itemsize
        return np.ascontiguousarray(column, dtype) if fits else column

    counted = CountedColumns(
        aligned(columns.since, np.int32),
        aligned(columns.until, np.int32),
        columns.state,
        _is_preempted(columns, table).astype(np.int16),
        aligned(columns.proc, np.int16),
        np.ones(1, np.int64),
    )
    bounds = columns.first[:-1].copy(), columns.first[1:].copy()
    return _totals(columns.lanes, columns.origin_ns, counted, *bounds)


def _is_preempted(columns: IntervalColumns, table: StackTable) -> NDArray[np.bool_]:
    """Return which intervals begin with a goroutine being made to leave its proc; (n,)."""
    reasons = np.flatnonzero(np.bincount(columns.reason)).tolist()
    return np.isin(columns.reason, [each for each in reasons if table.string(each) == _PREEMPTED])


def _bounds(intervals: GenerationIntervals) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the row at which each lane's intervals within a generation begin, and the last's."""
    return intervals.first[:-1] + intervals.is_head, intervals.first[1:] - 1


def _totals(
    lanes: NDArray[np.int64],
    origin_ns: int,
    columns: CountedColumns,
    begins: NDArray[np.int64],
    ends: NDArray[np.int64],
) -> GoroutineTotals:
    ends = np.maximum(ends, begins)
    edge = min(_EDGE, _EDGES // (2 * max(len(lanes), 1)))
    inner = np.minimum(begins + edge, ends)
    until = np.maximum(ends - edge, inner)
    bounds = np.stack((begins, inner, until, ends), axis=1)
    rows, part = rows_of_ranges(bounds[:, ::2].ravel(), bounds[:, 1::2].ravel())
    present = columns.state[rows] != State.ABSENT
    rows, lane = rows[present], part[present] // 2
    between = np.flatnonzero(until > inner)
    return GoroutineTotals(
        lanes=lanes,
        origin_ns=origin_ns,
        edges=CountedIntervals(
            lane=lane,
            since=columns.since[rows],
            until=columns.until[rows],
            state=columns.state[rows],
            proc=columns.proc[rows],
            preempted=np.isin(columns.reason[rows], columns.preempted),
            last=np.broadcast_to(np.False_, len(rows)),
        ),
        lane=between,
        between=_add_up(columns, inner[between], until[between]),
    )


def _add_up(
    columns: CountedColumns, begins: NDArray[np.int64], ends: NDArray[np.int64]
) -> LaneTotals:
    small = columns.preempted[columns.preempted < 1 << 15]
    preempts = np.zeros(int(small.max(initial=0)) + 1, np.bool_)
    preempts[small] = True
    five = columns.since, columns.until, columns.state, columns.reason, columns.proc
    found = add_goroutines(five, begins, ends, IS_WAIT, preempts)
    return found if found is not None else add_columns(columns, begins, ends)


def _of_procs(
    lanes: NDArray[np.int64],
    state: NDArray[np.uint8],
    begins: NDArray[np.int64],
    ends: NDArray[np.int64],
) -> ProcTotals:
    found = count_steals(state, begins, ends)
    steals, first, last = found if found is not None else steals_in_columns(state, begins, ends)
    some = first != State.ABSENT
    return ProcTotals(steals, lanes[some], first[some], last[some])
