"""A triage as text."""

from __future__ import annotations

from pathlib import Path

from flakecore.fleet import TriageFilter
from flakecore.fleet.triage.triage import triage
from flakecore.report.fleet import render_triage_text
from fleet.fleets import fleet


def text(folder: Path, chosen: TriageFilter | None = None) -> str:
    outcomes = ["pass"] * 20 + ["lock-cycle"] * 8 + ["pass"] * 2
    conditions = ["4"] * 20 + ["1"] * 8 + ["4"] * 2
    revisions = ["aaa"] * 20 + ["bbb"] * 10
    store = fleet(folder, outcomes, revisions=revisions, conditions=conditions)
    found = triage(store, chosen or TriageFilter(), conditions_of=5)
    return render_triage_text(found).decode()


def test_it_tells_rate_trend_since_when_and_what_it_goes_with(tmp_path: Path) -> None:
    lines = text(tmp_path).splitlines()
    assert lines[0].startswith("30 bundles, 30 runs, 2026-11-18 to 2026-11-19; runs that failed: 8")
    at = lines.index("example.com/pool.TestDrain")
    assert lines[at + 1].startswith("  failed 8 of 30, 26.7 % (95 %: ")
    assert lines[at + 2] == "  over time |················███████·|"
    assert lines[at + 3].startswith("  first failed at revision bbb (2026-11-19); 0 of 20 runs")
    assert any("associated: Failed 8 of 8 with GOMAXPROCS=1" in line for line in lines)


def test_it_says_how_to_open_the_latest_failure(tmp_path: Path) -> None:
    told = text(tmp_path)
    assert "8 failures of 1 test in 8 bundles: lock-cycle (inferred)" in told
    assert "  flaketui /ci/run27.zip --package example.com/pool --test TestDrain" in told


def test_a_filter_is_told_and_nothing_found_is_said(tmp_path: Path) -> None:
    lines = text(tmp_path, TriageFilter(rule="race")).splitlines()
    assert lines[1:] == ["Only rule race.", "No failure is of these."]
