"""The edges of a generation: intervals that may cross into the generation before or after it.

The first interval of a lane (its head) may have begun before the generation, the last (its tail)
may end after it; they are joined with those of neighbouring generations. All others lie within.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.format.columns import narrow
from flakecore.gotrace.format.table_remap import TableRemap
from flakecore.gotrace.format.varint import IntColumn
from flakecore.gotrace.intervals.generation_intervals import GenerationIntervals
from flakecore.gotrace.intervals.intervals import IntervalColumns
from flakecore.gotrace.intervals.state_columns import StateColumns
from flakecore.gotrace.native.column_ranges import take_ranges

Integer = TypeVar("Integer", bound=np.integer[Any])
_Renumbering: TypeAlias = Callable[[IntColumn], IntColumn]


@dataclass(frozen=True, slots=True)
class EdgeIntervals(StateColumns):
    """The first or last intervals of some lanes, by lane; every column (k,).

    Attributes:
        lane: int64.
        start, end: int64, nanoseconds since the trace began.
        state: uint8, ``State``.
        reason, stack: the generation's string and stack numbers.
        actor, goroutine, proc, thread: as in ``IntervalColumns``.
        status: bool, it comes from a status at the generation's beginning.
    """

    lane: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    status: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Causes:
    """Goroutines that changed lanes' states (-1 for none), and their stack numbers; both (k,)."""

    waker: IntColumn
    wake_stack: IntColumn


@dataclass(frozen=True, slots=True)
class Edges:
    """Intervals of a generation's lanes that may cross its edges. Times are nanoseconds.

    Attributes:
        lanes: int64, (lanes,), all lanes it has, ascending.
        start: int64, (lanes,), time of each lane's first interval.
        first: (lanes,), cause of each lane's first interval.
        heads: intervals that may have begun earlier.
        spanning: bool, (heads,), the head is the lane's only interval, and may go on.
        second: (heads,), cause of the head's end; meaningless where it is spanning.
        tails: intervals that may go on, but for spanning heads.
        ended, ended_at: int64, (e,), lanes that ended, and when.
    """

    lanes: NDArray[np.int64]
    start: NDArray[np.int64]
    first: Causes
    heads: EdgeIntervals
    spanning: NDArray[np.bool_]
    second: Causes
    tails: EdgeIntervals
    ended: NDArray[np.int64]
    ended_at: NDArray[np.int64]


def find_edges(intervals: GenerationIntervals) -> Edges:
    """Return the intervals that may cross into neighbouring generations."""
    heads, opens = intervals.is_head, intervals.is_open
    first, last = intervals.first[:-1], intervals.first[1:] - 1
    single = first == last
    return Edges(
        lanes=intervals.lanes,
        start=intervals.since[first] + np.int64(intervals.origin_ns),
        first=_causes_at(intervals, first),
        heads=_edge_intervals(intervals, heads, first[heads]),
        spanning=(single & opens)[heads],
        second=_causes_at(intervals, np.minimum(first[heads] + 1, last[heads])),
        tails=_edge_intervals(intervals, tails := opens & ~(single & heads), last[tails]),
        ended=intervals.lanes[~opens],
        ended_at=intervals.since[last[~opens]] + np.int64(intervals.origin_ns),
    )


def _edge_intervals(
    intervals: GenerationIntervals, lanes: NDArray[np.bool_], rows: NDArray[np.int64]
) -> EdgeIntervals:
    return EdgeIntervals(
        lane=intervals.lanes[lanes],
        start=intervals.since[rows] + np.int64(intervals.origin_ns),
        end=intervals.ends(rows) + np.int64(intervals.origin_ns),
        state=intervals.state[rows],
        reason=intervals.reason[rows],
        stack=intervals.stack[rows],
        actor=intervals.actor[rows],
        goroutine=intervals.goroutine[rows],
        proc=intervals.proc[rows],
        thread=intervals.thread_numbers(intervals.thread[rows]),
        status=intervals.status[rows],
    )


def _causes_at(intervals: GenerationIntervals, rows: NDArray[np.int64]) -> Causes:
    return Causes(intervals.actor[rows], intervals.stack[rows])


def inner_columns(intervals: GenerationIntervals, remap: TableRemap) -> IntervalColumns:
    """Return the intervals that lie within the generation, under the numbers of ``remap``'s table.

    Columns are in the narrowest integer type that holds their values.
    """
    without = intervals.rows_not_within()
    lane = np.searchsorted(intervals.first, without, side="right") - 1
    counts = np.diff(intervals.first) - np.bincount(lane, minlength=len(intervals.lanes))
    # What lies between two of the rows that are left out.
    begins, ends = np.append(0, without + 1), np.append(without, len(intervals.since))
    some = ends > begins
    begins, ends = begins[some], ends[some]

    def take(
        column: IntColumn, renumbered: _Renumbering | None = None, *, shift: int = 0
    ) -> IntColumn:
        found = _take_ranges(column, begins + shift, ends + shift)
        return narrow(found if renumbered is None else renumbered(found))

    state = _take_ranges(intervals.state, begins, ends)
    none = np.broadcast_to(np.False_, len(state))
    return IntervalColumns(
        lanes=intervals.lanes,
        first=np.concatenate(([0], np.cumsum(counts))),
        origin_ns=intervals.origin_ns,
        since=take(intervals.since),
        until=take(intervals.since, shift=1),  # none of these is its lane's last interval
        state=state,
        reason=take(intervals.reason, remap.strings),
        stack=take(intervals.stack, remap.stacks),
        actor=take(intervals.actor),
        goroutine=take(intervals.goroutine),
        proc=take(intervals.proc),
        thread=take(intervals.thread, intervals.thread_numbers),
        before=none,
        last=none,
    )


def _take_ranges(
    column: NDArray[Integer], begins: NDArray[np.int64], ends: NDArray[np.int64]
) -> NDArray[Integer]:
    """Return the rows of a column from each of ``begins`` to the one of ``ends``, concatenated."""
    count = int((ends - begins).sum())
    if not any(column.strides):
        return np.broadcast_to(column[:1], min(count, len(column)))
    found = take_ranges(column, begins, ends)
    if found is not None:
        return found
    shifts = np.repeat(begins - np.cumsum(ends - begins) + (ends - begins), ends - begins)
    return column[shifts + np.arange(count)]
