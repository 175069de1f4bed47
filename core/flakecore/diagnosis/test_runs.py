"""The runs and the subtests of each test of a case, found once for all of its failures.

A log may hold a hundred thousand tests that failed, and each is asked about by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache

from flakecore.timeline import Case, TestSpan, TestStatus


def runs_of(case: Case, name: str) -> Sequence[TestSpan]:
    """Return the runs of the test of a name, in the order in which they began."""
    return _by_name(_Identity(case.tests)).get(name, ())


def subtests_of(case: Case, test: int) -> Sequence[int]:
    """Return the subtests of a test, not those inside them, in the order in which they began."""
    return _inside(_Identity(case.tests)).get(test, ())


def with_kin(case: Case, test: int) -> set[int]:
    """Return a test, those that it is part of, its subtests, and -1 for what belongs to none."""
    within, left = {-1}, [test]
    while left:
        within.add(at := left.pop())
        left += subtests_of(case, at)
    while test >= 0:
        within.add(test)
        test = case.tests[test].parent
    return within


def ended_tests(case: Case) -> frozenset[int]:
    """Return the indices of the tests that had a result before the case ended."""
    return frozenset(
        test.index
        for test in case.tests
        if test.status is not TestStatus.UNFINISHED and test.end_ns < case.end_ns
    )


class _Identity:
    """Tests as a key: the same ones and no others that are equal, which takes as long as a look."""

    def __init__(self, tests: tuple[TestSpan, ...]) -> None:
        self.tests = tests

    def __hash__(self) -> int:
        return id(self.tests)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Identity) and other.tests is self.tests


@lru_cache(maxsize=1)
def _by_name(key: _Identity) -> Mapping[str, Sequence[TestSpan]]:
    found: defaultdict[str, list[TestSpan]] = defaultdict(list)
    for test in key.tests:
        found[test.name].append(test)
    return found


@lru_cache(maxsize=1)
def _inside(key: _Identity) -> Mapping[int, Sequence[int]]:
    """Return the subtests of each test that has any."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    for test in key.tests:
        if test.parent >= 0:
            found[test.parent].append(test.index)
    return found
