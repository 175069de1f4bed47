"""A triage as Markdown."""

from __future__ import annotations

from pathlib import Path

from flakecore.fleet import TriageFilter
from flakecore.fleet.triage.triage import triage
from flakecore.report.fleet import render_triage_markdown
from fleet.fleets import fleet


def test_it_has_a_row_for_each_test_and_a_part_for_each_cluster(tmp_path: Path) -> None:
    store = fleet(tmp_path, ["race", "pass", "lock-cycle"], test="Test|Drain")
    found = triage(store, TriageFilter(), conditions_of=1)
    lines = render_triage_markdown(found).decode().splitlines()
    assert lines[0] == "# Flaky tests"
    (row,) = [line for line in lines if line.startswith("| `")]
    assert row.startswith("| `example.com/pool.Test\\|Drain` | 2 of 3, 66.7 % ")
    assert sum(line.startswith("### 1 failure of 1 test in 1 bundle: ") for line in lines) == 2


def test_a_fleet_without_failures_says_so(tmp_path: Path) -> None:
    found = triage(fleet(tmp_path, ["pass"]), TriageFilter(), conditions_of=1)
    assert "No test failed." in render_triage_markdown(found).decode()


def test_a_filter_is_told(tmp_path: Path) -> None:
    found = triage(fleet(tmp_path, ["race"]), TriageFilter(package="a|b"), conditions_of=1)
    lines = render_triage_markdown(found).decode().splitlines()
    assert lines[4:] == ["Only package a\\|b.", "", "No failure is of these."]
