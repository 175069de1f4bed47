"""Goroutines that wait for one another, and the same programs with a third that goes on."""

from __future__ import annotations

import pytest

from diagnosis.program_runs import RELEASES, Expected, check_silent, check_told

HANGS = {
    "TestResultsBeforeJobs": Expected(
        (
            "wait-cycle, inferred: Stuck on each other: Ga sends on p.jobs (@pool-job); Gb "
            "sends on p.results (@pool-result) [waits @pool-job; receives @pool-range; "
            "waits @pool-result; receives @pool-read]"
        ),
    ),
    "TestEachWaitsForTheOther": Expected(
        (
            "wait-cycle, inferred: Stuck on each other: Ga (@answer-question), Gb "
            "(@ask-answer) [waits @answer-question; sends @ask-question; waits @ask-answer;"
            " sends @answer-answer]"
        ),
    ),
    "TestWaitsBeforeItReads": Expected(
        (
            "wait-cycle, inferred: Stuck on each other: Ga waits for group (@gather-wait); "
            "Gb sends on sums (@gather-send) [waits @gather-wait; done @gather-done; waits "
            "@gather-send; receives @gather-range]"
        ),
    ),
}
SOUND = (
    "TestResultsBesideJobs",
    "TestAThirdBegins",
    "TestHasRoom",
)


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("test", HANGS)
def test_goroutines_that_wait_for_one_another_are_told_together(release: str, test: str) -> None:
    check_told("wait_cycle", release, test, HANGS[test])


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("test", SOUND)
def test_a_third_that_may_end_a_wait_breaks_the_cycle(release: str, test: str) -> None:
    check_silent("wait_cycle", release, test)
