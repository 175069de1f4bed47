"""Tests have their goroutines within the windows of a flight recorder, and none between them."""

from __future__ import annotations

import pytest

from flakecore.timeline import TestStatus
from flights import WITH_RECORDER, flight_case


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
