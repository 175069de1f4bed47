"""What all attempts at a test say together."""

from __future__ import annotations

import pytest

from flakecore.bundle import open_bundle
from flakecore.report import Excerpt
from flakecore.report.junit.results import NOT_BUILT, OverallResult, TestResults, package_results
from flakecore.timeline import load_cases
from program import SAMPLE
from report.junit.test_junit_report import runs_of_order
from timeline.captures import capture
from toolchains import NEWEST


def results_of(*places: str, test: str = "", unkept: str = "") -> dict[str, TestResults]:
    with open_bundle(*places) as bundle:
        cases = load_cases(bundle)
        found = package_results(cases, Excerpt(test=test), lambda name: name == unkept)
    return {each.name: each for each in found}


def test_each_test_of_one_run_has_the_verdict_of_its_result() -> None:
    found = results_of(str(SAMPLE))
    failed = {name for name, each in found.items() if each.verdict is OverallResult.FAILED}
    assert failed == {
        "TestLedgerTransfersBothWays",
        "TestQueueDeliversInOrder",
        "TestRenderStaysWithinBudget",
        "TestStatsCountDeliveries",
    }
    assert {each.verdict for each in found.values()} == {OverallResult.FAILED, OverallResult.PASSED}


@pytest.mark.needs_go
def test_one_attempt_that_passed_makes_it_flaky_also_one_that_was_not_kept() -> None:
    alone, beside, again = (str(runs_of_order() / f"run{number}.json") for number in (1, 2, 3))
    assert results_of(alone, beside)["TestDefaultLimit"].verdict is OverallResult.FLAKY
    assert results_of(beside, again)["TestDefaultLimit"].verdict is OverallResult.FAILED
    unkept = results_of(beside, again, unkept="TestDefaultLimit")
    assert unkept["TestDefaultLimit"].verdict is OverallResult.FLAKY
    assert unkept["TestSmallLimit"].verdict is OverallResult.PASSED


@pytest.mark.needs_go
def test_a_package_that_was_not_built_is_a_test_of_that_name() -> None:
    (found,) = results_of(str(capture(NEWEST, "endings/broken").folder)).values()
    assert found.name == NOT_BUILT
    assert found.verdict is OverallResult.FAILED
