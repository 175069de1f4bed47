"""A triage as JSON. Its keys are stable: keys may be added, none is renamed or removed."""

from __future__ import annotations

from typing import Any

import orjson

from flakecore.fleet.triage.clusters import Cluster
from flakecore.fleet.triage.flaky_tests import FlakyTest
from flakecore.fleet.triage.triage import Triage
from flakecore.report.json.json_text import json_bytes
from flakecore.report.runs.run_json import association_json

SCHEMA = "flaketui.triage/1"


def render_triage_json(found: Triage, *, in_full: bool = False) -> bytes:
    """Return a triage as indented JSON, always in full."""
    del in_full
    totals, chosen = found.totals, found.chosen
    return json_bytes(
        {
            "schema": SCHEMA,
            "totals": {
                "bundles": totals.bundles,
                "damaged": totals.damaged,
                "runs": totals.runs,
                "failed_runs": totals.failed_runs,
                "drawn_runs": totals.drawn_runs,
                "drawn_failed_runs": totals.drawn_failed_runs,
                "first_unix_ns": totals.first_ns,
                "last_unix_ns": totals.last_ns,
            },
            "only": {
                "package": chosen.package,
                "test": chosen.test,
                "branch": chosen.branch,
                "rule": chosen.rule,
            },
            "tests": [_test(found, test) for test in found.tests],
            "clusters": [_cluster(cluster) for cluster in found.clusters],
        },
        option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE,
    )


def _test(found: Triage, test: FlakyTest) -> dict[str, Any]:
    since = test.since
    return {
        "package": test.package,
        "test": test.test,
        "runs": test.runs,
        "failures": test.failures,
        "drawn_runs": test.drawn_runs,
        "drawn_failures": test.drawn_failures,
        "rate_low": test.low,
        "rate_high": test.high,
        "flaky": test.flaky,
        "trend": [{"runs": runs, "failures": failures} for runs, failures in test.trend],
        "since": {
            "revision": since.revision,
            "started_unix_ns": since.started_ns,
            "runs_before": since.runs_before,
            "p": since.p,
        }
        if since is not None
        else None,
        "last_unix_ns": test.last_ns,
        "goes_with": [association_json(each) for each in found.goes_with.get(test.number, ())],
    }


def _cluster(cluster: Cluster) -> dict[str, Any]:
    return {
        "shared": cluster.shared,
        "is_cause": cluster.is_cause,
        "failures": cluster.failures,
        "bundles": cluster.bundles,
        "tests": list(cluster.tests),
        "rule": cluster.rule,
        "certainty": cluster.certainty,
        "headline": cluster.headline,
        "first_unix_ns": cluster.first_ns,
        "last_unix_ns": cluster.last_ns,
        "examples": [
            {
                "bundle": each.bundle,
                "package": each.package,
                "attempt": each.attempt,
                "test": each.test,
            }
            for each in cluster.examples
        ],
    }
