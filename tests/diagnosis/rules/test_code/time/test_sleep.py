"""Tests that sleep instead of waiting, and tests that sleep and fail by something else."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import Told, check_causes
from diagnosis.program_runs import RELEASES

TOLD: Told = {
    "TestStoresLate": [
        "test-itself, inferred: TestStoresLate sleeps for T (@stores-sleep) instead of waiting for"
        " Ga, started at @stores-starts"
        " [fails @stores-fails; waits @stores-sleep; created @stores-starts]"
    ],
    "TestFillsLate": [
        "test-itself, inferred: TestFillsLate sleeps for moment (@fills-sleep) instead of waiting"
        " for Ga, started at @fills-starts"
        " [fails @fills-fails; waits @fills-sleep; created @fills-starts]"
    ],
    "TestCounts": [
        "test-itself, inferred: TestCounts sleeps for moment (@counts-sleep) instead of waiting for"
        " Ga, Gb and Gc, started at @counts-starts [fails @counts-fails; waits @counts-sleep;"
        " created @counts-starts; created @counts-starts; created @counts-starts]"
    ],
    "TestAddsLate": [
        "test-itself, inferred: TestAddsLate sleeps (@journal-sleep) instead of waiting for Ga,"
        " asleep at @journal-works [fails @journal-fails; waits @journal-sleep;"
        " runs @journal-works]"
    ],
    "TestRunsTwice/inner": [
        "test-itself, inferred: TestRunsTwice/inner sleeps for T (@twice-sleep) instead of waiting"
        " for Ga, started at @twice-again"
        " [fails @twice-fails; waits @twice-sleep; created @twice-again]"
    ],
}
LOG: Told = {test: [] for test in TOLD}
SOUND = {"TestStoresTheWrong", "TestSleepsAndWaits", "TestHasAJanitor", "TestSleepsBesideAnother"}
SOUND |= {"TestCountsAlone", "TestRunsTwiceAtMost"}


@pytest.mark.parametrize("release", RELEASES)
def test_a_sleep_is_told_where_a_goroutine_had_not_ended_that_changes_what_is_asserted(
    release: str,
) -> None:
    check_causes("sleeps", release, TOLD, LOG, SOUND)
