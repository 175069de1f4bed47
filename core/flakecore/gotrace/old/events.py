"""Event columns of the old format: timed events, one row an event, proc by proc.

Each proc wrote a stream of its own, batch after batch; what ran without a proc shares one more,
under number -1. A batch says when it begins and each event how much later it happened.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.old.records import Records, ranges
from flakecore.gotrace.old.wire import IS_TIMED, REAL_TICK_ARGUMENT, STACK_ARGUMENT, Ev
from flakecore.gotrace.varint import Places

_PIECE = 1 << 20
"""Events looked at together where all are."""


@dataclass(frozen=True, slots=True)
class OldEvents:
    """Timed events in the order each proc wrote them, proc by proc.

    Attributes:
        type: uint8, (n,), an ``Ev``.
        tick: int64, (n,), trace clock ticks when it was written.
        proc: (n,), the proc that wrote it, ascending; -1 for none.
        streams: int64, (streams + 1,), row at which each proc's events begin, and n.
        renewals: int64, (k,), rows before which something may be missing, ascending: where
            streams begin, and where batches do that stand behind a damaged stretch.
        exits: int64, (e,), rows that tell of a syscall's end later than it ended, ascending.
        ended: int64, (e,), ticks when those syscalls ended.
        first_moves: int64, (k,), rows with which procs are first heard of starting or stopping.
    """

    type: NDArray[np.uint8]
    tick: NDArray[np.int64]
    proc: Places
    streams: NDArray[np.int64]
    renewals: NDArray[np.int64]
    exits: NDArray[np.int64]
    ended: NDArray[np.int64]
    first_moves: NDArray[np.int64]
    _records: Records
    _rows: Places

    def __len__(self) -> int:
        return len(self.type)

    def argument(self, place: int, rows: NDArray[np.intp]) -> Places:
        """Return an argument (after the time difference) of rows whose type has it."""
        return self._records.number(1 + place, self._rows[rows])

    def chosen_argument(self, places: NDArray[np.int8], rows: NDArray[np.intp]) -> Places:
        """Return of each row the argument that a table names for its type; 0 where it has none."""
        value: Places = np.zeros(len(rows), np.int32)
        place = places[self.type[rows]]
        for each in range(int(place.max(initial=-1)) + 1):
            having = np.flatnonzero(place == each)
            argument = self.argument(each, rows[having])
            value = value.astype(np.result_type(value, argument), copy=False)
            value[having] = argument
        return value

    def stack(self, rows: NDArray[np.intp]) -> Places:
        """Return the file's number for the stack each event happened at; 0 for none."""
        return self.chosen_argument(STACK_ARGUMENT, rows)

    def stack_numbers(self) -> Places:
        """Return the numbers of the stacks at which events happened, ascending."""
        pieces = (
            np.unique(self.stack(np.arange(at, min(at + _PIECE, len(self)))))
            for at in range(0, len(self), _PIECE)
        )
        return np.unique(np.concatenate([np.zeros(0, np.int32), *pieces]))

    def texts(self, data: memoryview, rows: NDArray[np.intp]) -> list[str]:
        """Return the messages of logs; ``data`` is the file's bytes."""
        at = self._records.after(4, self._rows[rows])
        size = self._records.number(4, self._rows[rows])
        return [
            str(data[begin : begin + length], "utf-8", "replace")
            for begin, length in zip(at.tolist(), size.tolist(), strict=True)
        ]

    @property
    def first_tick(self) -> int:
        """When the first event was; 0 where there is none."""
        return int(min(self.tick.min(), self.ended.min(initial=self.tick[0]))) if len(self) else 0

    @property
    def last_tick(self) -> int:
        """When the last event was; 0 where there is none."""
        return int(self.tick.max()) if len(self) else 0


def sort_events(records: Records) -> OldEvents:
    """Return the timed events of a file, by proc."""
    batches = np.flatnonzero(records.type == Ev.BATCH)
    timed = np.flatnonzero(IS_TIMED[records.type])
    begins = np.searchsorted(timed, batches)
    counts = np.diff(np.append(begins, len(timed)))
    # Running sums restart with each batch: subtract what had run up when the batch began.
    elapsed = np.zeros(len(timed) + 1, np.int64)
    np.cumsum(records.number(0, timed), out=elapsed[1:])
    tick = elapsed[1:]
    tick += np.repeat(records.number(1, batches) - elapsed[begins], counts)

    proc = records.number(0, batches)
    order = np.argsort(proc, kind="stable")
    rows = ranges(begins[order], counts[order])
    ends = np.cumsum(counts[order])
    last = np.flatnonzero(np.append(np.diff(proc[order]) != 0, True)[: len(order)])
    streams = np.append(0, ends[last])
    tick = tick[rows]
    wide = len(records) >= 1 << 31
    rows = timed[rows].astype(np.int64 if wide else np.int32)
    none = np.zeros(0, np.int64)
    events = OldEvents(
        type=records.type[rows],
        tick=tick,
        proc=np.repeat(proc[order], counts[order]),
        streams=streams,
        renewals=_renewals(records, batches[order], ends - counts[order], streams),
        exits=none,
        ended=none,
        first_moves=_first_moves(records.type[rows], streams),
        _records=records,
        _rows=rows,
    )
    exits, ended = _syscall_ends(events)
    return replace(events, exits=exits, ended=ended)


def spread(otherwise: int, values: Places, places: NDArray[np.intp], count: int) -> Places:
    """Return a column of values at some places and another value at the others."""
    column = np.full(count, otherwise, values.dtype)
    column[places] = values
    return column


def _renewals(
    records: Records,
    batches: NDArray[np.intp],
    begins: NDArray[np.int64],
    streams: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Return the rows before which events may be missing.

    Nothing tells whose batches a damaged stretch held: every proc's next batch begins anew. The
    batches are rows of records, sorted by proc, and ``begins`` the event row each begins at.
    """
    seen = np.searchsorted(records.gaps[:, 0], records.place(batches))
    anew = np.ones(len(batches), np.bool_)
    anew[1:] = seen[1:] != seen[:-1]
    rows: NDArray[np.int64] = np.union1d(streams, begins[anew]).astype(np.int64)
    within: NDArray[np.int64] = rows[rows < streams[-1]]
    return within


def _first_moves(kind: NDArray[np.uint8], streams: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the first row of each stream, if it has one, that starts or stops the proc."""
    rows = np.flatnonzero((kind == Ev.PROC_START) | (kind == Ev.PROC_STOP))
    first = np.searchsorted(rows, streams[:-1])
    found = first < np.searchsorted(rows, streams[1:])
    moves: NDArray[np.int64] = rows[first[found]]
    return moves


def _syscall_ends(events: OldEvents) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the GoSysExit events that were written later than the syscall ended, and when."""
    rows = np.flatnonzero(REAL_TICK_ARGUMENT[events.type] >= 0)
    if not len(rows):
        return rows, np.zeros(0, np.int64)
    real = events.chosen_argument(REAL_TICK_ARGUMENT, rows).astype(np.int64)
    # 0 where it is unknown (``traceGoSysExit``).
    earlier = (real < events.tick[rows]) & (real >= int(events.tick.min()))
    return rows[earlier], real[earlier]
