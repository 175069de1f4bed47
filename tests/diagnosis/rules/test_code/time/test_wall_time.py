"""Assertions on how long real time took, and tests that merely look at a clock."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import Told, case_of, causes_of, check_causes
from diagnosis.program_runs import RELEASES
from toolchains import NEWEST

TOLD: Told = {
    "TestTakesTooLong": [
        "test-itself, inferred: TestTakesTooLong measures wall time: it fails if took > limit"
        " (@took-fails); a busy machine is enough [fails @took-fails; reads @took]"
    ],
    "TestTakesTooManyMilliseconds": [
        "test-itself, inferred: TestTakesTooManyMilliseconds measures wall time: it fails if"
        " elapsed.Milliseconds() >= 2 (@difference-fails)"
        " [fails @difference-fails; reads @difference]"
    ],
    "TestTakesTooLongInAHelper": [
        "test-itself, inferred: TestTakesTooLongInAHelper measures wall time: it fails if"
        " float64(cold) > float64(limit) (@measured-fails)"
        " [fails @measured-fails; reads @measures]"
    ],
    "TestStampsDiffer": [
        "test-itself, inferred: TestStampsDiffer compares two readings of the clock: it fails if"
        " !second.After(first) (@stamps-fail) [fails @stamps-fail]"
    ],
}
TRACED: Told = {
    test: [
        f"deadline-missed, inferred: Ga of {test} was asleep for T at @works [waits @works]",
        *TOLD[test],
    ]
    for test in ("TestTakesTooLong", "TestTakesTooManyMilliseconds")
}
"""Where the message says how long it was, and a trace where the time went."""
SOUND = {
    "TestLogsTheTime",
    "TestFailsByEither",
    "TestPolls",
    "TestClockOfItsOwn",
    "TestCountsTicks",
    "TestIsPast",
}


@pytest.mark.parametrize("release", RELEASES)
def test_a_limit_on_real_time_is_told_with_where_the_time_is_taken(release: str) -> None:
    bubbles = {"TestTakesTooLongInABubble"} if release == NEWEST else set()
    check_causes("wall_time", release, TOLD | TRACED, TOLD, SOUND | bubbles)


def test_the_clock_of_a_bubble_is_no_wall_clock() -> None:
    assert causes_of(case_of("wall_time", NEWEST))["TestTakesTooLongInABubble"] == []
