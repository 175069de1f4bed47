"""A triage as JSON."""

from __future__ import annotations

import json
from pathlib import Path

from flakecore.fleet import TriageFilter, triage
from flakecore.report.fleet import render_triage_json
from fleet.fleets import fleet


def test_it_has_all_that_the_text_tells(tmp_path: Path) -> None:
    outcomes = ["race"] * 9 + ["pass"] * 9
    store = fleet(tmp_path, outcomes, conditions=["1"] * 9 + ["4"] * 9, revisions=["aaa"] * 18)
    found = triage(store, TriageFilter(branch="main"), conditions_of=1)
    report = json.loads(render_triage_json(found))
    assert report["schema"] == "flaketui.triage/1"
    assert report["only"]["branch"] == "main"
    (test,) = report["tests"]
    assert (test["failures"], test["runs"], test["flaky"]) == (9, 18, True)
    assert test["since"]["revision"] == "aaa"
    assert test["goes_with"][0]["words"] == "GOMAXPROCS=1"
    (cluster,) = report["clusters"]
    assert cluster["examples"][0]["bundle"] == "/ci/run8.zip"
