"""Tests that fail by a helper of their package, in the line that calls it."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import Told, check_causes
from diagnosis.program_runs import RELEASES

TOLD: Told = {
    "TestServesNothing": [
        "shared-state, inferred: TestServesTwice, which ran before it, changes served"
        " (@served-changes), which TestServesNothing checks"
        " [fails @served-fails; writes @served-changes]"
    ],
    "TestTakesLittle": [
        "deadline-missed, inferred: Ga of TestTakesLittle was asleep for T at @sleeps"
        " [waits @sleeps]",
        "test-itself, inferred: TestTakesLittle measures wall time: it fails if"
        " time.Since(began) > 10*time.Millisecond (@took-fails)"
        " [fails @took-fails; reads @took-fails]",
    ],
    "TestDoneInTime": [
        "timer-lost, inferred: TestDoneInTime gave up at @done-fails: time.After of 10ms came"
        " before <-done; Ga was asleep (@done-sleeps)"
        " [fails @done-fails; receives @wait-receives; runs @done-sleeps]"
    ],
}
LOG: Told = {
    "TestDoneInTime": [
        "timer-lost, inferred: TestDoneInTime gave up at @done-fails: time.After of 10ms came"
        " before <-done [fails @done-fails; receives @wait-receives]"
    ],
    "TestTakesLittle": [
        "test-itself, inferred: TestTakesLittle measures wall time: it fails if"
        " time.Since(began) > 10*time.Millisecond (@took-fails)"
        " [fails @took-fails; reads @took-fails]"
    ],
}
SOUND = {"TestCountsWrongly", "TestPlansTooLong"}


@pytest.mark.parametrize("release", RELEASES)
def test_what_a_helper_is_given_is_what_the_failing_line_asks_for(release: str) -> None:
    check_causes("helpers", release, TOLD, LOG, SOUND)
