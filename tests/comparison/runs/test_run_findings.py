"""A failure goes with a condition of its runs, by counts, or nothing is said."""

from __future__ import annotations

import pytest

from comparison.conftest import counting_failure
from flakecore.comparison import Run, run_findings
from flakecore.diagnosis import Certainty, Weight
from flakecore.diagnosis.findings import CLAIM_LIMIT
from flakecore.timeline import Case

NAME = "example.com/flaky/courier.TestStatsCountDeliveries"


def runs(failed: list[str], passed: list[str]) -> list[Run]:
    return [
        Run("b", 1, 0, 1, (NAME,) if bad else (), not bad, (), {"GOMAXPROCS": value}, {}, False)
        for values, bad in ((failed, True), (passed, False))
        for value in values
    ]


def test_a_setting_that_failures_go_with_is_told_by_counts(case: Case) -> None:
    (finding,) = run_findings(case, counting_failure(case), runs(["1"] * 4, ["4"] * 4))
    assert finding.claim == "Failed 4 of 4 with GOMAXPROCS=1, 0 of 4 without (p = 0.03)"
    assert len(finding.claim) <= CLAIM_LIMIT
    assert (finding.rule, finding.certainty) == ("flags", Certainty.ASSOCIATED)
    assert finding.weight is Weight.CIRCUMSTANCE
    assert finding.test == counting_failure(case).test


@pytest.mark.parametrize(
    ("failed", "passed"),
    [
        (["1", "1", "1", "4"], ["4"] * 4),
        (["1"], ["4"]),
        (["1"] * 4, ["1"] * 4),
        (["1"] * 4, []),
        ([], []),
    ],
)
def test_what_chance_may_divide_so_is_not_told(
    case: Case, failed: list[str], passed: list[str]
) -> None:
    assert run_findings(case, counting_failure(case), runs(failed, passed)) == ()


def test_runs_in_which_another_test_failed_say_nothing_of_this_one(case: Case) -> None:
    other = next(each for each in case.failures if each.test_name != "TestStatsCountDeliveries")
    assert run_findings(case, other, runs(["1"] * 4, ["4"] * 4)) == ()
