"""Tests have their goroutines within the windows of a flight recorder, and none between them."""

from __future__ import annotations

import numpy as np
import pytest

from flakecore.timeline import TestStatus
from flakecore.timeline.window_goroutines import first_test
from flakecore.times import MILLISECOND
from flights import WITH_RECORDER, flight_case

STAMPS = np.arange(60, dtype=np.int64) * 20 * MILLISECOND
"""Of tests that each take 20 ms, one after the other."""


def first_of(late_ms: list[float]) -> int:
    """Return with which test a stretch begins, by how late each is read; the first is number 10."""
    count = len(late_ms)
    late = (np.array(late_ms) * MILLISECOND).astype(np.int64)
    times = STAMPS[10 : 10 + count] - late
    no, yes = np.zeros(count, np.bool_), np.ones(count, np.bool_)
    return first_test(times, yes, no, STAMPS, np.zeros(len(STAMPS), np.bool_))


def test_stamps_that_are_little_later_than_their_writes_tell_the_first_test() -> None:
    assert first_of([0.1, 0.2, 0.1, 3.0]) == 10


def test_on_a_busy_machine_no_stamp_is_earlier_than_its_write() -> None:
    """Read 15 ms late, most are nearer to the test that began 5 ms later than to their own.

    Lines were exact that another test had printed, in two captures of four beside busy cores.
    """
    assert first_of([15.0, 17.0, 0.1, 15.0, 18.0]) == 10


def test_what_fits_nowhere_begins_with_no_test() -> None:
    assert first_of([0.1, 450.0, 0.1, -450.0]) == -1


@pytest.mark.parametrize("release", WITH_RECORDER)
def test_tests_between_windows_are_placed_by_their_stamps(release: str) -> None:
    case, trace = flight_case("long", release=release)
    by_name = {test.name: test for test in case.tests}
    assert by_name["TestFirst"].goroutine and by_name["TestSecond"].goroutine
    assert by_name["TestSecond/sub"].goroutine
    assert not by_name["TestAfter"].goroutine
    lost = [t for t in case.tests if not trace.covers(t.start_ns) and t.depth]
    assert len(lost) > 10
    assert not any(test.goroutine for test in lost)
    assert all(test.start_ns <= test.end_ns <= case.end_ns for test in case.tests)
    assert by_name["TestAfter"].start_ns > trace.end_ns
    assert by_name["TestBetween"].status is TestStatus.PASS
