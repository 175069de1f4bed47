"""Goroutines that speak to a test that has completed."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import case_of, case_of_log, found_on
from diagnosis.program_bundles import findings_on, named, places_of
from diagnosis.program_runs import RELEASES, told
from diagnosis.rule_table import record
from diagnosis.rules.panics import panicked
from flakecore.diagnosis import Certainty
from toolchains import NEWEST


def test_the_goroutine_is_told_with_its_test_its_line_and_where_it_was_started() -> None:
    (finding,) = findings_on(panicked("(TestLogsLate|TestWaits)"), "TestLogsLate")
    assert (finding.rule, finding.certainty) == ("log-after-test", Certainty.SEEN)
    assert named(finding.claim) == (
        "GN, started at @logs-starts, failed it at @logs after TestLogsLate had completed"
    )
    assert places_of(finding) == ["panics @logs", "created @logs-starts"]


def test_a_test_that_waits_for_the_goroutine_passes() -> None:
    assert panicked("TestWaitsForItsLog").case.failures == ()


TOLD = {
    "TestErrorsLate": (
        "Ga, started at @later-starts, failed it at @errors-late after TestErrorsLate had completed"
        " [panics @errors-late; created @later-starts]"
    ),
    "TestFailsInAHelper": (
        "Ga, started at @later-starts, failed it at @errors after TestFailsInAHelper had completed"
        " [panics @errors; created @later-starts]"
    ),
    "TestFailsForAPart": (
        "Ga, started at @part-starts, failed it at @part-fails after TestFailsForAPart/part had"
        " completed [panics @part-fails; created @part-starts]"
    ),
}


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("of", [case_of, case_of_log])
@pytest.mark.parametrize("test", TOLD)
def test_whoever_fails_a_test_that_is_over_is_told(test: str, of: object, release: str) -> None:
    assert callable(of)
    case = of("late_words", release, f"-run=^({test}|TestNext)$")
    found = [each for findings in found_on(case, source=False).values() for each in findings]
    causes, expected = [told(each) for each in found], [f"log-after-test, seen: {TOLD[test]}"]
    record(
        "log-after-test", "log alone" if of is case_of_log else "trace and log", expected, causes
    )
    assert causes == expected


@pytest.mark.parametrize("test", ["TestLogsLate", "TestPrintsLate", "TestWaitsForWords"])
def test_late_words_that_harm_nobody_are_no_failure(test: str) -> None:
    failures = case_of("late_words", NEWEST, f"-run=^({test}|TestNext)$").failures
    record("(late_words)", "trace and log", [], [each.message for each in failures])
    assert failures == ()
