"""Which cases and tests features are worked out for."""

from __future__ import annotations

import flakecore
from flakecore.comparison import time_limit_ns
from flakecore.report.features import features_of_cases
from flakecore.report.features.feature_rows import feature_ids
from program import SAMPLE


def test_a_test_comes_with_its_subtests_and_without_its_run() -> None:
    with flakecore.open(SAMPLE) as bundle:
        (found,) = features_of_cases(bundle.bundle, bundle.cases, "TestBackoff")
        (none,) = features_of_cases(bundle.bundle, bundle.cases, "TestBack")
    assert [row.name for row in found.rows] == [
        "TestBackoff",
        *(f"TestBackoff/attempt={number}" for number in (1, 3, 7, 50)),
    ]
    assert none.rows == ()


def test_the_limit_of_the_run_is_that_of_the_manifest() -> None:
    with flakecore.open(SAMPLE) as bundle:
        assert time_limit_ns(bundle.bundle) == 3_000_000_000


def test_waits_by_reason_come_behind_the_list() -> None:
    with flakecore.open(SAMPLE) as bundle:
        names = feature_ids(features_of_cases(bundle.bundle, bundle.cases))
    assert names[0] == "goroutine_count_variance"
    assert names[-1] == "blocked_share:waiting"
