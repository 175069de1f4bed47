"""Upper bound on what a path through the beam search can still score.

Shapes and tokens left aside, the score of a write depends on the number of its units alone. So the
best score of the remaining writes for exactly the remaining units follows from a dynamic program
that runs back from the end, for all numbers of units at once. No path can do better than that.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_MAX_CELLS = 1 << 24
"""Writes times units, one float64 each (128 MB); a larger segment has no bound (0)."""
_IMPOSSIBLE = -1e9
"""Score in nats below that of every path."""


class SearchBound:
    """Upper bounds in nats for every state of a segment."""

    def __init__(
        self,
        count_scores: Sequence[Sequence[float]],
        skip_scores: Sequence[float],
        open_start: bool,
        open_end: bool,
        baselines: Sequence[float],
    ) -> None:
        """Fill the table from the last write to the first.

        Args:
            count_scores: (writes,), of each the best score for printing 0, 1, 2 … units.
            skip_scores: (units,), the best score for passing over a unit.
            open_start: passing over units before the first write costs their baselines alone.
            open_end: the same of units after the last write.
            baselines: (units,), see ``SearchSegment``.
        """
        self._count_scores = count_scores
        self._units = len(skip_scores)
        self._rows: list[list[float]] = []
        self._deferred: dict[tuple[int, tuple[tuple[int, int], ...]], list[float]] = {}
        if len(count_scores) * self._units > _MAX_CELLS:
            return
        skipping = _sums_to_end(skip_scores)
        skipping_free = _sums_to_end([-baseline for baseline in baselines])
        rest = np.array(skipping_free if open_end else skipping)
        rows = [rest.tolist()]
        for write in reversed(range(len(count_scores))):
            along = skipping_free if open_start and not write else skipping
            # The maximum over all units with which the write may begin.
            reached = _after_write(rest, count_scores[write]) - along
            rest = np.maximum.accumulate(reached[::-1])[::-1] + along
            rows.append(rest.tolist())
        self._rows = rows[::-1]

    def of(self, write: int, unit: int, deferred: tuple[tuple[int, int], ...]) -> float:
        """Return an upper bound on the score of the rest of a path.

        Args:
            write: the next write.
            unit: the next unit.
            deferred: writes before ``write`` that are still to print, each with the number of
                units that it has printed.
        """
        if not self._rows:
            return 0.0
        if not deferred:
            return self._rows[write][unit]
        row = self._deferred.get((write, deferred))
        if row is None:
            values = np.array(self._rows[write])
            for back, printed in deferred:
                # It need not print next: the rest may go on meanwhile as if it were not there.
                now = _after_write(values, self._count_scores[back][printed:])
                values = np.maximum(values, now)
            row = self._deferred[write, deferred] = values.tolist()
        return row[unit]


def _sums_to_end(scores: Sequence[float]) -> NDArray[np.float64]:
    """Return (units + 1,) the sum of the scores from each unit to the end."""
    sums = np.zeros(len(scores) + 1)
    sums[:-1] = np.cumsum(np.array(scores, np.float64)[::-1])[::-1]
    return sums


def _after_write(rest: NDArray[np.float64], counts: Sequence[float]) -> NDArray[np.float64]:
    """Return (units + 1,) the best score from each unit on if a write prints there first.

    Args:
        rest: (units + 1,) the best score from each unit on behind that write.
        counts: its scores for printing 0, 1, 2 … units.
    """
    best = np.full(len(rest), _IMPOSSIBLE)
    for number, score in enumerate(counts[: len(rest)]):
        into = best[: len(rest) - number]
        np.maximum(into, rest[number:] + score, out=into)
    return best
