"""``flaketui sql`` as it is run."""

from __future__ import annotations

import json
from pathlib import Path

from fleet.fleets import fleet
from program import SAMPLE, run_program


def test_a_bundle_is_asked() -> None:
    found = run_program("sql", str(SAMPLE), "SELECT count(*) AS n FROM tests", "--format", "json")
    assert (found.returncode, found.stderr) == (0, "")
    assert json.loads(found.stdout) == [{"n": 13}]


def test_a_fleet_is_asked(tmp_path: Path) -> None:
    fleet(tmp_path, ["race", "pass"])
    found = run_program("sql", str(tmp_path), "SELECT count(*) AS n FROM runs", "--format", "csv")
    assert found.stdout == "n\n2\n"


def test_parquet_goes_to_a_file_only(tmp_path: Path) -> None:
    found = run_program("sql", str(tmp_path), "SELECT 1", "--format", "parquet")
    assert found.returncode == 2
    assert found.stderr == "flaketui: Parquet is no text; name a file with -o FILE\n"
