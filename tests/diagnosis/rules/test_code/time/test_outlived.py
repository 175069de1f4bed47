"""Values that are good for a moment of real time, which is over when they are asked for."""

from __future__ import annotations

import re

import pytest

from diagnosis.assertion_runs import case_of, case_of_log, causes_of
from diagnosis.program_runs import RELEASES
from diagnosis.rule_table import record

_TOOK = re.compile(r"(?<= took up to )[\d.]+m?s")
TOLD = {
    f"Test{name}": [
        f"test-itself, inferred: Test{name} took up to T, and {given} (@{mark}-given); {asks}"
        f" [fails @{mark}-fails; reads @{mark}-asks; made @{mark}-given]"
    ]
    for name, given, asks, mark in (
        ("Has", "New was given 20ms", "Has asks the clock (@has-asks)", "has"),
        ("Take", "NewBucket was given 50 a second", "refill asks the clock", "take"),
        ("State", "Open was given 10ms", "State asks the clock (@state-asks)", "state"),
    )
}
SOUND = {"TestHasAnother", "TestStateAfterwards", "TestTakeAll"}


@pytest.mark.parametrize("release", RELEASES)
def test_a_time_that_is_over_is_told_with_how_long_the_test_took(release: str) -> None:
    expected = TOLD | {test: [] for test in SOUND}
    found = causes_of(case_of("outlived", release))
    told = {test: [_TOOK.sub("T", each) for each in causes] for test, causes in found.items()}
    for test, causes in told.items():
        record("test-itself" if test in TOLD else "(outlived)", "trace", expected[test], causes)
    assert told == expected
    assert not any(causes_of(case_of_log("outlived", release)).values())
