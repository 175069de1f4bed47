"""Names and numbers made of the time, which are to differ and are the same."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import Told, check_causes
from diagnosis.program_runs import RELEASES

TOLD: Told = {
    f"Test{name}": [
        f"test-itself, inferred: Test{name} wants two times to differ: {stamp} (@{reads}){same}"
        f" [fails @{fails}; reads @{reads}]"
    ]
    for name, stamp, reads, same, fails in (
        *(
            (name, "time.Now().Unix()", "by-second", " is the same for a second", fails)
            for name, fails in (("Orders", "orders-fail"), ("Store", "store-fails"))
        ),
        ("Folders", '"run-" + time.Now().Format("2006-01-02")', "by-day", "", "folders-fail"),
        (
            *("Stamps", "time.Now().Unix() / 3600", "by-hour"),
            *(" is the same for some time", "stamps-fail"),
        ),
    )
}
SOUND = {"TestAddsTwice", "TestCounted", "TestCopies"}


@pytest.mark.parametrize("release", RELEASES)
def test_times_that_are_the_same_are_told_with_their_unit(release: str) -> None:
    check_causes("clock_names", release, TOLD, {}, SOUND)
