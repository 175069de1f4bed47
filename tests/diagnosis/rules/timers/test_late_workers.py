"""Who was still at work for the goroutine that was to end a test's wait."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import Told, case_of, case_of_log, causes_of, check_causes
from diagnosis.program_runs import RELEASES
from toolchains import NEWEST

EITHER = [
    "timer-lost, inferred: TestEitherMayBeLate gave up at @either-fails: time.After of 200ms came"
    " before <-done [fails @either-fails; receives @either-receives]"
]
TOLD: Told = {
    "TestCrewIsLate": [
        "timer-lost, inferred: time.After of 200ms came first (@crew-fails); Ga and Gb were still"
        " asleep (@crew-sleeps) [fails @crew-fails; receives @crew-receives; waits @crew-waits;"
        " runs @crew-sleeps; runs @crew-sleeps]"
    ],
    "TestHalfOfTheCrewIsLate": [
        "timer-lost, inferred: time.After of 200ms came first (@night-fails); Ga was still asleep"
        " (@crew-sleeps) [fails @night-fails; receives @night-receives; waits @night-waits;"
        " waits @day-waits; runs @crew-sleeps]"
    ],
    "TestReaderIsLate": [
        "timer-lost, inferred: time.After of 200ms came first (@pipe-fails); Ga was still in a"
        " select (@pipe-reads) [fails @pipe-fails; receives @pipe-receives; waits @pipe-waits;"
        " runs @pipe-reads]"
    ],
    "TestEitherMayBeLate": EITHER,
}
LOG: Told = {
    "TestReaderIsLate": [
        "timer-lost, inferred: TestReaderIsLate gave up at @pipe-fails: time.After of 200ms came"
        " before <-done [fails @pipe-fails; receives @pipe-receives]"
    ],
    "TestCrewIsLate": [
        "timer-lost, inferred: TestCrewIsLate gave up at @crew-fails: time.After of 200ms came"
        " before <-done [fails @crew-fails; receives @crew-receives]"
    ],
    "TestHalfOfTheCrewIsLate": [
        "timer-lost, inferred: TestHalfOfTheCrewIsLate gave up at @night-fails: time.After of 200ms"
        " came before <-over [fails @night-fails; receives @night-receives]"
    ],
}
SOUND = {"TestCrewIsInTime"}
LATE_FOR_A_PANIC = [
    "timer-lost, inferred: time.After of 200ms came first (@rivets-fails); Ga, Gb and Gc were still"
    " asleep (@rivets) [fails @rivets-fails; receives @rivets-receives; waits @foreman-waits;"
    " runs @rivets; runs @rivets; runs @rivets]"
]
LATE_BY_THE_LOG = [
    "timer-lost, inferred: TestRivetersAreLate gave up at @rivets-fails: time.After of 200ms came"
    " before <-done [fails @rivets-fails; receives @rivets-receives]"
]


@pytest.mark.parametrize("release", RELEASES)
def test_workers_are_reported_whom_the_one_that_was_to_come_waits_for(release: str) -> None:
    """Before Go 1.23 what waited as the trace began has no stack: it may be to come, too."""
    told = TOLD if release == NEWEST else {**TOLD, **LOG}
    check_causes("late_workers", release, told, LOG, SOUND)


def test_a_panic_of_the_test_itself_is_looked_into_as_its_assertions_are() -> None:
    """Before Go 1.25 a process that panics leaves no trace behind it."""
    case = case_of("late_panics", NEWEST, "-run=TestRivetersAreLate")
    assert causes_of(case) == {"TestRivetersAreLate": LATE_FOR_A_PANIC}


@pytest.mark.parametrize("release", RELEASES)
def test_a_panic_alone_is_looked_into_by_the_source(release: str) -> None:
    case = case_of_log("late_panics", release, "-run=TestRivetersAreLate")
    assert causes_of(case) == {"TestRivetersAreLate": LATE_BY_THE_LOG}


@pytest.mark.parametrize("release", RELEASES)
def test_a_panic_for_a_wrong_value_is_no_lateness(release: str) -> None:
    for of in (case_of, case_of_log):
        case = of("late_panics", release, "-run=TestRivetsAreWrong")
        assert causes_of(case) == {"TestRivetsAreWrong": []}
