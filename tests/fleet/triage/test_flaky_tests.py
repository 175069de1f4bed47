"""Rates, trends and since when."""

from __future__ import annotations

from pathlib import Path

from flakecore.comparison.statistics import wilson_interval
from flakecore.fleet import TriageFilter
from flakecore.fleet.triage.flaky_tests import TREND, FlakyTest, flaky_tests
from flakecore.fleet.triage.results import read_results
from flakecore.report.fleet.triage_words import rate_words
from fleet.fleets import PACKAGE, fleet


def found(folder: Path, outcomes: list[str], revisions: list[str] | None = None) -> FlakyTest:
    store = fleet(folder, outcomes, revisions=revisions or [])
    (only,) = flaky_tests(read_results(store, TriageFilter()))
    return only


def test_a_rate_comes_with_its_interval(tmp_path: Path) -> None:
    test = found(tmp_path, ["race", *["pass"] * 9])
    assert (test.name, test.failures, test.runs) == (f"{PACKAGE}.TestDrain", 1, 10)
    assert (test.low, test.high) == wilson_interval(1, 10)
    assert test.flaky


def test_a_test_that_never_passed_is_not_flaky(tmp_path: Path) -> None:
    assert not found(tmp_path, ["race", "race"]).flaky


def test_a_trend_counts_every_run_in_its_time(tmp_path: Path) -> None:
    test = found(tmp_path, ["pass"] * TREND + ["race"] * TREND)
    assert sum(runs for runs, _ in test.trend) == 2 * TREND
    assert [failures for _, failures in test.trend] == [0] * 12 + [2] * 12


def test_since_is_the_first_revision_it_failed_at_with_the_passes_before(tmp_path: Path) -> None:
    revisions = ["aaa"] * 20 + ["bbb"] * 10
    since = found(tmp_path, ["pass"] * 20 + ["race"] * 5 + ["pass"] * 5, revisions).since
    assert since is not None
    assert (since.revision, since.runs_before) == ("bbb", 20)
    assert since.sure


def test_few_passes_before_are_luck(tmp_path: Path) -> None:
    revisions = ["aaa"] * 2 + ["bbb"] * 20
    since = found(tmp_path, ["pass"] * 2 + ["race"] + ["pass"] * 19, revisions).since
    assert since is not None
    assert not since.sure


def test_without_a_revision_nothing_is_said_of_one(tmp_path: Path) -> None:
    assert found(tmp_path, ["race", "pass"]).since is None


def test_runs_under_what_had_failed_before_count_in_no_rate(tmp_path: Path) -> None:
    fleet(tmp_path, ["race", *["pass"] * 19], name="drawn")
    store = fleet(tmp_path, ["race"] * 10, name="learned", drawn=False)
    (test,) = flaky_tests(read_results(store, TriageFilter()))
    assert (test.failures, test.runs) == (11, 30)
    assert (test.drawn_failures, test.drawn_runs) == (1, 20)
    assert (test.low, test.high) == wilson_interval(1, 20)
    assert sum(runs for runs, _ in test.trend) == 20
    assert rate_words(test) == "1 of 20 drawn evenly, 5.0 % (95 %: 0.9 to 23.6 %); 11 of 30 in all"


def test_a_test_that_passed_when_it_was_drawn_is_flaky_all_the_same(tmp_path: Path) -> None:
    fleet(tmp_path, ["pass"] * 20, name="drawn")
    store = fleet(tmp_path, ["race"] * 3, name="learned", drawn=False)
    (test,) = flaky_tests(read_results(store, TriageFilter()))
    assert (test.drawn_failures, test.drawn_runs, test.flaky) == (0, 20, True)
