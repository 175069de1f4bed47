"""How many goroutines lived at once: highest number, variance, and how many were left."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.comparison.features.scopes import NestedTests
from flakecore.gotrace import Trace
from flakecore.timeline import Schedule

_NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """When goroutines lived, without the runtime's own; every column int64, (n,).

    Attributes:
        goroutine: its number.
        start_ns: when each was created; 0 for one that was there before the trace.
        end_ns: when it ended; the highest int64 for one that was still there at the end.
        place: place of its test in ``NestedTests``; the number of tests for none.
    """

    goroutine: NDArray[np.int64]
    start_ns: NDArray[np.int64]
    end_ns: NDArray[np.int64]
    place: NDArray[np.int64]

    def of(self, places: slice, order: NestedTests) -> Lifetimes:
        """Return the goroutines of some tests, each as far as it lived while its test ran."""
        rows = np.flatnonzero((self.place >= places.start) & (self.place < places.stop))
        place = self.place[rows]
        start = np.maximum(self.start_ns[rows], order.start_ns[place])
        end = self.end_ns[rows]
        end = np.where(end > order.end_ns[place], order.end_ns[place], end)
        inside = start <= end
        number = self.goroutine[rows]
        return Lifetimes(number[inside], start[inside], end[inside], place[inside])


@dataclass(frozen=True, slots=True)
class CountStatistics:
    """The number of live goroutines over a window.

    Attributes:
        peak: the highest number.
        variance: of the numbers after each change; 0.0 without any.
        variance_by_time: of the number at every moment, each alike.
    """

    peak: int
    variance: float
    variance_by_time: float


def lifetimes(trace: Trace, schedule: Schedule, order: NestedTests) -> Lifetimes:
    """Return when the goroutines of a trace lived, by place."""
    columns = schedule.tree.columns()
    own = ~np.isin(columns.goroutine, schedule.tree.system)
    numbers, rows, test = columns.goroutine[own], columns.creation[own], columns.test[own]
    start = np.zeros(len(rows), np.int64)
    start[rows >= 0] = trace.creations.time[rows[rows >= 0]]
    end = trace.goroutines.ends_of(numbers)
    place = np.full(len(rows), len(order), np.int64)
    place[test >= 0] = order.place[test[test >= 0]]
    by_place = np.argsort(place, kind="stable")
    end = np.where(end < 0, _NEVER, end)
    return Lifetimes(numbers[by_place], start[by_place], end[by_place], place[by_place])


def left_at_the_end(lives: Lifetimes, order: NestedTests) -> int:
    """Return how many goroutines of tests were still there when the trace ended."""
    return int(np.count_nonzero((lives.place < len(order)) & (lives.end_ns == _NEVER)))


def left_after_tests(
    lives: Lifetimes, order: NestedTests, own: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return how many goroutines outlived their test; int64, (tests,), by place.

    Args:
        lives: the goroutines.
        order: the tests.
        own: the goroutines that run tests: they end a little after their test has a result.
    """
    of_test = np.flatnonzero((lives.place < len(order)) & ~np.isin(lives.goroutine, own))
    place = lives.place[of_test]
    left = lives.end_ns[of_test] > order.end_ns[place]
    left &= lives.start_ns[of_test] <= order.end_ns[place]
    return np.bincount(place[left], minlength=len(order)).astype(np.int64)


def count_statistics(lives: Lifetimes, start_ns: int, end_ns: int) -> CountStatistics:
    """Return the statistics of how many goroutines lived at once in a window.

    Changes at one moment count one after the other, beginnings before ends.

    Args:
        lives: the goroutines.
        start_ns: when the window begins; who lived then is there from the first.
        end_ns: when it ends.
    """
    begins = np.maximum(lives.start_ns, start_ns)
    ends = lives.end_ns[lives.end_ns <= end_ns]
    before = int(np.count_nonzero(lives.start_ns <= start_ns))
    begins = begins[lives.start_ns > start_ns]
    time = np.concatenate((begins, ends))
    step = np.concatenate((np.ones(len(begins), np.int64), np.full(len(ends), -1, np.int64)))
    order = np.lexsort((-step, time))
    time, counts = time[order], before + np.cumsum(step[order])
    if not len(counts):
        return CountStatistics(before, 0.0, 0.0)
    lasted = np.diff(np.concatenate(([start_ns], time, [end_ns]))).astype(np.float64)
    levels = np.concatenate(([before], counts)).astype(np.float64)
    weight = lasted.sum()
    mean = float((levels * lasted).sum() / weight) if weight > 0 else 0.0
    spread = float((lasted * (levels - mean) ** 2).sum() / weight) if weight > 0 else 0.0
    return CountStatistics(int(levels.max()), float(counts.var()), spread)
