"""Times that are cut to a day of UTC, where the message has one of another zone."""

from __future__ import annotations

import pytest

from diagnosis.failing_sources import FILE, asked
from diagnosis.source.go_text import line_with
from flakecore.diagnosis import Certainty, Role
from flakecore.diagnosis.rules.test_code.time.truncated_day import RULE

_TEXT = """import (
	"testing"
	"time"
)

func midnight(at time.Time) time.Time {
	return CUT // midnight
}

func other(at time.Time) time.Time { return at.Truncate(24 * time.Hour) }

func TestX(t *testing.T) {
	if got := midnight(time.Now()); got.Hour() != 0 {
		t.Fatal(got)
	}
}
"""
_CUT = "at.Truncate(24 * time.Hour)"
_ELSEWHERE = "no midnight: 2026-11-27 19:00:00 -0500 EST"


@pytest.mark.parametrize("cut", [_CUT, "at.Round(time.Hour * 24)", "at.Truncate(24*time.Hour)"])
@pytest.mark.parametrize("message", [_ELSEWHERE, "got 2026-11-27T19:00:00.5+05:30"])
def test_a_day_of_utc_is_told_beside_a_time_of_another_zone(cut: str, message: str) -> None:
    text = _TEXT.replace("CUT", cut)
    (found,) = asked(RULE, text, message)
    line = line_with(text, "// midnight")
    assert found.claim == (
        "TestX depends on the machine's time zone: midnight takes"
        f" {cut} ({FILE}:{line}), a day of UTC"
    )
    assert found.certainty is Certainty.INFERRED
    assert [(each.role, each.line) for each in found.places] == [
        (Role.FAILS, line_with(text, "t.Fatal")),
        (Role.RUNS, line),
    ]


@pytest.mark.parametrize(
    ("cut", "message"),
    [
        (_CUT, "no midnight: 2026-11-28 00:00:00 +0000 UTC"),
        (_CUT, "no midnight: 2026-11-28T00:00:00Z"),
        (_CUT, "no midnight"),
        ("at.Truncate(time.Hour)", _ELSEWHERE),
        ("at.Add(24 * time.Hour)", _ELSEWHERE),
        (f"{_CUT}.Add(at.Sub(at.Round(24 * time.Hour)))", _ELSEWHERE),
    ],
)
def test_nothing_is_told_without_such_a_time_or_the_one_day(cut: str, message: str) -> None:
    assert asked(RULE, _TEXT.replace("CUT", cut), message) == []
