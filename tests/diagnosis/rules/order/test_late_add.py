"""A Wait that does not wait, since its goroutines call Add themselves, by what is told of it."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import case_of, check_causes
from diagnosis.program_runs import RELEASES
from toolchains import NEWEST

RULE = "wait-group-misuse, inferred"
SEVERAL = "Ga, Gb and Gc, which call Add themselves"
ALL_EVIDENCE = {
    "TestAddsInTheGoroutine": [
        f"{RULE}: group.Wait (@waits) did not wait for Ga, Gb and 2 more, which call Add"
        " themselves (@adds) [fails @done-fails; waits @waits; created @goes; adds @adds]"
    ],
    "TestFetchCountsItself": [
        f"{RULE}: f.pending.Wait (@fetch-waits) did not wait for {SEVERAL} (@fetch-adds)"
        " [fails @fetch-fails; waits @fetch-waits; created @fetch-goes; adds @fetch-adds]"
    ],
    "TestAddsBehindALock": [
        f"{RULE}: group.Wait (@lock-waits) did not wait for {SEVERAL} (@lock-adds)"
        " [fails @lock-fails; waits @lock-waits; created @lock-goes; adds @lock-adds]"
    ],
}
RUNS = {
    "TestAddsWhenItHasRun": [
        f"{RULE}: group.Wait (@run-waits) did not wait for Ga, which calls Add itself (@run-adds)"
        " [fails @run-fails; waits @run-waits; created @run-goes; adds @run-adds]"
    ]
}
AT_ONCE = "may return at once: each goroutine calls Add itself"
LOG = {
    "TestAddsInTheGoroutine": [
        f"{RULE}: group.Wait (@waits) {AT_ONCE} (@adds)"
        " [fails @done-fails; waits @waits; created @goes; adds @adds]"
    ],
    "TestFetchCountsItself": [
        f"{RULE}: f.pending.Wait (@fetch-waits) {AT_ONCE} (@fetch-adds)"
        " [fails @fetch-fails; waits @fetch-waits; created @fetch-goes; adds @fetch-adds]"
    ],
    # It waits for a lock besides, which they may hold.
    "TestAddsBehindALock": [],
    "TestAddsWhenItHasRun": [],
}
SOUND = {
    *("TestAddsBefore", "TestAddsForAnother", "TestWaitsOtherwise", "TestAddsEachRound"),
    "TestRunsOn",
}


@pytest.mark.parametrize("release", RELEASES)
def test_goroutines_that_a_wait_did_not_wait_for_are_named(release: str) -> None:
    check_causes("late_adds", release, ALL_EVIDENCE | RUNS, LOG, SOUND)


def test_those_that_are_named_ended_after_the_test_had_failed() -> None:
    case = case_of("late_adds", NEWEST)
    assert case.schedule is not None
    failed = {each.test_name: each for each in case.failures}
    for test in ALL_EVIDENCE:
        failure = failed[test]
        later = [
            number
            for number in case.schedule.goroutines_of(failure.test)
            if (found := case.schedule.goroutine(number)) is not None
            and number != failure.goroutine
            and (found.ended_ns is None or found.ended_ns > failure.at_ns)
        ]
        assert len(later) >= 3
