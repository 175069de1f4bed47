"""A failure goes with a condition of its runs, by counts, or nothing is said."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from comparison.conftest import counting_failure
from flakecore.comparison import Run, run_findings, with_runs
from flakecore.comparison.predicates.event import RunEvent, TestRecord
from flakecore.diagnosis import Certainty, Evidence, Finding, Weight
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


BEFORE = RunEvent("before", "TestSeed", "ran before it")


def noted(count: int, *, bad: bool) -> list[Run]:
    """Return runs of which a hunt noted that TestSeed ran before in just those that failed."""
    table, seen = [BEFORE], np.zeros(int(bad), np.int32)
    record = TestRecord(table, seen, np.zeros(len(seen), np.int64), 9 if bad else -1)
    (run,) = runs(["1"], []) if bad else runs([], ["1"])
    return [dataclasses.replace(run, records={NAME: record})] * count


@pytest.mark.parametrize(
    ("blamed", "rules"),
    [("TestSeed", ["order-dependent"]), ("TestSeedling", ["order-dependent", "predicate"])],
)
def test_an_order_is_told_once_with_the_counts_of_all_runs(
    blamed: str, rules: list[str], case: Case
) -> None:
    claim = f"TestStats failed in 3 of 3 runs with {blamed} before it, in 0 of 3 without; p = 0.05"
    few = Finding(
        "order-dependent",
        claim,
        Certainty.ASSOCIATED,
        test=0,
        evidence=(Evidence("of 6 runs", None, 0),),
        next="compare",
    )
    failure = counting_failure(case)
    found = with_runs((few,), case, failure, [*noted(9, bad=True), *noted(40, bad=False)])
    assert [each.rule for each in found] == rules
    if blamed == "TestSeed":
        told = "failed in 9 of 9 runs with TestSeed before it, in 0 of 40 without; p = 5e-10"
        assert found[0].claim == f"{failure.test_name} {told}"
        assert [each.text for each in found[0].evidence] == [f"of 49 runs of the hunt, it {told}"]
        assert (found[0].certainty, found[0].next) == (Certainty.ASSOCIATED, "compare")
    else:
        assert found[0] == few
