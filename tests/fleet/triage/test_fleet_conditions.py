"""What the failures of a test go with, over bundles."""

from __future__ import annotations

from pathlib import Path

from flakecore.fleet import TriageFilter
from flakecore.fleet.triage.flaky_tests import flaky_tests
from flakecore.fleet.triage.fleet_conditions import FleetConditions
from flakecore.fleet.triage.results import read_results
from fleet.fleets import fleet


def sentences(folder: Path, outcomes: list[str], conditions: list[str]) -> list[str]:
    store = fleet(folder, outcomes, conditions=conditions)
    results = read_results(store, TriageFilter())
    (test,) = flaky_tests(results)
    found = FleetConditions(store, results).associations(test.number)
    return [each.sentence() for each in found]


def test_a_condition_that_failures_go_with_is_told_with_its_counts(tmp_path: Path) -> None:
    told = sentences(tmp_path, ["race"] * 8 + ["pass"] * 12, ["1"] * 8 + ["4"] * 12)
    assert told == ["Failed 8 of 8 with GOMAXPROCS=1, 0 of 12 without (p = 8e-06)"]


def test_one_that_chance_may_divide_so_is_not(tmp_path: Path) -> None:
    assert sentences(tmp_path, ["race", "pass"] * 6, ["1", "1", "4", "4"] * 3) == []


def test_runs_without_conditions_are_no_condition(tmp_path: Path) -> None:
    assert sentences(tmp_path, ["race", "pass"], []) == []


def test_runs_under_what_had_failed_before_do_not_count(tmp_path: Path) -> None:
    fleet(tmp_path, ["race"] * 8, conditions=["1"] * 8, name="learned", drawn=False)
    assert sentences(tmp_path, ["race", *["pass"] * 12], ["4"] * 13) == []
