"""A misused wait group is told with what else counts it."""

from __future__ import annotations

import pytest

from diagnosis.program_runs import RELEASES
from diagnosis.rules.crash_pasts import check_no_crash, check_past, check_without_source

TOLD = {
    "TestDoneTooOften": "inferred: Ga calls busy.Done (@done-thrice) once more than busy.Add(2)"
    " (@adds-two) counted [panics @done-thrice; adds @adds-two]",
    "TestDoneOnBothWays": "inferred: Ga takes c.busy below zero (@works): its function calls Done"
    " at @done-early and again by defer (@done-deferred) [panics @works; done @done-early;"
    " adds @adds-crew; adds @adds-sound]",
    "TestTakesAway": "inferred: Ga calls busy.Add(-2) (@takes-away), which is more than busy.Add(1)"
    " (@adds-one) counted [panics @takes-away; adds @adds-one]",
    "TestCountsAnew": "inferred: Ga's busy.Wait (@overtaken) had not returned when busy.Add(1)"
    " (@counts-anew) counted anew [panics @overtaken; created @starts-waits; adds"
    " @counts-anew; done @counts-off]",
}
SOUND = ("TestDoneOnce",)


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("test", TOLD)
def test_a_crash_is_told_with_its_past(test: str, release: str) -> None:
    check_past(test, TOLD[test], release)


@pytest.mark.parametrize("test", TOLD)
def test_without_the_source_no_other_side_is_named(test: str) -> None:
    check_without_source(test)


def test_what_is_sound_does_not_crash() -> None:
    check_no_crash(SOUND)
