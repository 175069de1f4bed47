"""Loops by which tests poll: in functions that return false or an error, by tickers."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import Told, check_causes
from diagnosis.program_runs import RELEASES

TOLD: Told = {
    test: [
        f"deadline-missed, inferred: {test} gave up after T (@{mark}-fails);"
        " Ga was still asleep in (*Feed).take (@take-sleeps)"
        f" [fails @{mark}-fails; runs @take-sleeps]"
    ]
    for test, mark in (
        ("TestIsTrueInTime", "truth"),
        ("TestIsReady", "ready"),
        ("TestTicks", "tick"),
    )
}
TOLD["TestBoth"] = [
    "deadline-missed, inferred: TestBoth gave up after T (@both-fails);"
    " Ga and Gb were still asleep in (*Feed).take (@take-sleeps)"
    " [fails @both-fails; runs @take-sleeps; runs @take-sleeps]"
]
LOG: Told = {test: [] for test in TOLD}
SOUND = {"TestTwoPlaces", "TestNobodyLoads", "TestCountsWrongly"}


@pytest.mark.parametrize("release", RELEASES)
def test_who_was_at_work_when_a_function_gave_up_is_told(release: str) -> None:
    check_causes("patience", release, TOLD, LOG, SOUND)
