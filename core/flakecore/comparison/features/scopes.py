"""Which goroutines and which time count for a run and for each of its tests.

A run counts every goroutine but the runtime's own, over the whole trace. A test counts its own
goroutine, those that it and they created, and those of its subtests, from its beginning to its end:
what it leaves behind is not its running any more. Tests are numbered so that a test's subtests
follow it without a gap; what holds for a test and its subtests is then a range of rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.timeline import TestSpan


@dataclass(frozen=True, slots=True)
class NestedTests:
    """Tests in an order in which each is followed by all of its subtests.

    Attributes:
        place: int64, (tests,), place of each test in that order.
        size: int64, (tests,), how many tests it and its subtests are together.
        start_ns, end_ns: int64, (tests,), by place, when each ran.
    """

    __test__ = False

    place: NDArray[np.int64]
    size: NDArray[np.int64]
    start_ns: NDArray[np.int64]
    end_ns: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.place)

    def places(self, test: int) -> slice:
        """Return the places of a test and its subtests."""
        first = int(self.place[test])
        return slice(first, first + int(self.size[test]))


def order_of_tests(tests: Sequence[TestSpan]) -> NestedTests:
    """Return the order of some tests; each names its parent by its index in ``tests``."""
    children: list[list[int]] = [[] for _ in tests]
    roots: list[int] = []
    for test in tests:
        (children[test.parent] if test.parent >= 0 else roots).append(test.index)
    place, size = np.zeros(len(tests), np.int64), np.ones(len(tests), np.int64)
    order: list[int] = []
    waiting = roots[::-1]
    while waiting:
        index = waiting.pop()
        place[index] = len(order)
        order.append(index)
        waiting.extend(reversed(children[index]))
    for index in reversed(order):
        if tests[index].parent >= 0:
            size[tests[index].parent] += size[index]
    in_order = [tests[index] for index in order]
    return NestedTests(
        place=place,
        size=size,
        start_ns=np.array([test.start_ns for test in in_order], np.int64),
        end_ns=np.array([test.end_ns for test in in_order], np.int64),
    )


def sums_with_subtests(order: NestedTests, values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each test, by its index, the sum over it and its subtests.

    Args:
        order: the order of the tests.
        values: int64, (tests, ...), by place.
    """
    total = np.zeros((len(order) + 1, *values.shape[1:]), np.int64)
    np.cumsum(values, axis=0, out=total[1:])
    summed: NDArray[np.int64] = total[order.place + order.size] - total[order.place]
    return summed
