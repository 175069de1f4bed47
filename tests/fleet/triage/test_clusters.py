"""Failures that share a cause or a signature."""

from __future__ import annotations

from pathlib import Path

from flakecore.fleet import TriageFilter
from flakecore.fleet.triage.clusters import clusters
from fleet.fleets import PACKAGE, fleet


def test_one_cause_is_one_cluster_over_tests(tmp_path: Path) -> None:
    fleet(tmp_path, ["lock-cycle", "pass", "lock-cycle"], name="a")
    store = fleet(tmp_path, ["lock-cycle", "none"], test="TestOther", name="b")
    first, second = clusters(store, TriageFilter())
    assert (first.failures, first.bundles, first.is_cause) == (3, 3, True)
    assert first.tests == (f"{PACKAGE}.TestDrain", f"{PACKAGE}.TestOther")
    assert (second.failures, second.is_cause) == (1, False)
    assert second.shared.startswith("assertion: got N of N")


def test_the_latest_failure_is_told_and_opened(tmp_path: Path) -> None:
    store = fleet(tmp_path, ["race"] * 5)
    (only,) = clusters(store, TriageFilter())
    assert only.headline == "TestDrain found run4"
    assert [each.bundle for each in only.examples] == [
        "/ci/run4.zip",
        "/ci/run3.zip",
        "/ci/run2.zip",
    ]


def test_a_filter_holds_for_clusters_too(tmp_path: Path) -> None:
    store = fleet(tmp_path, ["race", "lock-cycle", "pass"])
    (only,) = clusters(store, TriageFilter(rule="race"))
    assert only.rule == "race"
    assert clusters(store, TriageFilter(branch="other")) == ()
