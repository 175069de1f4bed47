"""Intervals and waits as tables: those of all generations, with those that cross their edges.

A lane's own intervals of a generation stand between the crossing ones that begin before them and
those that begin after them. One stable sort by lane and that place puts all of them in order; the
parts are sorted by lane already, so it merges as many runs as there are generations.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace import IntervalColumns, Intervals, State, Trace
from flakecore.timeline.lanes.goroutine_tree import GoroutineTree
from flakecore.timeline.lanes.lane import LaneKind
from flakecore.timeline.tables.columns import (
    NOWHERE,
    PlaceColumns,
    Table,
    joined,
    numbered_text,
    places,
    stack_place,
    text_column,
)

_IS_WAIT = np.array([state.waiting for state in State], np.bool_)


@dataclass(frozen=True, slots=True)
class _Rows:
    """Intervals of one kind of lane; every column (n,), meanings as in ``IntervalColumns``.

    Attributes:
        place: int64, where among the lane's intervals of all generations each stands.
        waker, wake_stack: of a crossing interval who ended it and where; of others -1 and 0.
        crossing: bool, touches an edge of a generation.
    """

    lane: NDArray[np.int64]
    place: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    state: NDArray[np.uint8]
    reason: NDArray[np.int32]
    stack: NDArray[np.int32]
    actor: NDArray[np.int64]
    goroutine: NDArray[np.int64]
    proc: NDArray[np.int64]
    thread: NDArray[np.int64]
    before: NDArray[np.bool_]
    last: NDArray[np.bool_]
    crossing: NDArray[np.bool_]
    waker: NDArray[np.int64]
    wake_stack: NDArray[np.int64]

    def take(self, rows: NDArray[Any]) -> _Rows:
        return _Rows(*(getattr(self, each.name)[rows] for each in fields(self)))


def interval_table(trace: Trace | None, package: str) -> Table:
    """Return all intervals of goroutines, procs and threads; ``CaseTables.intervals``."""
    if trace is None:
        return _interval_columns(LaneKind.GOROUTINE, _no_rows(), None, package)
    lanes = {
        LaneKind.GOROUTINE: trace.goroutines,
        LaneKind.PROC: trace.procs,
        LaneKind.THREAD: trace.threads,
    }
    return joined(
        [_interval_columns(kind, _all_rows(each), trace, package) for kind, each in lanes.items()]
    )


def wait_table(trace: Trace | None, tree: GoroutineTree | None, package: str) -> Table:
    """Return all waits of goroutines; ``CaseTables.waits`` documents the columns."""
    rows = _all_rows(trace.goroutines) if trace is not None else _no_rows()
    # What ended an interval that crosses no edge is the actor of the lane's next one.
    waker, wake_stack = rows.waker.copy(), rows.wake_stack.copy()
    followed = np.zeros(len(rows.lane), np.bool_)
    followed[:-1] = rows.lane[1:] == rows.lane[:-1]
    within = np.flatnonzero(followed & ~rows.crossing)
    waker[within], wake_stack[within] = rows.actor[within + 1], rows.stack[within + 1]
    waits = np.flatnonzero(_IS_WAIT[rows.state])
    rows, waker, wake_stack = rows.take(waits), waker[waits], wake_stack[waits]
    waker[rows.last], wake_stack[rows.last] = 0, 0
    test = np.full(len(waits), -1, np.int32)
    system = np.zeros(len(waits), np.bool_)
    if tree is not None:
        test, system = tree.tests_of(rows.lane).astype(np.int32), np.isin(rows.lane, tree.system)
    return {
        "goroutine": rows.lane,
        "start_ns": rows.start,
        "end_ns": rows.end,
        "state": _states(rows.state),
        "reason": _strings(trace, rows.reason),
        **_places(trace, rows.stack, package),
        "test": test,
        "system": system,
        "waker": np.maximum(waker, 0),
        **_places(trace, np.maximum(wake_stack, 0), package, "wake_"),
        "before_trace": rows.before,
        "to_the_end": rows.last,
    }


def _interval_columns(kind: LaneKind, rows: _Rows, trace: Trace | None, package: str) -> Table:
    return {
        "kind": numbered_text(np.zeros(len(rows.lane), np.uint8), lambda _: kind.value),
        "lane": rows.lane,
        "start_ns": rows.start,
        "end_ns": rows.end,
        "state": _states(rows.state),
        "reason": _strings(trace, rows.reason),
        **_places(trace, rows.stack, package),
        "goroutine": rows.goroutine,
        "proc": rows.proc,
        "thread": rows.thread,
        "before_trace": rows.before,
        "to_the_end": rows.last,
    }


def _states(states: NDArray[np.uint8]) -> NDArray[Any]:
    return numbered_text(states, lambda number: State(number).label)


def _strings(trace: Trace | None, numbers: NDArray[Any]) -> NDArray[Any]:
    return text_column(()) if trace is None else numbered_text(numbers, trace.table.string)


def _places(trace: Trace | None, stacks: NDArray[Any], package: str, prefix: str = "") -> Table:
    def where(number: int) -> PlaceColumns:
        return stack_place(trace.table.stack(number), package) if trace is not None else NOWHERE

    return places(stacks, where, prefix)


def _all_rows(intervals: Intervals) -> _Rows:
    """Return all intervals of one kind of lane, by lane and then by time."""
    crossing = intervals.crossing
    parts: list[_Rows] = []
    for columns in intervals.parts():
        if columns is crossing.columns:
            place = 3 * (crossing.home // 2).astype(np.int64) + 2 * (crossing.home % 2)
            waker, wake_stack = crossing.waker, crossing.wake_stack
        else:
            place = np.full(len(columns), 3 * len(parts) + 1, np.int64)
            waker = np.broadcast_to(np.int64(-1), len(columns))
            wake_stack = np.broadcast_to(np.int64(0), len(columns))
        parts.append(
            _rows(columns, place, waker, wake_stack, is_crossing=columns is crossing.columns)
        )
    rows = _Rows(
        *(np.concatenate([getattr(part, each.name) for part in parts]) for each in fields(_Rows))
    )
    of_lane = np.searchsorted(intervals.lanes, rows.lane)
    order = np.argsort(of_lane * (3 * len(parts)) + rows.place, kind="stable")
    # The tracer writes some batches on no thread, numbered -1.
    return rows.take(order[rows.lane[order] >= 0])


def _rows(
    columns: IntervalColumns,
    place: NDArray[np.int64],
    waker: NDArray[np.int64],
    wake_stack: NDArray[np.int64],
    *,
    is_crossing: bool,
) -> _Rows:
    return _Rows(
        lane=np.repeat(columns.lanes, np.diff(columns.first)),
        place=place,
        start=columns.start,
        end=columns.end,
        state=columns.state,
        reason=columns.reason.astype(np.int32),
        stack=columns.stack.astype(np.int32),
        actor=columns.actor.astype(np.int64),
        goroutine=columns.goroutine.astype(np.int64),
        proc=columns.proc.astype(np.int64),
        thread=columns.thread.astype(np.int64),
        before=columns.before,
        last=columns.last,
        crossing=np.broadcast_to(np.bool_(is_crossing), len(columns)),
        waker=waker,
        wake_stack=wake_stack,
    )


def _no_rows() -> _Rows:
    wide, number = np.zeros(0, np.int64), np.zeros(0, np.int32)
    flag = np.zeros(0, np.bool_)
    return _Rows(
        lane=wide,
        place=wide,
        start=wide,
        end=wide,
        state=np.zeros(0, np.uint8),
        reason=number,
        stack=number,
        actor=wide,
        goroutine=wide,
        proc=wide,
        thread=wide,
        before=flag,
        last=flag,
        crossing=flag,
        waker=wide,
        wake_stack=wide,
    )
