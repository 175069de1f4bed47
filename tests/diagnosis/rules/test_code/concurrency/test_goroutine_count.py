"""Tests that count goroutines while some are about to end, or stay."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import Told, case_of, check_causes, found_on
from diagnosis.program_runs import RELEASES
from toolchains import NEWEST

TOLD: Told = {
    "TestCountsTooSoon": [
        "test-itself, inferred: TestCountsTooSoon counts goroutines (@soon-fails) before Ga had"
        " ended [fails @soon-fails; reads goroutine_count_test.go:24; created @starts]"
    ],
    "TestCountsOneThatStays": [
        "test-itself, inferred: TestCountsOneThatStays counts goroutines (@stays-fails); Ga was"
        " still there [fails @stays-fails; reads goroutine_count_test.go:40; created @lingers]",
    ],
}
LOG: Told = {
    "TestCountsTooSoon": [
        "test-itself, inferred: TestCountsTooSoon counts goroutines (@soon-fails), and those that"
        " are about to end count, too [fails @soon-fails; reads goroutine_count_test.go:24]"
    ],
    "TestCountsOneThatStays": [],
}
SOUND = {"TestCountsNobody", "TestCountsForItsLog", "TestCountsThoseThatAreMeant"}


@pytest.mark.parametrize("release", RELEASES)
def test_those_that_were_still_there_are_told(release: str) -> None:
    check_causes("goroutine_count", release, TOLD, LOG, SOUND)


def test_what_ended_later_did_so_behind_the_failure() -> None:
    case = case_of("goroutine_count", NEWEST)
    (finding,) = found_on(case)["TestCountsTooSoon"]
    (failure,) = (each for each in case.failures if each.test_name == "TestCountsTooSoon")
    assert case.schedule is not None
    (ended,) = (each for each in finding.evidence if each.goroutine != failure.goroutine)
    goroutine = case.schedule.goroutine(ended.goroutine)
    assert goroutine is not None
    assert goroutine.ended_ns == ended.time_ns
    assert ended.time_ns is not None
    assert goroutine.created_ns < failure.at_ns < ended.time_ns
