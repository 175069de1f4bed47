"""Event columns of the old format: timed events, one row an event, proc by proc.

Each proc wrote a stream of its own, batch after batch; what ran without a proc shares one more,
under number -1. A batch says when it begins and each event how much later it happened.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.old.records import Records, ranges
from flakecore.gotrace.old.wire import IS_TIMED, REAL_TICK_ARGUMENT, STACK_ARGUMENT, Ev


@dataclass(frozen=True, slots=True)
class OldEvents:
    """Timed events in the order each proc wrote them, proc by proc.

    Attributes:
        type: uint8, (n,), an ``Ev``.
        tick: int64, (n,), trace clock ticks; of a GoSysExit when the syscall ended.
        procs: int64, (streams,), the proc of each stream, ascending; -1 for none.
        streams: int64, (streams + 1,), row at which each proc's events begin, and n.
        renewals: int64, (k,), rows before which something may be missing, ascending: where
            streams begin, and where batches do that stand behind a damaged stretch.
    """

    type: NDArray[np.uint8]
    tick: NDArray[np.int64]
    procs: NDArray[np.int64]
    streams: NDArray[np.int64]
    renewals: NDArray[np.int64]
    _records: Records
    _rows: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.type)

    def argument(self, place: int, rows: NDArray[np.intp]) -> NDArray[np.int64]:
        """Return an argument (after the time difference) of rows whose type has it; int64."""
        return self._records.number(1 + place, self._rows[rows])

    def chosen_argument(
        self, places: NDArray[np.int8], rows: NDArray[np.intp]
    ) -> NDArray[np.int64]:
        """Return of each row the argument that a table names for its type; 0 where it has none."""
        value = np.zeros(len(rows), np.int64)
        place = places[self.type[rows]]
        for each in np.unique(place[place >= 0]).tolist():
            having = np.flatnonzero(place == each)
            value[having] = self.argument(each, rows[having])
        return value

    def proc(self, rows: NDArray[np.intp]) -> NDArray[np.int64]:
        """Return the proc that wrote each of some rows; -1 for none."""
        return self.procs[np.searchsorted(self.streams, rows, side="right") - 1]

    def stack(self, rows: NDArray[np.intp]) -> NDArray[np.int64]:
        """Return the file's number for the stack each event happened at; 0 for none."""
        return self.chosen_argument(STACK_ARGUMENT, rows)


def sort_events(records: Records) -> OldEvents:
    """Return the timed events of a file, by proc."""
    batches = np.flatnonzero(records.type == Ev.BATCH)
    timed = np.flatnonzero(IS_TIMED[records.type])
    begins = np.searchsorted(timed, batches)
    counts = np.diff(np.append(begins, len(timed)))
    # Running sums restart with each batch: subtract what had run up when the batch began.
    elapsed = np.zeros(len(timed) + 1, np.int64)
    np.cumsum(records.number(0, timed), out=elapsed[1:])
    tick = elapsed[1:] + np.repeat(records.number(1, batches) - elapsed[begins], counts)

    proc = records.number(0, batches)
    order = np.argsort(proc, kind="stable")
    rows = ranges(begins[order], counts[order])
    ends = np.cumsum(counts[order])
    procs, last = np.unique(proc[order][::-1], return_index=True)
    streams = np.append(0, ends[len(order) - 1 - last])
    events = OldEvents(
        type=records.type[timed[rows]],
        tick=tick[rows],
        procs=procs,
        streams=streams,
        renewals=_renewals(records, batches[order], ends - counts[order], streams),
        _records=records,
        _rows=timed[rows],
    )
    _date_syscall_ends(events)
    return events


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
    damage = np.array([gap.begin for gap in records.gaps], np.int64)
    seen = np.searchsorted(damage, records.place(batches))
    anew = np.ones(len(batches), np.bool_)
    anew[1:] = seen[1:] != seen[:-1]
    rows: NDArray[np.int64] = np.union1d(streams, begins[anew]).astype(np.int64)
    within: NDArray[np.int64] = rows[rows < streams[-1]]
    return within


def _date_syscall_ends(events: OldEvents) -> None:
    """Put GoSysExit events at the time the syscall ended; they were written some time later."""
    rows = np.flatnonzero(REAL_TICK_ARGUMENT[events.type] >= 0)
    if not len(rows):
        return
    real = events.chosen_argument(REAL_TICK_ARGUMENT, rows)
    # 0 where it is unknown (``traceGoSysExit``).
    known = (real <= events.tick[rows]) & (real >= int(events.tick.min()))
    events.tick[rows[known]] = real[known]
