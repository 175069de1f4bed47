"""Many runs as JSON."""

from __future__ import annotations

import json

from flakecore.comparison import Run, failure_rates
from flakecore.report.runs import render_run_json


def test_it_has_every_run_and_what_failures_go_with() -> None:
    runs = [
        Run("b.zip", at, 5, 7, ("p.T",), False, ("p",), {"load": 4.0}, {"p.T": "got N"}, False)
        for at in range(6)
    ]
    runs += [
        Run("b.zip", at, 5, None, (), True, ("p",), {"load": 0.0}, {}, True) for at in range(6)
    ]
    report = json.loads(render_run_json(runs, failure_rates(runs)))
    assert report["schema"] == "flaketui.runs/1"
    assert report["runs"][0] == {
        "bundle": "b.zip",
        "number": 0,
        "started_unix_ns": 5,
        "duration_ns": 7,
        "passed": False,
        "failed": ["p.T"],
        "packages": ["p"],
        "conditions": {"load": 4.0},
        "signatures": {"p.T": "got N"},
        "features": {},
        "repetitions": [],
        "kept": False,
        "drawn": True,
    }
    (failure,) = report["failures"]
    assert (failure["name"], failure["failures"], failure["runs"]) == ("p.T", 6, 12)
    assert failure["signatures"] == [{"signature": "got N", "count": 6}]
    (goes_with,) = failure["goes_with"]
    assert goes_with["words"] == "load 4"
    assert (goes_with["failed_with"], goes_with["runs_with"]) == (6, 6)
