"""Tests that count ticks while they sleep."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import Told, check_causes
from diagnosis.program_runs import RELEASES

TOLD: Told = {
    f"Test{name}": [
        f"test-itself, inferred: Test{name} counts ticks of real time in {what} (@{mark}) over a"
        f" sleep{lasts} (@{mark}-sleeps)"
        f" [fails @{mark}-fails; writes @{mark}; waits @{mark}-sleeps]"
    ]
    for name, what, mark, lasts in (
        ("Beats", "h.beats", "beats", " of 22ms"),
        ("Polls", "p.polls", "polls", " of 9ms"),
        ("Refreshes", "refreshed", "refreshes", ""),
    )
}
TOLD["TestDuring"] = [
    "test-itself, inferred: TestDuring counts ticks of real time in calls (@calls) until its time"
    " is up [fails @calls-fails; writes @calls]"
]
SOUND = {"TestBeatsAwaited", "TestLine", "TestNoHeart", "TestTimes"}


@pytest.mark.parametrize("release", RELEASES)
def test_ticks_that_are_counted_over_a_sleep_are_told(release: str) -> None:
    check_causes("tick_counts", release, TOLD, {}, SOUND)
