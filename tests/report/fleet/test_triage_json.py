"""A triage as JSON."""

from __future__ import annotations

import json
import re
from pathlib import Path

from flakecore.fleet import TriageFilter
from flakecore.fleet.triage.triage import triage
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


def keys(value: object) -> set[str]:
    if isinstance(value, dict):
        return set(value).union(*map(keys, value.values()))
    return set().union(*map(keys, value)) if isinstance(value, list) else set()


def test_every_key_is_described(tmp_path: Path) -> None:
    store = fleet(
        tmp_path,
        ["race"] * 9 + ["pass"] * 9,
        conditions=["1"] * 9 + ["4"] * 9,
        revisions=["aaa"] * 18,
    )
    found = triage(store, TriageFilter(), conditions_of=1)
    page = (Path(__file__).parents[3] / "core" / "README.md").read_text()
    told = page.partition("`flaketui.triage/1`")[2].partition("<!-- fleet -->")[0]
    real = keys(json.loads(render_triage_json(found))) - {"schema"}
    assert real - set(re.findall(r"`(\w+)`", told)) == set()
