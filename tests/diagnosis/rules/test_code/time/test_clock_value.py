"""A test that compares the date, or a time in the machine's zone, with a constant is told so."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import Told, check_causes
from diagnosis.program_runs import RELEASES

RULE = "test-itself, inferred"
TOLD: Told = {
    "TestWritesTheDay": [
        f"{RULE}: TestWritesTheDay depends on the machine's time zone:"
        ' at.Local().Format("2006-01-02 15:04") (@local) [fails @day-fails; reads @local]'
    ],
    "TestWritesTheYear": [
        f"{RULE}: TestWritesTheYear depends on the date and time of the run: time.Now().Year()"
        " (@year) [fails @year-fails; reads @year]"
    ],
    "TestIsNotSunday": [
        f"{RULE}: TestIsNotSunday depends on the date and time of the run: now.Year() (@asks-year)"
        " [fails @another-fails; reads @asks-year]"
    ],
}
SOUND = {"TestWritesTheDayInUTC", "TestWritesThisYear", "TestWritesNothing"}


@pytest.mark.parametrize("release", RELEASES)
def test_what_changes_with_the_clock_or_the_zone_is_told(release: str) -> None:
    check_causes("clock_values", release, TOLD, {}, SOUND)
