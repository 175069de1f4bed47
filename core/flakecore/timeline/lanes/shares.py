"""How much of each column of a screen a lane spent in each state, exactly, at any zoom.

Summing intervals for every column would cost as much as the window holds intervals. Instead the
time a lane has spent in a state up to any moment is one binary search away: the state's own
intervals with a running sum of their lengths. A column's share is the difference of two such
sums, so a frame costs rows times columns times the logarithm of the intervals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace import State


@dataclass(frozen=True, slots=True)
class Cells:
    """One lane cut into columns of equal width; every array is (columns,).

    Attributes:
        state: uint8, the ``State`` that fills most of the column; ABSENT where there is none.
        thin: uint8, another ``State`` that occurs in the column and would otherwise not be seen,
            work before waiting; 0 for none.
        work: uint8, the part of the column that the lane was running, in 255ths; at least 1 where
            it ran at all.
        occupant: int64, for a proc the goroutine it ran, for a thread the proc it held, at the
            column's middle or else last within it; -1 for none and for goroutines.
    """

    state: NDArray[np.uint8]
    thin: NDArray[np.uint8]
    work: NDArray[np.uint8]
    occupant: NDArray[np.int64]


_SEEN_FIRST = (State.RUNNING, State.SYSCALL, State.RUNNABLE)
"""Of several short states in a column, these show first: work hides among long waits."""


class LaneShares:
    """One lane's intervals, grouped by state, with running sums."""

    def __init__(
        self, start: NDArray[np.int64], end: NDArray[np.int64], state: NDArray[np.uint8]
    ) -> None:
        """Group a lane's intervals, given in order of time."""
        self.states: list[State] = []
        self._groups: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]] = []
        for present in np.flatnonzero(np.bincount(state)).tolist():
            rows = np.flatnonzero(state == present)
            begin, length = start[rows], end[rows] - start[rows]
            before = np.zeros(len(rows), np.int64)
            np.cumsum(length[:-1], out=before[1:])
            self.states.append(State(present))
            self._groups.append((begin, length, before))

    def shares(self, edges: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return nanoseconds in each state between neighbouring edges, and where it occurs.

        Args:
            edges: int64, (columns + 1,), ascending.

        Returns:
            Two arrays (states, columns), in the order of ``states``: int64 time, and bool True
            also where the state occurs for less than a clock tick.
        """
        columns = len(edges) - 1
        time = np.zeros((len(self._groups), columns), np.int64)
        occurs = np.zeros((len(self._groups), columns), np.bool_)
        for row, (begin, length, before) in enumerate(self._groups):
            index = np.searchsorted(begin, edges, side="left") - 1
            inside = np.maximum(index, 0)
            spent = before[inside] + np.minimum(edges - begin[inside], length[inside])
            spent[index < 0] = 0
            time[row] = spent[1:] - spent[:-1]
            occurs[row] = (time[row] > 0) | (index[1:] > index[:-1])
        return time, occurs

    def cells(
        self, edges: NDArray[np.int64]
    ) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]:
        """Return ``state``, ``thin`` and ``work`` of the columns, as in ``Cells``."""
        columns = len(edges) - 1
        if not self.states:
            none = np.zeros(columns, np.uint8)
            return none, none, none
        time, occurs = self.shares(edges)
        work = np.zeros(columns, np.uint8)
        if State.RUNNING in self.states:
            row = self.states.index(State.RUNNING)
            part = time[row] * 255 // np.maximum(np.diff(edges), 1)
            work = np.where(occurs[row], np.clip(part, 1, 255), 0).astype(np.uint8)
        codes = np.array(self.states, np.uint8)
        most = time.argmax(axis=0)
        # A column narrower than the gap between events may hold only instants.
        instants = ~time.any(axis=0)
        most[instants] = occurs[:, instants].argmax(axis=0)
        present = occurs.any(axis=0)
        state = np.where(present, codes[most], State.ABSENT).astype(np.uint8)
        thin = np.zeros(columns, np.uint8)
        occurs[most, np.arange(columns)] = False
        ranked = sorted(range(len(codes)), key=lambda row: _rank(self.states[row]), reverse=True)
        for row in ranked:
            thin[occurs[row]] = codes[row]
        return state, thin, work


def joined_cells(parts: Sequence[Cells]) -> Cells:
    """Return the cells of parts that follow one another as those of one lane."""
    return Cells(
        np.concatenate([part.state for part in parts]),
        np.concatenate([part.thin for part in parts]),
        np.concatenate([part.work for part in parts]),
        np.concatenate([part.occupant for part in parts]),
    )


def _rank(state: State) -> int:
    return _SEEN_FIRST.index(state) if state in _SEEN_FIRST else len(_SEEN_FIRST)


def column_edges(start_ns: int, end_ns: int, columns: int) -> NDArray[np.int64]:
    """Return the edges of ``columns`` columns of equal width over a window; (columns + 1,)."""
    # In whole nanoseconds: a fraction's rounding would move the last edge off the window's end.
    return start_ns + np.arange(columns + 1, dtype=np.int64) * max(end_ns - start_ns, 1) // columns
