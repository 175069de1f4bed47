"""What is bound to each proc: the goroutine that runs on it and the thread that has it.

A slice of a proc's stream begins with what was bound at the end of the slice before. Within it,
what is bound changes at few events, and columns are filled forward from those.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.events.context import NO_GOROUTINE
from flakecore.gotrace.format.varint import IntColumn
from flakecore.gotrace.v1.events import EventsV1
from flakecore.gotrace.v1.format.wire import EvV1, of_types

NO_THREAD = -1

STARTS = of_types(EvV1.GO_START, EvV1.GO_START_LOCAL, EvV1.GO_START_LABEL)
"""Types with which a goroutine starts to run on the proc."""
STOPS = of_types(
    EvV1.GO_END,
    EvV1.GO_STOP,
    EvV1.GO_SCHED,
    EvV1.GO_PREEMPT,
    EvV1.GO_SLEEP,
    EvV1.GO_BLOCK,
    EvV1.GO_BLOCK_SEND,
    EvV1.GO_BLOCK_RECV,
    EvV1.GO_BLOCK_SELECT,
    EvV1.GO_BLOCK_SYNC,
    EvV1.GO_BLOCK_COND,
    EvV1.GO_BLOCK_NET,
    EvV1.GO_BLOCK_GC,
    EvV1.GO_SYS_BLOCK,
)
"""Types with which the running goroutine gives up the proc, or loses it in a syscall."""
_CHANGES_RUNNING = STARTS | STOPS
_CHANGES_THREAD = of_types(EvV1.PROC_START, EvV1.PROC_STOP)


class ProcBindings:
    """Goroutine and thread bound to each proc, from one slice of its stream to the next."""

    def __init__(self, streams: int) -> None:
        """Begin with nothing bound to the proc of each of ``streams`` streams."""
        self._running = np.full(streams, NO_GOROUTINE, np.int64)
        self._span = np.zeros(streams, np.int64)
        self._thread = np.full(streams, NO_THREAD, np.int64)

    def bind(
        self,
        events: EventsV1,
        sequence: IntColumn,
        rows: NDArray[np.int64],
        counts: NDArray[np.int64],
    ) -> tuple[IntColumn, IntColumn, IntColumn]:
        """Return the goroutine running just before each row, its sequence number, and the thread.

        The rows are one slice of each stream, of ``counts`` rows each.
        """
        kind = events.type[rows]
        begins = np.cumsum(counts) - counts
        # After damage another goroutine may run than before it.
        lost = positions_in(rows, events.discontinuities)
        anew = np.isin(begins, lost) & (counts > 0)
        self._running[anew], self._span[anew] = NO_GOROUTINE, 0
        lost = np.setdiff1d(lost, begins)
        changes = np.flatnonzero(_CHANGES_RUNNING[kind])
        starts = STARTS[kind[changes]]
        which = rows[changes]
        runs = _SliceForwardFill(changes, begins, lost, len(rows))
        goroutine = np.where(starts, wide(events.named[which]), NO_GOROUTINE)
        running, self._running = runs.fill(goroutine, self._running, NO_GOROUTINE)
        span, self._span = runs.fill(np.where(starts, sequence[which], 0), self._span, 0)

        moves = np.flatnonzero(_CHANGES_THREAD[kind])
        taken = np.flatnonzero(kind[moves] == EvV1.PROC_START)
        bound_thread = np.full(len(moves), NO_THREAD, np.int64)
        bound_thread[taken] = events.argument(0, rows[moves[taken]])
        runs = _SliceForwardFill(moves, begins, lost[:0], len(rows))
        thread, self._thread = runs.fill(bound_thread, self._thread, NO_THREAD)
        return running, span, thread


class _SliceForwardFill:
    """Fills columns forward over slices: each row gets the value of the last change before it."""

    def __init__(
        self,
        changes: NDArray[np.intp],
        begins: NDArray[np.int64],
        lost: NDArray[np.intp],
        count: int,
    ) -> None:
        """Take the rows of changes, of beginnings of slices, and where the value becomes unknown.

        All ascend; no row of ``lost`` is the beginning of a slice.
        """
        anew = np.concatenate((begins, lost))
        order = np.argsort(anew, kind="stable")
        self._places = np.searchsorted(changes + 1, anew[order], side="right")
        places = np.insert(changes + 1, self._places, anew[order])
        self._lengths = np.diff(np.append(places, count))
        # Position of each slice's first value; its last value is just before the next slice's.
        inserted = np.empty(len(anew), np.int64)
        inserted[order] = self._places + np.arange(len(anew))
        self._order, self._slices = order, len(begins)
        self._last = np.append(inserted[1 : len(begins)], len(places))[: len(begins)] - 1

    def fill(
        self, value: IntColumn, initial: NDArray[np.int64], lost: int
    ) -> tuple[IntColumn, NDArray[np.int64]]:
        """Return the filled column, and the value with which each slice ends.

        Args:
            value: of each change.
            initial: the value with which each slice begins.
            lost: the value where it is unknown.
        """
        anew = np.full(len(self._order), lost, np.result_type(value, np.int32))
        if len(initial) and int(np.abs(initial).max()) >= 1 << 31:
            anew = anew.astype(np.int64)
        anew[: self._slices] = initial
        values = np.insert(value.astype(anew.dtype, copy=False), self._places, anew[self._order])
        return np.repeat(values, self._lengths), values[self._last].astype(np.int64)


def wide(column: IntColumn) -> IntColumn:
    """Return a column of at least 32 bits, so that arithmetic does not overflow."""
    return column.astype(np.result_type(column, np.int32), copy=False)


def positions_in(rows: NDArray[np.int64], wanted: NDArray[np.int64]) -> NDArray[np.intp]:
    """Return the positions in ``rows``, ascending, of those of ``wanted`` that are in it."""
    index = np.searchsorted(rows, wanted)
    inside = index < len(rows)
    index, wanted = index[inside], wanted[inside]
    found: NDArray[np.intp] = index[rows[index] == wanted]
    return found
