"""Selects that a timer won are told from selects that another case won."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import case_of, found_on
from diagnosis.program_runs import PROGRAMS
from flakecore.diagnosis.failing.failing_call import failing_call
from flakecore.diagnosis.rules.timers.timer_races import timer_race
from flakecore.diagnosis.source.go_files import GoFiles
from flakecore.diagnosis.source.go_parser import text_of
from flakecore.timeline.sources import Sources
from toolchains import NEWEST

SHAPE = "timer_first"


@pytest.mark.parametrize(
    ("test", "timer", "other"),
    [
        ("TestAnswerIsLate", "time.After(10 * time.Millisecond)", "<-out"),
        ("TestTimerIsFirst", "time.NewTimer(10 * time.Millisecond)", "<-done"),
        (
            "TestDeadlineIsFirst",
            "context.WithTimeout(context.Background(), 10*time.Millisecond)",
            "<-done",
        ),
        ("TestAnswerIsWrong", "", ""),
        ("TestAnswersWhileItStops", "", ""),
        ("TestTwoTimers", "", ""),
        ("TestFailsBehind", "", ""),
    ],
)
def test_the_timer_and_what_it_raced_with_are_found(test: str, timer: str, other: str) -> None:
    case = case_of(SHAPE, NEWEST)
    (failure,) = (each for each in case.failures if each.test_name == test)
    sources = Sources(package=case.package, working=PROGRAMS / SHAPE)
    failing = failing_call(case, failure, GoFiles(sources, case.package))
    assert failing is not None
    race = timer_race(failing)
    assert (text_of(race.timer) if race else "") == timer
    assert (text_of(race.other.node) if race else "") == other
    assert bool(found_on(case)[test]) == bool(timer)
