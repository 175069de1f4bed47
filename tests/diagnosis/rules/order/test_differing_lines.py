"""Lines that only the runs that failed printed, or only the others, in one process."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import case_of, case_of_log, found_on
from diagnosis.program_runs import RELEASES
from diagnosis.rule_table import record
from flakecore.diagnosis import Certainty, Weight

IN_FAILED = "in 3 of 3 runs that failed and in none of 9 that passed"
IN_PASSED = "in 9 of 9 runs that passed and in none of 3 that failed"
TOLD = {
    "TestMisses": [f'TestMisses printed "cache miss of user 4" {IN_FAILED}; p = 0.0091'],
    "TestWarms": [f'TestWarms printed "warmed up in 1 ms" {IN_PASSED}; p = 0.0091'],
    "TestRetries": [f'TestRetries printed "gave the lease up" {IN_FAILED}; p = 0.014'],
    "TestCounts": [],
    "TestFailsOnce": [],
    "TestEndsEarly": [],
}


@pytest.mark.parametrize("release", RELEASES)
def test_a_line_of_the_failing_runs_alone_is_told_with_its_counts(release: str) -> None:
    for level, case in (
        ("trace, log and source", case_of("differing_lines", release, "-count=12")),
        ("log and source", case_of_log("differing_lines", release, "-count=12")),
    ):
        told = {test: list(_claims(found)) for test, found in found_on(case, source=False).items()}
        for test, claims in told.items():
            record("lines-differ" if TOLD[test] else "(differing_lines)", level, TOLD[test], claims)
        assert told == TOLD, level


def _claims(findings: object) -> list[str]:
    assert isinstance(findings, tuple)
    found = [each for each in findings if each.rule == "lines-differ"]
    assert all(each.certainty is Certainty.ASSOCIATED for each in found)
    assert all(each.weight is Weight.CIRCUMSTANCE for each in found)
    return [each.claim for each in found]
