"""Sleeps that were to be shorter than a timer, and structs that are given their time."""

from __future__ import annotations

import re

import pytest

from diagnosis.assertion_runs import case_of, case_of_log, causes_of
from diagnosis.program_runs import RELEASES
from diagnosis.rule_table import record

_TOOK = re.compile(r"(?<= slept )[\d.]+[mµ]?s|(?<= up to )[\d.]+m?s")
TOLD = {
    f"Test{name}": [
        f"test-itself, inferred: Test{name} slept T in place of 999µs (@{mark}-sleeps);"
        f" {taker} was given 1000µs, for a timer (@{timer}-sets)"
        f" [fails @{mark}-fails; waits @{mark}-sleeps; made @{mark}-given; runs @{timer}-sets]"
    ]
    for name, mark, taker, timer in (
        ("Saved", "saved", "New", "touch"),
        ("Barked", "barked", "Watchdog", "watch"),
        ("Over", "over", "Take", "take"),
    )
}
TOLD["TestStaysOpen"] = [
    "test-itself, inferred: TestStaysOpen took up to T, and Breaker was given 10ms (@open-given);"
    " State asks the clock (@breaker-asks)"
    " [fails @open-fails; reads @breaker-asks; made @open-given]"
]
SOUND = {"TestSavedTwice", "TestNeverSaved", "TestCalls", "TestIsClosed"}


@pytest.mark.parametrize("release", RELEASES)
def test_a_sleep_that_was_longer_than_the_timer_is_told_with_both_times(release: str) -> None:
    expected = TOLD | {test: [] for test in SOUND}
    found = causes_of(case_of("put_off", release))
    told = {test: [_TOOK.sub("T", each) for each in causes] for test, causes in found.items()}
    for test, causes in told.items():
        record("test-itself" if test in TOLD else "(put_off)", "trace", expected[test], causes)
    assert told == expected
    assert not any(causes_of(case_of_log("put_off", release)).values())
