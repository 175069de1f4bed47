"""Fleets with outcomes that are known, written as a scan writes them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flakecore.fleet import FLEET_TABLES, FleetStore

PACKAGE = "example.com/pool"
HOUR_NS = 3_600_000_000_000
BEGUN_NS = 1_795_000_000_000_000_000


def fleet(
    folder: Path,
    outcomes: Sequence[str],
    *,
    revisions: Sequence[str] = (),
    conditions: Sequence[str] = (),
    test: str = "TestDrain",
    branch: str = "main",
    name: str = "run",
    drawn: bool = True,
) -> FleetStore:
    """Write a bundle for each outcome: ``pass``, or the rule that its failure is of.

    Args:
        folder: of the fleet.
        outcomes: one a run, an hour apart.
        revisions: of each run.
        conditions: the value of GOMAXPROCS in each run.
        test: the test that fails; another beside it always passes.
        branch: of all runs.
        name: begins the names of the bundles.
        drawn: whether the conditions of all runs were drawn evenly.
    """
    store = FleetStore(folder)
    for number, outcome in enumerate(outcomes):
        rows = _rows(
            f"{name}{number}",
            outcome,
            test,
            {
                "started_unix_ns": BEGUN_NS + number * HOUR_NS,
                "revision": revisions[number] if revisions else "",
                "branch": branch,
            },
            conditions[number] if conditions else "",
            drawn,
        )
        store.write(f"{name}{number}", rows)
    return store


def _rows(
    content: str,
    outcome: str,
    test: str,
    when: dict[str, Any],
    gomaxprocs: str,
    drawn: bool,
) -> dict[str, list[dict[str, Any]]]:
    failed = outcome != "pass"
    key = {"content": content, "run": 1, "package": PACKAGE, "attempt": ""}
    result = {"repetition": 1, "results": 1, "elapsed_ns": 1_000_000, "drawn": drawn}
    status = "fail" if failed else "pass"
    rule = outcome if failed else ""
    rows: dict[str, list[dict[str, Any]]] = {
        "bundles": [{"content": content, "bundle": f"/ci/{content}.zip", "problem": "", **when}],
        "runs": [
            {"content": content, "run": 1, "passed": not failed, "kept": True, "drawn": drawn}
            | when
        ],
        "tests": [
            {**key, **result, "test": "TestFill", "status": "pass", "failed": False, "rule": ""}
            | when,
            {**key, **result, "test": test, "status": status, "failed": failed, "rule": rule}
            | when,
        ],
    }
    if failed:
        rows["failures"] = [
            {
                **key,
                "failure": 0,
                "test": test,
                "kind": "assertion",
                "signature": f"assertion: got N of N at pool_test.go:40 [{rule}]",
                "cause": "" if rule == "none" else f"{rule}: GN holds mu and GN waits for it",
                "rule": rule,
                "certainty": "inferred",
                "headline": f"{test} found {content}",
                **when,
            }
        ]
    if gomaxprocs:
        rows["conditions"] = [
            {"content": content, "run": 1, "condition": "GOMAXPROCS", "text": gomaxprocs}
        ]
    assert set(rows) <= set(FLEET_TABLES)
    return rows
