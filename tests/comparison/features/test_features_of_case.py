"""Features are what the raw events of a run give when they are gone through one by one."""

from __future__ import annotations

import pytest

import flakecore
from comparison.features.plain_features import plain_features
from flakecore.comparison.features.feature import FEATURES, feature_named
from flakecore.comparison.features.features_of_case import case_features
from flakecore.timeline import Case
from program import SAMPLE
from timeline.captures import capture
from toolchains import NEWEST


@pytest.fixture(scope="module")
def sample() -> Case:
    with flakecore.open(SAMPLE) as bundle:
        return bundle.cases[0]


def assert_equal_to_the_reference(case: Case) -> None:
    plain, run = plain_features(case), case_features(case)[0].values
    assert {name: run[name] for name in plain} == pytest.approx(plain, rel=1e-9)


def test_those_of_the_sample_are_what_its_events_give(sample: Case) -> None:
    assert_equal_to_the_reference(sample)


@pytest.mark.parametrize("release", [NEWEST, "1.22.10"])
@pytest.mark.slow
def test_those_of_a_capture_are_what_its_events_give(release: str) -> None:
    assert_equal_to_the_reference(capture(release, "handover").case)


def test_every_feature_of_the_list_is_worked_out(sample: Case) -> None:
    run, *tests = case_features(sample)
    ids = {feature.id for feature in FEATURES}
    assert ids - set(run.values) == {"overlapping_tests"}
    assert len(tests) == len(sample.tests)
    for each in tests:
        assert ids - set(each.values) == {"steals"}
        assert {feature_named(name).id for name in each.values} >= ids - {"steals"}


def test_a_test_counts_its_own_goroutines_while_it_runs(sample: Case) -> None:
    by_name = {each.name: each.values for each in case_features(sample)}
    # Its two transfers stay in the deadlock; another one was started by it and ended.
    assert by_name["TestLedgerTransfersBothWays"]["goroutines_left"] == 2
    assert by_name["TestStatsCountDeliveries"]["goroutines_left"] == 0
    # Each subtest has one goroutine; with the one that runs them there are five at most.
    parent = by_name["TestBackoff"]["goroutines_peak"]
    subtests = [values for name, values in by_name.items() if name.startswith("TestBackoff/")]
    assert parent == 5
    assert [values["goroutines_peak"] for values in subtests] == [1, 1, 1, 1]


def test_a_run_without_a_trace_has_what_its_output_gives() -> None:
    case = capture(NEWEST, "handover", trace=False).case
    run = case_features(case, limit_ns=10**12)[0].values
    assert set(run) == {"lines", "lines_per_s", "elapsed_ns", "budget_share"}
    assert run["lines"] == len(case.output)
    assert run["budget_share"] == pytest.approx((case.elapsed_ns or 0) / 10**12)
