"""The waits of all tests' goroutines as columns, each with who ended it and from where."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace import State, Trace
from flakecore.timeline import Schedule

_LONG_NS = 10_000_000
"""A goroutine that was runnable for longer was starved: for so long another one may run before it
is made to leave its proc (``forcePreemptNS``, runtime/proc.go)."""
_IS_WAIT = np.array([state.waiting for state in State], np.bool_)


@dataclass(frozen=True, slots=True)
class CaseWaits:
    """Waits, and times spent waiting for a proc; every column (n,), int64, not in order.

    Attributes:
        goroutine: whose.
        start_ns, end_ns: when.
        state: ``State``; RUNNABLE only where it lasted long.
        stack: number of the stack at which it began.
        waker: goroutine that ended it; 0 for none.
        wake_stack: number of that goroutine's stack; 0 for none.
    """

    goroutine: NDArray[np.int64]
    start_ns: NDArray[np.int64]
    end_ns: NDArray[np.int64]
    state: NDArray[np.int64]
    stack: NDArray[np.int64]
    waker: NDArray[np.int64]
    wake_stack: NDArray[np.int64]

    def of(self, goroutines: NDArray[np.int64]) -> CaseWaits:
        """Return those of some goroutines, in order of time."""
        rows = np.flatnonzero(np.isin(self.goroutine, goroutines))
        rows = rows[np.argsort(self.start_ns[rows], kind="stable")]
        return CaseWaits(*(getattr(self, name)[rows] for name in self.__slots__))


def case_waits(trace: Trace, schedule: Schedule) -> CaseWaits:
    """Return the waits of all goroutines of tests, decoding every interval of the trace once."""
    parts: list[NDArray[np.int64]] = []
    crossing = trace.goroutines.crossing
    for columns in trace.goroutines.parts():
        lane = np.repeat(columns.lanes, np.diff(columns.first))
        of_test = np.repeat(schedule.tree.tests_of(columns.lanes) >= 0, np.diff(columns.first))
        took = columns.until.astype(np.int64) - columns.since
        state = columns.state
        starved = (state == State.RUNNABLE) & (took > _LONG_NS)
        rows = np.flatnonzero(of_test & (_IS_WAIT[state] | starved))
        if columns is crossing.columns:
            waker, wake_stack = crossing.waker[rows], crossing.wake_stack[rows]
        else:
            after = np.minimum(rows + 1, len(lane) - 1)
            follows = (lane[after] == lane[rows]) & (after > rows) & ~columns.last[rows]
            waker = np.where(follows, columns.actor[after], 0)
            wake_stack = np.where(follows, columns.stack[after], 0)
        start = columns.since[rows].astype(np.int64) + columns.origin_ns
        found = (lane[rows], start, start + took[rows], state[rows], columns.stack[rows])
        parts.append(np.array([*found, np.maximum(waker, 0), wake_stack], np.int64))
    every = np.concatenate(parts, axis=1) if parts else np.zeros((7, 0), np.int64)
    return CaseWaits(*every)
