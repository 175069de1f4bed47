"""Which of a generation's intervals lie within it, and which may touch its neighbours.

Of each lane the first interval may have begun before the generation and the last may end after it:
these are its edges, to be joined with those of the generations around it. All others are whole.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.format.columns import narrow
from flakecore.gotrace.format.table_remap import TableRemap
from flakecore.gotrace.format.varint import IntColumn
from flakecore.gotrace.intervals.generation_intervals import GenerationIntervals
from flakecore.gotrace.intervals.intervals import IntervalColumns
from flakecore.gotrace.native.memory import take_ranges

_Renumbering: TypeAlias = Callable[[IntColumn], IntColumn]


@dataclass(frozen=True, slots=True)
class Ends:
    """The first or last intervals of some lanes, by lane; every column (k,).

    Attributes:
        lane, start, end: int64.
        state: uint8.
        reason, stack: the generation's own numbers.
        actor, goroutine, proc, thread: as in ``IntervalColumns``.
        status: bool, stated at the beginning of the generation.
    """

    lane: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    state: NDArray[np.uint8]
    reason: IntColumn
    stack: IntColumn
    actor: IntColumn
    goroutine: IntColumn
    proc: IntColumn
    thread: IntColumn
    status: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Causes:
    """Who changed some lanes, and the generation's number of the stack where; columns (k,)."""

    waker: IntColumn
    wake_stack: IntColumn


@dataclass(frozen=True, slots=True)
class Edges:
    """What of a generation's lanes may touch its neighbours.

    Attributes:
        lanes: int64, (lanes,), all lanes it has, ascending.
        start: int64, (lanes,), when each is first seen.
        first: what made each lane what it is first seen as, (lanes,).
        heads: intervals that may have begun earlier.
        alone: bool, (heads,), the head is all there is of the lane, and may go on.
        second: what ended the heads, (heads,); of one that is alone, nothing that counts.
        tails: intervals that may go on, without the heads that are alone.
        gone, gone_at: int64, the lanes that ended, and when.
    """

    lanes: NDArray[np.int64]
    start: NDArray[np.int64]
    first: Causes
    heads: Ends
    alone: NDArray[np.bool_]
    second: Causes
    tails: Ends
    gone: NDArray[np.int64]
    gone_at: NDArray[np.int64]


def edges_of(placed: GenerationIntervals) -> Edges:
    """Return the intervals that may touch neighbouring generations."""
    heads, opens = placed.is_head, placed.is_open
    first, last = placed.first[:-1], placed.first[1:] - 1
    single = first == last
    return Edges(
        lanes=placed.lanes,
        start=placed.since[first] + np.int64(placed.origin_ns),
        first=_causes(placed, first),
        heads=_ends(placed, heads, first[heads]),
        alone=(single & opens)[heads],
        second=_causes(placed, np.minimum(first[heads] + 1, last[heads])),
        tails=_ends(placed, tails := opens & ~(single & heads), last[tails]),
        gone=placed.lanes[~opens],
        gone_at=placed.since[last[~opens]] + np.int64(placed.origin_ns),
    )


def _ends(placed: GenerationIntervals, lanes: NDArray[np.bool_], rows: NDArray[np.int64]) -> Ends:
    return Ends(
        lane=placed.lanes[lanes],
        start=placed.since[rows] + np.int64(placed.origin_ns),
        end=placed.ends(rows) + np.int64(placed.origin_ns),
        state=placed.state[rows],
        reason=placed.reason[rows],
        stack=placed.stack[rows],
        actor=placed.actor[rows],
        goroutine=placed.goroutine[rows],
        proc=placed.proc[rows],
        thread=placed.thread_numbers(placed.thread[rows]),
        status=placed.status[rows],
    )


def _causes(placed: GenerationIntervals, rows: NDArray[np.int64]) -> Causes:
    return Causes(placed.actor[rows], placed.stack[rows])


def columns_within(placed: GenerationIntervals, names: TableRemap) -> IntervalColumns:
    """Return the intervals that lie within the generation, as narrow as they can be."""
    within = placed.within()
    counts = np.add.reduceat(within, placed.first[:-1]) if len(placed.lanes) else placed.first[1:]
    edges = np.flatnonzero(np.diff(within, prepend=False, append=False))
    begins, ends = edges[::2].copy(), edges[1::2].copy()

    def taken(
        column: IntColumn, renumbered: _Renumbering | None = None, *, shift: int = 0
    ) -> IntColumn:
        found = _taken(column, begins + shift, ends + shift)
        return narrow(found if renumbered is None else renumbered(found))

    state = placed.state[within]
    none = np.broadcast_to(np.False_, len(state))
    return IntervalColumns(
        lanes=placed.lanes,
        first=np.concatenate(([0], np.cumsum(counts))),
        origin_ns=placed.origin_ns,
        since=taken(placed.since),
        until=taken(placed.since, shift=1),  # none of these is its lane's last
        state=state,
        reason=taken(placed.reason, names.strings),
        stack=taken(placed.stack, names.stacks),
        actor=taken(placed.actor),
        goroutine=taken(placed.goroutine),
        proc=taken(placed.proc),
        thread=taken(placed.thread, placed.thread_numbers),
        before=none,
        last=none,
    )


def _taken(column: IntColumn, begins: NDArray[np.int64], ends: NDArray[np.int64]) -> IntColumn:
    """Return ranges of a column's rows."""
    count = int((ends - begins).sum())
    if not any(column.strides):
        return np.broadcast_to(column[:1], min(count, len(column)))
    found = take_ranges(column, begins, ends)
    if found is not None:
        return found
    shifts = np.repeat(begins - np.cumsum(ends - begins) + (ends - begins), ends - begins)
    return column[shifts + np.arange(count)]
