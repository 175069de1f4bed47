"""Timers that come before what they race with, and tests that fail in the other case."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import Told, case_of, check_causes, found_on
from diagnosis.program_runs import RELEASES
from flakecore.timeline import Lane, LaneKind, State

TOLD: Told = {
    "TestAnswerIsLate": [
        "timer-lost, inferred: time.After of 10ms came first (@answer-fails);"
        " Ga came to send T later (@answer-sends)"
        " [fails @answer-fails; receives @answer-receives; sends @answer-sends]"
    ],
    "TestTimerIsFirst": [
        "timer-lost, inferred: time.NewTimer of 10ms came first (@kept-fails);"
        " Ga was asleep (@kept-sleeps)"
        " [fails @kept-fails; receives @kept-receives; runs @kept-sleeps]"
    ],
    "TestDeadlineIsFirst": [
        "timer-lost, inferred: context.WithTimeout of 10ms came first (@closes-fails);"
        " Ga was asleep (@closes-sleeps)"
        " [fails @closes-fails; receives @closes-receives; runs @closes-sleeps]",
    ],
    "TestGetIsLate": [
        "timer-lost, inferred: context.WithTimeout of 10ms came first (@get-over);"
        " Ga was asleep (@disk-sleeps)"
        " [fails @get-fails; receives @get-receives; ended @get-over; made @get-timer;"
        " runs @disk-sleeps]"
    ],
    "TestFetchIsLate": [
        "timer-lost, inferred: time.After of limit came first (@fetch-timer);"
        " Ga was asleep (@fetch-sleeps)"
        " [fails @fetch-fails; receives @fetch-receives; ended @fetch-timer; runs @fetch-sleeps]"
    ],
}
LOG: Told = {
    "TestAnswerIsLate": [
        "timer-lost, inferred: TestAnswerIsLate gave up at @answer-fails: time.After of 10ms came"
        " before <-out [fails @answer-fails; receives @answer-receives]"
    ],
    "TestTimerIsFirst": [
        "timer-lost, inferred: TestTimerIsFirst gave up at @kept-fails: time.NewTimer of 10ms came"
        " before <-done [fails @kept-fails; receives @kept-receives]"
    ],
    "TestFetchIsLate": [],
    "TestGetIsLate": [],
    "TestDeadlineIsFirst": [
        "timer-lost, inferred: TestDeadlineIsFirst gave up at @closes-fails: context.WithTimeout of"
        " 10ms came before <-done [fails @closes-fails; receives @closes-receives]"
    ],
}

SOUND = {"TestAnswerIsWrong", "TestAnswersWhileItStops", "TestTwoTimers", "TestFailsBehind"}
SOUND |= {"TestFetchIsWrong", "TestFetchIsLateAsMeant", "TestGetIsCancelled"}


@pytest.mark.parametrize("release", RELEASES)
def test_a_timer_is_told_with_what_came_later_or_was_still_under_way(release: str) -> None:
    check_causes("timer_first", release, TOLD, LOG, SOUND)


@pytest.mark.parametrize("release", RELEASES)
def test_how_much_later_is_from_the_failure_to_the_beginning_of_the_send(release: str) -> None:
    case = case_of("timer_first", release)
    (finding,) = found_on(case)["TestAnswerIsLate"]
    (failure,) = (each for each in case.failures if each.test_name == "TestAnswerIsLate")
    fact = finding.evidence[-1]
    assert case.schedule is not None and fact.time_ns is not None
    sends = case.schedule.at(Lane(LaneKind.GOROUTINE, fact.goroutine), fact.time_ns)
    assert sends is not None
    assert (sends.state, sends.start_ns) == (State.CHAN_SEND, fact.time_ns)
    assert fact.time_ns > failure.at_ns
