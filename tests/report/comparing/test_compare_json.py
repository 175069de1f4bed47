"""Two runs beside each other as JSON."""

from __future__ import annotations

import json

from comparison.divergence.pair import failed_and_passed
from flakecore.comparison import compare_cases
from flakecore.report.comparing import render_compare_json


def test_pairs_are_of_the_first_and_the_second_run() -> None:
    found = compare_cases(*failed_and_passed(), ({"GOMAXPROCS": "1"}, {"GOMAXPROCS": "2"}))
    report = json.loads(render_compare_json(["a", "b"], found))
    assert report["schema"] == "flaketui.compare/1"
    assert report["runs"] == ["a", "b"]
    assert report["conditions"] == {"GOMAXPROCS": ["1", "2"]}
    (test,) = report["ended_otherwise"]
    assert [each["status"] for each in test["ended"]] == ["fail", "pass"]
    assert report["before"] == [[], []]
    parting = report["partings"][0]
    assert parting["alike"] == 1
    assert [step["words"] for step in parting["steps"]] == ["ends", "prints delivers"]
    assert {"text": "gives up", "count": [1, 0]} in report["lines"]
