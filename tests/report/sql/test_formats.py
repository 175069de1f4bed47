"""What a query gave, in each format."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pyarrow
import pyarrow.parquet

from flakecore.report.sql import SQL_FORMATS, Answer, query_fleet, render_result_text
from fleet.fleets import fleet

SQL = "SELECT test, sum(results) AS runs, NULL AS nothing FROM tests GROUP BY test ORDER BY test"


def answer(folder: Path, sql: str = SQL) -> Answer:
    return query_fleet(fleet(folder, ["race", "pass"]), sql)


def test_a_table_has_its_numbers_to_the_right(tmp_path: Path) -> None:
    lines = render_result_text(answer(tmp_path)).decode().splitlines()
    assert lines == [
        "test       runs  nothing",
        "─────────  ────  ───────",
        "TestDrain     2        –",
        "TestFill      2        –",
    ]


def test_rows_that_are_not_shown_are_counted(tmp_path: Path) -> None:
    lines = render_result_text(answer(tmp_path, "SELECT * FROM range(700)")).decode().splitlines()
    assert len(lines) == 2 + 500 + 1
    assert lines[-1].startswith("… 200 more rows; ")


def test_nothing_of_a_text_reaches_a_terminal(tmp_path: Path) -> None:
    sql = "SELECT chr(27) || '[31mred' || chr(10) || 'x' AS told"
    assert render_result_text(answer(tmp_path, sql)).decode().splitlines()[2] == "red x"


def test_json_csv_and_parquet_hold_the_same(tmp_path: Path) -> None:
    expected = [{"test": name, "runs": 2, "nothing": None} for name in ("TestDrain", "TestFill")]
    assert json.loads(SQL_FORMATS["json"](answer(tmp_path / "a"))) == expected
    rows = list(csv.DictReader(io.StringIO(SQL_FORMATS["csv"](answer(tmp_path / "b")).decode())))
    assert rows == [
        {name: "" if value is None else str(value) for name, value in row.items()}
        for row in expected
    ]
    data = SQL_FORMATS["parquet"](answer(tmp_path / "c"))
    assert pyarrow.parquet.read_table(pyarrow.BufferReader(data)).to_pylist() == expected


def test_numbers_that_json_lacks_are_floats(tmp_path: Path) -> None:
    sql = "SELECT 1.5::DECIMAL(9,2) AS a, (1::HUGEINT << 70) AS b"
    assert json.loads(SQL_FORMATS["json"](answer(tmp_path, sql))) == [{"a": 1.5, "b": 2.0**70}]
