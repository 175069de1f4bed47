"""Which stretches of a case are idle, and where everything stood still.

What counts are the goroutines of one test, and those that it waited on or that waited on it: a
stretch in which none of them changes its state is idle for that test, whatever else goes on. What
the others do in it is still drawn, in the few cells that the gap has.
"""

from __future__ import annotations

from collections import OrderedDict
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from flakecore.diagnosis.waits.wake_partners import partners_of
from flakecore.timeline import Case, FailureKind, Gap, Schedule, TestStatus
from flaketui.view.test_tree import family

GAPS_MOST = 6
"""Gaps of a case at most, the longest: each takes a part of the screen."""
_LEAST_PART = 20
"""A stretch is folded from one part in so many of the case on, or twice as long
as what is not."""
_RIM = 10
"""Of what moves, one part in so many of its time is left on both sides of a gap."""
_MOSTLY = 0.9
"""A test of which so much is idle opens folded: it waited for something in vain."""
PARTNERS_MOST = 8
"""Goroutines of others that count, those that were waited on longest."""
_LAST_CHANGES = 12
"""Changes before everything stood still that are brought into view."""


def lanes_that_count(case: Case, test: int) -> tuple[int, ...]:
    """Return the goroutines of a test and its subtests, and those they had to do with."""
    schedule = case.schedule
    if schedule is None or test < 0:
        return ()
    own = [number for each in family(case.tests, test) for number in schedule.goroutines_of(each)]
    return (*own, *partners_of(case, test)[:PARTNERS_MOST])


def changes_of(case: Case, test: int) -> NDArray[np.int64]:
    """Return when a test's goroutines change within the case; none where there is no trace."""
    numbers, schedule = lanes_that_count(case, test), case.schedule
    if schedule is None or not numbers:
        return np.zeros(0, np.int64)
    found = schedule.changes(numbers)
    return found[(found >= case.start_ns) & (found <= case.end_ns)]


_KEPT: WeakKeyDictionary[Schedule, OrderedDict[int, tuple[Gap, ...]]] = WeakKeyDictionary()
"""The gaps of the tests of each trace that were asked for last: they stay as they were."""
_KEPT_MOST = 8
"""Foldings in the cache: of the cases and goroutines seen last. Chosen, not measured."""


def gaps_of(case: Case, test: int) -> tuple[Gap, ...]:
    """Return the idle stretches of a test that are worth folding, in order of time.

    Where nothing failed, the time after the last test is one more.
    """
    if case.schedule is None:
        return _gaps(case, test)
    kept = _KEPT.setdefault(case.schedule, OrderedDict())
    found = kept.get(test)
    if found is None:
        found = kept[test] = _gaps(case, test)
        while len(kept) > _KEPT_MOST:
            kept.popitem(last=False)
    return found


def _is_busy(case: Case, test: int) -> bool:
    """Return whether it is plain that no stretch of a test is idle for long enough to be folded."""
    numbers, schedule = lanes_that_count(case, test), case.schedule
    if schedule is None or not numbers:
        return False
    whole = case.end_ns - case.start_ns
    return schedule.longest_stretch(numbers, case.start_ns, case.end_ns) * _LEAST_PART < whole


def _gaps(case: Case, test: int) -> tuple[Gap, ...]:
    changes = np.zeros(0, np.int64) if _is_busy(case, test) else changes_of(case, test)
    whole = case.end_ns - case.start_ns
    least = max(whole // _LEAST_PART, 1)
    found: list[tuple[int, int]] = []
    if len(changes):
        failed = [one.at_ns for one in case.failures if one.test == test]
        ends = np.array([case.start_ns, *failed, case.end_ns], np.int64)
        bounds = np.sort(np.concatenate([ends, changes]), kind="stable")
        length = np.diff(bounds)
        moving = whole
        for at in _longest(length).tolist():
            if length[at] >= min(least, 2 * (moving - length[at])):
                moving -= int(length[at])
                found.append((int(bounds[at]), int(bounds[at + 1])))
    if not case.failures and case.tests:
        after = max(span.end_ns for span in case.tests)
        if case.end_ns - after >= least:
            found = [each for each in found if each[1] <= after] + [(after, case.end_ns)]
    moving = whole - sum(end - start for start, end in found)
    gaps = []
    for start, end in sorted(found):
        rim = min((end - start) // 8, moving // _RIM)
        gaps.append(Gap(start + rim, end - rim))
    return tuple(gaps)


def _longest(length: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the places of the ``GAPS_MOST`` longest, the longest first, of equals the earlier."""
    if len(length) > GAPS_MOST:
        least = np.partition(length, -GAPS_MOST)[-GAPS_MOST]
        places = np.flatnonzero(length >= least)
    else:
        places = np.arange(len(length))
    return places[np.argsort(-length[places], kind="stable")][:GAPS_MOST]


def opens_folded(case: Case, test: int) -> bool:
    """Whether a test's failure is shown folded at first: it hung, or most of it nothing moved.

    A case in which nothing failed is, for what comes after its tests.
    """
    if not case.failures:
        return True
    if test < 0:
        return False
    span = case.tests[test]
    idle = sum(
        max(0, min(gap.end_ns, span.end_ns) - max(gap.start_ns, span.start_ns))
        for gap in gaps_of(case, test)
    )
    timed_out = (one.test == test for one in case.failures if one.kind is FailureKind.TIMEOUT)
    hung = span.status is TestStatus.UNFINISHED or any(timed_out)
    return hung or idle >= _MOSTLY * (span.end_ns - span.start_ns) > 0


def last_moments(case: Case, test: int) -> tuple[int, int] | None:
    """Return from where to when a test's goroutines last changed before all of them stood still.

    They stood still in the longest stretch in which none of them changes; None where nothing is
    known of them.
    """
    changes = changes_of(case, test)
    if not len(changes):
        return None
    bounds = np.append(changes, case.end_ns)
    at = int(np.argmax(np.diff(bounds)))
    first = int(changes[max(at - _LAST_CHANGES, 0)])
    return first, int(changes[at])
