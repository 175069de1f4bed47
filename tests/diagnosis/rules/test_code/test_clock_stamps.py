"""Times that are written out and compared, and other differences beside them."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import Told, check_causes
from diagnosis.program_runs import RELEASES

TOLD: Told = {
    "TestPlaces": [
        "test-itself, inferred: TestPlaces compares two readings of the clock: it fails if got !="
        " (order{1, now}) (@places-fails) [fails @places-fails]"
    ],
    "TestStamps": [
        "test-itself, inferred: TestStamps compares two readings of the clock: it fails if got !="
        " want (@stamps-fails) [fails @stamps-fails]"
    ],
    "TestMillis": [
        "test-itself, inferred: TestMillis compares two readings of the clock: it fails if before"
        " != after (@millis-fails) [fails @millis-fails]"
    ],
}
LEFT: Told = {
    "TestLeft": [
        "test-itself, inferred: TestLeft measures wall time: it fails if got != time.Hour"
        " (@left-fails) [fails @left-fails; reads @left]"
    ],
}
SOUND = {"TestIdentity", "TestFixed", "TestLength"}


@pytest.mark.parametrize("release", RELEASES)
def test_two_readings_of_the_clock_are_told_where_the_message_has_two_times(release: str) -> None:
    check_causes("clock_stamps", release, TOLD | LEFT, {}, SOUND)
