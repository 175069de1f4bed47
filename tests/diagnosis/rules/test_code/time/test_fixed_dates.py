"""Tests that ask the clock for a day of their own, or a moment for its day in some zone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from diagnosis.assertion_runs import Told, case_of, check_causes
from diagnosis.checked_findings import explain
from diagnosis.program_runs import PROGRAMS, RELEASES, failure_of, named
from flakecore.bundle import Manifest
from flakecore.timeline.sources import Sources
from toolchains import NEWEST

_DATE, _ZONE = "the date and time of the run", "the machine's time zone"
_CONSTANT = " is compared with a constant"
TOLD: Told = {
    f"Test{name}": [
        f"test-itself, inferred: Test{name} depends on {what}: {value} (@{place}){said}"
        f" [fails @{name.lower()}-fails; {role} @{place}]"
    ]
    for name, what, value, place, said, role in (
        ("Age", _DATE, "now.Year()", "ages", _CONSTANT, "reads"),
        ("Clock", _ZONE, "at.Hour()", "writes", _CONSTANT, "reads"),
    )
}
TOLD["TestNoSunday"] = [
    f"test-itself, inferred: TestNoSunday depends on {_DATE}: time.Now().AddDate(0, 0,"
    " days).Weekday() (@weekday) [fails @sunday-fails; reads @weekday]"
]
TOLD["TestMidnight"] = [
    f"test-itself, inferred: TestMidnight depends on {_ZONE}: at.Truncate(24 * time.Hour) is a day"
    " of UTC (@truncates) [fails @midnight-fails; runs @truncates]"
]
OF_A_DAY = {"TestOverdue", "TestValid", "TestLongOverdue"}
SOUND = {"TestAgeThen", "TestClockInUTC", "TestMidnightInUTC", *OF_A_DAY}


@pytest.mark.parametrize("release", RELEASES)
def test_what_the_clock_and_the_zone_make_of_a_moment_is_told(release: str) -> None:
    check_causes("fixed_dates", release, TOLD, {}, SOUND)


def _told_at(day: datetime) -> dict[str, list[str]]:
    """Return what is told of the tests with a day of their own, had they run on another day."""
    case = case_of("fixed_dates", NEWEST)
    sources = Sources(package=case.package, working=PROGRAMS / "fixed_dates")
    manifest = Manifest(started_unix_ns=int(day.timestamp()) * 1_000_000_000)
    return {
        test: [named(e.claim) for e in explain(case, failure_of(case, test), sources, manifest)]
        for test in OF_A_DAY
    }


def test_a_day_in_the_source_is_told_where_the_run_is_of_the_year_around_it() -> None:
    depends = "depends on the date of the run:"
    assert _told_at(datetime(2026, 1, 3, tzinfo=UTC)) == {
        "TestOverdue": [
            f"TestOverdue {depends} time.Now().After(i.Due) (@overdue) asks for 2026-01-01"
        ],
        "TestValid": [f"TestValid {depends} time.Now().Before(until) (@valid) asks for 2026-01-01"],
        "TestLongOverdue": [],
    }
    assert _told_at(datetime(2028, 1, 3, tzinfo=UTC)) == {test: [] for test in OF_A_DAY}
