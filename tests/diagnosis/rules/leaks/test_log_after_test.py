"""Goroutines that speak to a test that has completed."""

from __future__ import annotations

from diagnosis.program_bundles import findings_on, named, places_of
from diagnosis.rules.panics import panicked
from flakecore.diagnosis import Certainty


def test_the_goroutine_is_told_with_its_test_its_line_and_where_it_was_started() -> None:
    (finding,) = findings_on(panicked("(TestLogsLate|TestWaits)"), "TestLogsLate")
    assert (finding.rule, finding.certainty) == ("log-after-test", Certainty.SEEN)
    assert named(finding.claim) == (
        "GN, started at @logs-starts, failed it at @logs after TestLogsLate had completed"
    )
    assert places_of(finding) == ["panics @logs", "created @logs-starts"]


def test_a_test_that_waits_for_the_goroutine_passes() -> None:
    assert panicked("TestWaitsForItsLog").case.failures == ()
