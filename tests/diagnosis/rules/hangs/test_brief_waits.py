"""Goroutines that wait while a test fails by itself: what they wait for is not why it failed."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import case_of, case_of_log, causes_of
from diagnosis.object_runs import causes_by_page, page_findings, page_run
from diagnosis.program_runs import RELEASES
from flakecore.diagnosis import Weight
from toolchains import NEWEST

SOUND = ("TestFailsFirst", "TestTakesThree", "TestNeverSums")


@pytest.mark.parametrize("release", RELEASES)
def test_who_waits_beside_an_assertion_is_no_cause_by_trace_or_log(release: str) -> None:
    for case in (case_of("brief_waits", release), case_of_log("brief_waits", release)):
        told = causes_of(case)
        assert {test: told[test] for test in SOUND} == {test: [] for test in SOUND}
        assert [each.partition(",")[0] for each in told["TestComesLate"]] == ["timer-lost"]


@pytest.mark.parametrize("release", RELEASES)
def test_nor_by_what_was_waiting_when_all_tests_were_over(release: str) -> None:
    run = page_run("brief_waits", release)
    assert not [each for test in SOUND for each in causes_by_page(run, test)]
    assert [each.partition(",")[0] for each in causes_by_page(run, "TestComesLate")] == [
        "timer-lost"
    ]


def test_it_is_a_circumstance() -> None:
    (found,) = page_findings(page_run("brief_waits", NEWEST), "TestTakesThree")
    assert found.rule == "chan-no-receiver"
    assert found.weight is Weight.CIRCUMSTANCE
