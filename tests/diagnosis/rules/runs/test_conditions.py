"""Settings that failing runs share, and no run that passed has."""

from __future__ import annotations

from dataclasses import replace

import pytest

from diagnosis.assertion_runs import case_of
from flakecore.bundle import Attempt, Manifest, Settings
from flakecore.diagnosis import Certainty, Finding, Weight, explain
from toolchains import NEWEST

ONE, FOUR = Settings(gomaxprocs=1), Settings(gomaxprocs=4)
TEST = "TestOutside"


def _found(failed: list[Settings], passed: list[Settings]) -> list[Finding]:
    case = case_of("order", NEWEST, "-shuffle=1")
    attempts = [
        Attempt(number=at, exit_code=int(at <= len(failed)), settings=settings)
        for at, settings in enumerate([*failed, *passed], 1)
    ]
    named = [
        replace(each, failed=(f"example.com/order.{TEST}",)) if each.exit_code else each
        for each in attempts
    ]
    manifest = Manifest(packages=("example.com/order",), attempts=tuple(named))
    (failure,) = (each for each in case.failures if each.test_name == TEST)
    return [each for each in explain(case, failure, None, manifest) if each.rule == "flags"]


def test_a_setting_that_all_failing_runs_have_and_no_other_is_told_by_counts() -> None:
    (finding,) = _found([ONE] * 4, [FOUR] * 4)
    assert finding.claim == (
        "TestOutside failed in 4 of 4 runs with GOMAXPROCS=1, in 0 of 4 without; p = 0.014"
    )
    assert (finding.certainty, finding.weight) == (Certainty.ASSOCIATED, Weight.CIRCUMSTANCE)


@pytest.mark.parametrize(
    ("failed", "passed"),
    [
        ([ONE] * 4, [FOUR] * 3 + [ONE]),
        ([ONE] * 3 + [FOUR], [FOUR] * 4),
        ([ONE], [FOUR]),
        ([ONE] * 4, [ONE] * 4),
        ([ONE] * 4, []),
    ],
)
def test_a_setting_that_chance_may_divide_so_is_not_told(
    failed: list[Settings], passed: list[Settings]
) -> None:
    assert _found(failed, passed) == []
