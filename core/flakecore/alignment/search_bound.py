"""The most that a path through a lattice can still gain: what remains must be dealt out as well.

Looks and voices left aside, a write scores by the number of its units alone. So the best score of
the writes that remain, for just as many units as remain, is found by going back from the end, all
numbers of units at once. No path can do better than that.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_LARGEST = 1 << 24
"""Writes times units; beyond it nothing is foreseen."""
_IMPOSSIBLE = -1e9


class SearchBound:
    """Upper bounds, in natural logarithms, for every place of a stretch."""

    def __init__(
        self,
        numbers: Sequence[Sequence[float]],
        passing: Sequence[float],
        open_start: bool,
        open_end: bool,
        pars: Sequence[float],
    ) -> None:
        """Look back from the end.

        Args:
            numbers: of each write, the best score for printing 0, 1, 2 … units.
            passing: (units,) what it costs at least to pass over a unit.
            open_start: units before the first write cost their par alone.
            open_end: units after the last one do.
            pars: (units,).
        """
        self._numbers = numbers
        self._units = len(passing)
        self._rows: list[list[float]] = []
        self._held: dict[tuple[int, tuple[int, ...]], list[float]] = {}
        if len(numbers) * self._units > _LARGEST:
            return
        costs = _from_each(passing)
        freely = _from_each([-par for par in pars])
        rest = np.array(freely if open_end else costs)
        rows = [rest.tolist()]
        for write in reversed(range(len(numbers))):
            along = freely if open_start and not write else costs
            # The best of all places from which on the write may print.
            reached = _after(rest, numbers[write]) - along
            rest = np.maximum.accumulate(reached[::-1])[::-1] + along
            rows.append(rest.tolist())
        self._rows = rows[::-1]

    def of(self, write: int, unit: int, held: tuple[int, ...]) -> float:
        """Return the most that can be gained from a unit on.

        Args:
            write: the first that has not been told of.
            unit: the first that has not been dealt out.
            held: writes before it that are still to print.
        """
        if not self._rows:
            return 0.0
        if not held:
            return self._rows[write][unit]
        row = self._held.get((write, held))
        if row is None:
            values = np.array(self._rows[write])
            for back in held:
                # What it printed already is told of; it need not print more.
                values = np.maximum(values, _after(values, self._numbers[back]))
            row = self._held[write, held] = values.tolist()
        return row[unit]


def _from_each(costs: Sequence[float]) -> NDArray[np.float64]:
    """Return (units + 1,) the sum of the costs from each place to the end."""
    sums = np.zeros(len(costs) + 1)
    sums[:-1] = np.cumsum(np.array(costs, np.float64)[::-1])[::-1]
    return sums


def _after(rest: NDArray[np.float64], numbers: Sequence[float]) -> NDArray[np.float64]:
    """Return the best that can be gained from each place if a write prints there."""
    best = np.full(len(rest), _IMPOSSIBLE)
    for number, score in enumerate(numbers[: len(rest)]):
        into = best[: len(rest) - number]
        np.maximum(into, rest[number:] + score, out=into)
    return best
