"""Features are what the raw events of a run give when they are gone through one by one."""

from __future__ import annotations

import numpy as np
import pytest

import flakecore
from comparison.features.plain_features import plain_features, told_by_events
from flakecore.comparison.features.feature import FEATURES, feature_named
from flakecore.comparison.features.features_of_case import case_features
from flakecore.gotrace import State
from flakecore.timeline import Case
from program import SAMPLE
from timeline.captures import capture
from toolchains import NEWEST


@pytest.fixture(scope="module")
def sample() -> Case:
    with flakecore.open(SAMPLE) as bundle:
        return bundle.cases[0]


FROM_OUTPUT = {"lines", "lines_per_s", "overlapping_tests", "elapsed_ns", "budget_share"}


def assert_equal_to_the_reference(case: Case) -> None:
    told = told_by_events(case)
    for each in case_features(case):
        plain = plain_features(case, told, each.test)
        found = {name: each.values[name] for name in plain}
        assert found == pytest.approx(plain, rel=1e-9), each.name
        of_trace = {feature.id for feature in FEATURES} - FROM_OUTPUT
        assert of_trace - set(plain) == ({"steals"} if each.name else set())


def test_those_of_the_sample_and_its_tests_are_what_its_events_give(sample: Case) -> None:
    assert_equal_to_the_reference(sample)


def test_shares_of_waits_by_reason_are_those_of_the_intervals(sample: Case) -> None:
    assert sample.schedule is not None
    table = sample.tables.intervals()
    own = (table["kind"] == "G") & ~np.isin(table["lane"], sample.schedule.tree.system)
    length, state = (table["end_ns"] - table["start_ns"])[own], table["state"][own]
    expected = {
        f"blocked_share:{each.label}": length[state == each.label].sum() / length.sum()
        for each in State
        if each.waiting and (state == each.label).any()
    }
    run = case_features(sample)[0].values
    found = {name: value for name, value in run.items() if name.startswith("blocked_share:")}
    assert found == pytest.approx(expected)
    assert sum(expected.values()) == pytest.approx(run["blocked_share"])


def test_what_the_output_tells_is_counted_line_by_line(sample: Case) -> None:
    spans = [test.waits[-1][1] if test.waits else test.start_ns for test in sample.tests]
    parents = {test.parent for test in sample.tests}
    for each in case_features(sample, limit_ns=10**12)[1:]:
        test, names = sample.tests[each.test], (f"{each.name}/", each.name)
        of_test = [t for t in sample.tests if t.name == names[1] or t.name.startswith(names[0])]
        lines = sum(int((sample.output.columns.test == t.index).sum()) for t in of_test)
        assert each.values["lines"] == lines
        assert each.values["elapsed_ns"] == test.duration_ns
        assert each.values["lines_per_s"] == pytest.approx(lines * 10**9 / test.duration_ns)
        assert each.values["budget_share"] == pytest.approx(test.duration_ns / 10**12)
        beside = [
            other
            for other in sample.tests
            if other not in of_test
            and other.index not in parents
            and spans[other.index] < max(test.end_ns, spans[test.index] + 1)
            and max(other.end_ns, spans[other.index] + 1) > spans[test.index]
        ]
        assert each.values["overlapping_tests"] == len(beside)


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
