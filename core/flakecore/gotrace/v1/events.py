"""Event columns of Go 1.11 to 1.21: timed events, one row an event, proc by proc.

Each proc writes a stream of its own, batch after batch; what runs without a proc shares one more,
with the number -1. A batch has the tick of its beginning, each event the ticks since the one before
it. The goroutine that an event names, its sequence number and its stack are columns, since most
types have them; the arguments that only some types have are held for these rows alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.format.varint import IntColumn
from flakecore.gotrace.v1.format.records import Records, ranges
from flakecore.gotrace.v1.format.wire import (
    ARGUMENT_COUNT,
    IS_TIMED,
    REAL_TICK_ARGUMENT,
    SEQUENCE_ARGUMENT,
    SEQUENCED,
    STACK_ARGUMENT,
    EvV1,
    of_types,
)

_RARE = of_types(
    EvV1.GOMAXPROCS,
    EvV1.PROC_START,
    EvV1.GC_START,
    EvV1.STW_START,
    EvV1.GC_SWEEP_DONE,
    EvV1.GO_CREATE,
    EvV1.GO_START_LABEL,
    EvV1.HEAP_ALLOC,
    EvV1.HEAP_GOAL,
    EvV1.USER_TASK_CREATE,
    EvV1.USER_TASK_END,
    EvV1.USER_REGION,
    EvV1.USER_LOG,
)
"""Types with arguments beside a named goroutine, its sequence number, and a stack."""
_LAST = np.iinfo(np.int64).max
_RARE_ARGUMENTS = 3
"""Arguments that a rare event has at most."""
_LOG_TEXT = 4
"""Index of the number of a log that is the length of its message; the text follows."""


@dataclass(frozen=True, slots=True)
class EventsV1:
    """Timed events in the order each proc wrote them, proc by proc.

    Numbers are 16, 32 or 64 bits wide, as narrow as a column's values allow.

    Attributes:
        type: uint8, (n,), an ``EvV1``.
        tick: int64, (n,), trace clock ticks at which it was written.
        named: (n,), the goroutine that it names; 0 for none.
        number: (n,), its written sequence number; 0 for none.
        stack: (n,), the file's number for the stack it happened at; 0 for none.
        procs: int64, (streams,), the proc of each stream, ascending; -1 for none.
        streams: int64, (streams + 1,), row at which each proc's events begin, and n.
        discontinuities: int64, (k,), rows before which events may be missing, ascending: where
            streams begin, and the first batches of streams after damage.
        exits: int64, (e,), rows written later than the syscall ended, ascending.
        ended: int64, (e,), ticks at which those syscalls ended.
        first_proc_events: int64, (k,), rows of the first start or stop of each proc.
    """

    type: NDArray[np.uint8]
    tick: NDArray[np.int64]
    named: IntColumn
    number: IntColumn
    stack: IntColumn
    procs: NDArray[np.int64]
    streams: NDArray[np.int64]
    discontinuities: NDArray[np.int64]
    exits: NDArray[np.int64]
    ended: NDArray[np.int64]
    first_proc_events: NDArray[np.int64]
    _rare: NDArray[np.int64]
    _arguments: NDArray[np.int64]
    _logs: NDArray[np.int64]
    _texts: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.type)

    def argument(self, index: int, rows: NDArray[np.intp]) -> NDArray[np.int64]:
        """Return an argument of rows that have it, by its index after the time difference.

        A named goroutine, its sequence number and the stack are columns instead.
        """
        found: NDArray[np.int64] = self._arguments[index, np.searchsorted(self._rare, rows)]
        return found

    def proc(self, rows: NDArray[np.intp]) -> IntColumn:
        """Return the proc of each row; -1 for none."""
        procs = self.procs.astype(np.int32)
        return procs[np.searchsorted(self.streams[1:], rows, side="right")]

    def texts(self, data: memoryview, rows: NDArray[np.intp]) -> list[str]:
        """Return the messages of logs; ``data`` is the file's bytes."""
        texts = self._texts[:, np.searchsorted(self._logs, rows)]
        return [str(data[begin:end], "utf-8", "replace") for begin, end in texts.T.tolist()]

    @property
    def first_tick(self) -> int:
        """Tick of the first event; 0 without events."""
        return int(min(self.tick.min(), self.ended.min(initial=self.tick[0]))) if len(self) else 0

    @property
    def last_tick(self) -> int:
        """Tick of the last event; 0 without events."""
        return int(self.tick.max()) if len(self) else 0


@dataclass(frozen=True, slots=True)
class _Part:
    """The timed events of a piece of the file, in the order of the file.

    ``columns`` are type, tick, named, number, stack; ``rare``, ``exits`` and ``logs`` are rows of
    them. Batches have a proc, a number of events, and how many gaps stand before them.
    """

    columns: tuple[IntColumn | NDArray[np.uint8], ...]
    rare: NDArray[np.intp]
    arguments: NDArray[np.int64]
    exits: NDArray[np.intp]
    ended: NDArray[np.int64]
    logs: NDArray[np.intp]
    texts: NDArray[np.int64]
    procs: IntColumn
    counts: NDArray[np.int64]
    passed: NDArray[np.int64]


_Sparse: TypeAlias = list[tuple[NDArray[np.int64], NDArray[np.int64]]]
"""Rows and their values, (width, rows), part by part."""


class EventSorter:
    """Collects the events of a file piece by piece, and sorts them by proc."""

    def __init__(self) -> None:
        self._parts: list[_Part] = []
        self._gaps = 0

    def add(self, records: Records) -> None:
        """Add the next piece of the file."""
        batches = np.flatnonzero(records.type == EvV1.BATCH)
        timed = np.flatnonzero(IS_TIMED[records.type])
        kind = records.type[timed]
        begins = np.searchsorted(timed, batches)
        counts = np.diff(begins, append=len(timed))
        # Running sums restart with each batch: subtract the sum at its beginning.
        tick = np.zeros(len(timed) + 1, np.int64)
        np.cumsum(records.number(0, timed), out=tick[1:])
        tick[1:] += np.repeat(records.number(1, batches) - tick[begins], counts)

        rare, logs = np.flatnonzero(_RARE[kind]), np.flatnonzero(kind == EvV1.USER_LOG)
        arguments = np.zeros((_RARE_ARGUMENTS, len(rare)), np.int64)
        for place in range(_RARE_ARGUMENTS):
            present = np.flatnonzero(ARGUMENT_COUNT[kind[rare]] > place)
            arguments[place, present] = records.number(1 + place, timed[rare[present]])
        text = records.after(_LOG_TEXT, timed[logs])
        exits, ended = _late_exits(records, timed, tick[1:])
        passed = np.searchsorted(records.gaps[:, 0], records.offset(batches)) + self._gaps
        self._gaps += len(records.gaps)
        self._parts.append(
            _Part(
                columns=(kind, tick[1:], *_columns(records, timed)),
                rare=rare,
                arguments=arguments,
                exits=exits,
                ended=ended,
                logs=logs,
                texts=np.stack((text, text + records.number(_LOG_TEXT, timed[logs]))),
                procs=records.number(0, batches),
                counts=counts,
                passed=passed,
            )
        )

    def sort(self) -> EventsV1:
        """Return all events added, by proc; the pieces are freed on the way."""
        parts, self._parts = self._parts[::-1], []
        none = np.zeros(0, np.int64)
        procs, counts, passed = (
            np.concatenate([none, *(getattr(part, name) for part in reversed(parts))])
            for name in ("procs", "counts", "passed")
        )
        order = np.argsort(procs, kind="stable")
        ends = np.cumsum(counts[order])
        begins = np.empty(len(order), np.int64)
        begins[order] = ends - counts[order]
        last = np.flatnonzero(np.append(np.diff(procs[order]) != 0, True)[: len(order)])
        streams = np.append(0, ends[last])
        columns = [np.empty(int(counts.sum()), dtype) for dtype in _dtypes(parts)]
        rare: _Sparse = []
        exits: _Sparse = []
        logs: _Sparse = []
        batch = 0
        while parts:
            # Each part is freed as soon as it has been copied.
            part = parts.pop()
            to = ranges(begins[batch : batch + len(part.counts)], part.counts)
            batch += len(part.counts)
            for column, values in zip(columns, part.columns, strict=True):
                column[to] = values
            rare.append((to[part.rare], part.arguments))
            exits.append((to[part.exits], part.ended[None]))
            logs.append((to[part.logs], part.texts))
        kind, tick, named, number, stack = columns
        rare_rows, arguments = _by_row(rare, _RARE_ARGUMENTS)
        exit_rows, (ended,) = _by_row(exits, 1)
        log_rows, texts = _by_row(logs, 2)
        # The tick is 0 where the end is unknown (``traceGoSysExit``).
        is_known = ended >= tick.min(initial=_LAST)
        return EventsV1(
            type=kind,
            tick=tick,
            named=named,
            number=number,
            stack=stack,
            procs=procs[order][last],
            streams=streams,
            discontinuities=_discontinuities(passed[order], ends - counts[order], streams),
            exits=exit_rows[is_known],
            ended=ended[is_known],
            first_proc_events=_first_proc_events(kind, streams),
            _rare=rare_rows,
            _arguments=arguments,
            _logs=log_rows,
            _texts=texts,
        )


def _columns(records: Records, timed: NDArray[np.intp]) -> tuple[IntColumn, ...]:
    """Return the named goroutine, sequence number and stack of events; 0 for none; all (n,)."""
    kind = records.type[timed]
    first = np.where(SEQUENCED, 0, -1).astype(np.int8)
    columns = []
    for places in (first, SEQUENCE_ARGUMENT, STACK_ARGUMENT):
        place = places[kind]
        value: IntColumn = np.zeros(len(timed), np.int32)
        for each in range(int(place.max(initial=-1)) + 1):
            present = np.flatnonzero(place == each)
            argument = records.number(1 + each, timed[present])
            value = value.astype(np.result_type(value, argument), copy=False)
            value[present] = argument
        columns.append(_narrow(value))
    return tuple(columns)


def _narrow(column: IntColumn) -> IntColumn:
    """Return a column in the narrowest of 16, 32 and 64 bits that holds its values."""
    low, high = int(column.min(initial=0)), int(column.max(initial=0))
    for dtype in (np.int16, np.int32):
        if np.iinfo(dtype).min <= low and high <= np.iinfo(dtype).max:
            return column.astype(dtype, copy=False)
    return column


def _dtypes(parts: Sequence[_Part]) -> list[np.dtype[np.generic]]:
    """Return the dtypes of columns that hold those of all parts."""
    least = (np.uint8, np.int64, np.int16, np.int16, np.int16)
    held = [[np.dtype(dtype)] for dtype in least]
    for part in parts:
        for dtypes, column in zip(held, part.columns, strict=True):
            dtypes.append(column.dtype)
    return [np.result_type(*set(dtypes)) for dtypes in held]


def _by_row(parts: _Sparse, width: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return all rows, ascending, and their values, (width, rows)."""
    rows = np.concatenate([np.zeros(0, np.int64), *(rows for rows, _ in parts)])
    none = np.zeros((width, 0), np.int64)
    values = np.concatenate([none, *(values for _, values in parts)], axis=1)
    order = np.argsort(rows, kind="stable")
    return rows[order], values[:, order]


def _discontinuities(
    passed: NDArray[np.int64], begins: NDArray[np.int64], streams: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the rows before which events may be missing; int64, ascending.

    A damaged range may have held batches of any proc, so each proc's next batch is one.

    Args:
        passed: (batches,), by proc, number of damaged ranges before each batch.
        begins: (batches,), row at which each batch begins.
        streams: (streams + 1,), row at which each stream begins.
    """
    has_gap = np.ones(len(passed), np.bool_)
    has_gap[1:] = passed[1:] != passed[:-1]
    rows: NDArray[np.int64] = np.union1d(streams, begins[has_gap]).astype(np.int64)
    within: NDArray[np.int64] = rows[rows < streams[-1]]
    return within


def _first_proc_events(kind: NDArray[np.uint8], streams: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the row of the first start or stop of each proc that has one."""
    rows = np.flatnonzero((kind == EvV1.PROC_START) | (kind == EvV1.PROC_STOP))
    first = np.searchsorted(rows, streams[:-1])
    found = first < np.searchsorted(rows, streams[1:])
    moves: NDArray[np.int64] = rows[first[found]]
    return moves


def _late_exits(
    records: Records, timed: NDArray[np.intp], tick: NDArray[np.int64]
) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    """Return the rows written later than the syscall ended, and the ticks at which it ended."""
    place = REAL_TICK_ARGUMENT[records.type[timed]]
    rows = np.flatnonzero(place >= 0)
    real = np.zeros(len(rows), np.int64)
    for each in np.unique(place[rows]).tolist():
        present = np.flatnonzero(place[rows] == each)
        real[present] = records.number(1 + each, timed[rows[present]])
    late = real < tick[rows]
    return rows[late], real[late]
