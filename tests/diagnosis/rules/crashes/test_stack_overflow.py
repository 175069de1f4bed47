"""A stack that overflows is told with the functions that call one another on it."""

from __future__ import annotations

import pytest

from diagnosis.program_runs import RELEASES
from diagnosis.rules.crash_pasts import check_no_crash, check_past, check_without_source

TOLD = {
    "TestSumsACircle": "seen: Ga's stack overflows: (*Node).Sum calls itself at @sums again and"
    " again [panics @sums]",
    "TestPrintsItself": "seen: Ga's stack overflows: Degree.String calls itself through"
    " fmt.Sprintf at @prints again and again [panics @prints]",
    "TestAsksEachOther": "seen: Ga's stack overflows: Even (@even) and Odd (@odd) call one another"
    " again and again [panics @even; panics @odd]",
}
SOUND = ("TestPrintsANumber", "TestSumsALine")


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("test", TOLD)
def test_a_crash_is_told_with_its_past(test: str, release: str) -> None:
    check_past(test, TOLD[test], release)


@pytest.mark.parametrize("test", TOLD)
def test_without_the_source_no_other_side_is_named(test: str) -> None:
    check_without_source(test)


def test_what_is_sound_does_not_crash() -> None:
    check_no_crash(SOUND)
