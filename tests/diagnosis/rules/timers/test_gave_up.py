"""Tests that poll until their patience ends, and who was still at work then."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import Told, case_of, check_causes, found_on
from diagnosis.program_runs import RELEASES
from flakecore.timeline import Lane, LaneKind, State
from toolchains import NEWEST

SLEEPS = "Ga was still asleep in (*shop).serve (@serve-sleeps)"
TOLD: Told = {
    test: [
        f"deadline-missed, inferred: {test} gave up after T (@{mark}-fails); {SLEEPS}"
        f" [fails @{mark}-fails; runs @serve-sleeps]"
    ]
    for test, mark in (
        ("TestAsksTheTime", "asks"),
        ("TestTriesTenTimes", "tries"),
        ("TestAsksAHelper", "helped"),
    )
}
TOLD["TestTwo"] = [
    "deadline-missed, inferred: TestTwo gave up after T (@two-fails);"
    " Ga and Gb were still asleep in (*shop).serve (@serve-sleeps)"
    " [fails @two-fails; runs @serve-sleeps; runs @serve-sleeps]"
]
TOLD["TestAsksAServer"] = [
    "deadline-missed, inferred: A deadline ended the wait at @asks-server;"
    " Ga was still asleep in slow.ServeHTTP (@answers-late)"
    " [waits @asks-server; runs @answers-late]"
]
LOG: Told = {test: [] for test in TOLD}
SOUND = {"TestNobodyAtWork", "TestPacesItself", "TestJanitorAtWork"}


@pytest.mark.parametrize("release", RELEASES)
def test_the_only_one_that_was_still_at_work_is_told(release: str) -> None:
    check_causes("gave_up", release, TOLD, LOG, SOUND)


def test_all_others_of_the_test_waited_when_it_gave_up() -> None:
    case = case_of("gave_up", NEWEST)
    (finding,) = found_on(case)["TestTriesTenTimes"]
    (failure,) = (each for each in case.failures if each.test_name == "TestTriesTenTimes")
    schedule, (_, works, _) = case.schedule, finding.evidence
    assert schedule is not None
    others = {*schedule.goroutines_of(failure.test)} - {failure.goroutine, works.goroutine}
    states = {
        number: found.state
        for number in others
        if (found := schedule.at(Lane(LaneKind.GOROUTINE, number), failure.at_ns)) is not None
    }
    assert len(states) == 1
    assert {*states.values()} == {State.CHAN_RECEIVE}
