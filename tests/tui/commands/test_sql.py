"""``flaketui sql`` as it is run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fleet.fleets import fleet
from program import SAMPLE, call_program


def test_a_bundle_is_asked() -> None:
    found = call_program("sql", str(SAMPLE), "SELECT count(*) AS n FROM tests", "--format", "json")
    assert (found.returncode, found.stderr) == (0, "")
    assert json.loads(found.stdout) == [{"n": 13}]


def test_what_a_damaged_bundle_lacks_is_said(tmp_path: Path) -> None:
    (tmp_path / "test.json").write_text(
        '{"Action":"run","Package":"p","Test":"TestA"}\n{"Action":"pass","Packa\n'
    )
    found = call_program(
        "sql", str(tmp_path), "SELECT count(*) AS n FROM tests", "--format", "json"
    )
    assert json.loads(found.stdout) == [{"n": 1}]
    assert found.stderr.startswith("flaketui: test.json: ")
    assert found.stderr.count("\n") == 1


def test_a_fleet_is_asked(tmp_path: Path) -> None:
    fleet(tmp_path, ["race", "pass"])
    found = call_program("sql", str(tmp_path), "SELECT count(*) AS n FROM runs", "--format", "csv")
    assert found.stdout == "n\n2\n"


def test_parquet_goes_to_a_file_only(tmp_path: Path) -> None:
    found = call_program("sql", str(tmp_path), "SELECT 1", "--format", "parquet")
    assert found.returncode == 2
    assert found.stderr == "flaketui: Parquet is no text; name a file with -o FILE\n"


def test_tables_are_told_where_they_are_asked_for() -> None:
    found = call_program("sql", str(SAMPLE), "show TABLES")
    assert found.returncode == 2
    assert found.stderr.startswith("flaketui: tables are collections, conditions, ")


@pytest.mark.parametrize("arguments", [("sql", "{}", "SELECT 1"), ("triage", "{}")])
def test_a_place_that_may_not_be_read_is_told_in_a_line(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    place = tmp_path / ("x" * 255) / ("y" * 256)  # no file system has so long a name
    found = call_program(*(each.format(place) for each in arguments))
    assert found.returncode == 2
    assert found.stderr.count("\n") == 1
    assert "an error of the program's own" not in found.stderr
