"""A fleet that was scanned from bundles, as it is told."""

from __future__ import annotations

from pathlib import Path

from flakecore.fleet import FleetStore, TriageFilter
from flakecore.fleet.scan.scan import scan
from flakecore.fleet.triage.triage import triage
from fleet.bundles import plain_run
from fleet.fleets import fleet


def test_scanned_runs_are_counted(tmp_path: Path) -> None:
    for number, failed in enumerate((True, False, False)):
        log = plain_run(tmp_path / "in" / f"{number}.txt", failed=failed)
        log.write_text(log.read_text() + f"exit of job {number}\n")
    scan([f"{tmp_path}/in/*.txt"], tmp_path / "out", workers=1)
    found = triage(FleetStore(tmp_path / "out"), TriageFilter(), conditions_of=1)
    (test,) = found.tests
    assert (test.name, test.failures, test.runs) == ("example.com/pool.TestDrain", 1, 3)
    assert (found.totals.runs, found.totals.failed_runs, found.totals.damaged) == (3, 1, 0)
    (cluster,) = found.clusters
    assert cluster.examples[0].bundle == str(tmp_path / "in" / "0.txt")


def test_only_the_first_tests_are_asked_for_conditions(tmp_path: Path) -> None:
    fleet(tmp_path, ["race"] * 9 + ["pass"] * 9, conditions=["1"] * 9 + ["4"] * 9, name="a")
    store = fleet(tmp_path, ["race", "pass"], test="TestOther", name="b")
    found = triage(store, TriageFilter(), conditions_of=1)
    assert [test.test for test in found.tests] == ["TestDrain", "TestOther"]
    assert list(found.goes_with) == [found.tests[0].number]
