"""Queries, and what they may not reach."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import flakecore
from flakecore.errors import FlakeError
from flakecore.report.sql import query_bundle, query_fleet
from flakecore.report.sql.query import Answer, columns_named, tables_named
from flakecore.timeline import OpenedBundle
from fleet.fleets import fleet
from program import SAMPLE


@pytest.fixture
def opened() -> Iterator[OpenedBundle]:
    with flakecore.open(SAMPLE) as found:
        yield found


def test_a_query_gives_what_the_library_gives(opened: OpenedBundle) -> None:
    waits = opened.cases[0].tables.waits()
    (row,) = query_bundle(opened, "SELECT count(*), max(end_ns) FROM waits").rows()
    assert row == (len(waits["end_ns"]), int(waits["end_ns"].max()))


def test_a_fleet_has_the_same_failures_as_its_bundles(tmp_path: Path) -> None:
    store = fleet(tmp_path, ["race", "pass", "race", "lock-cycle"])
    answer = query_fleet(store, "SELECT rule, count(*) n FROM failures GROUP BY rule ORDER BY n")
    assert answer.columns == ("rule", "n")
    assert list(answer.rows()) == [("lock-cycle", 1), ("race", 2)]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/hostname')",
        "SELECT * FROM '/etc/hostname'",
        "SELECT * FROM glob('/*')",
        "SELECT content FROM read_text('/etc/hostname')",
        "SELECT * FROM read_parquet('https://example.com/x.parquet')",
    ],
)
def test_a_query_reads_no_file_and_no_network(opened: OpenedBundle, sql: str) -> None:
    with pytest.raises(FlakeError, match="the query cannot be run"):
        list(query_bundle(opened, sql).rows())


@pytest.mark.parametrize(
    "sql",
    [
        "COPY (SELECT 1) TO 'x.csv'",
        "ATTACH 'x.db'",
        "SET enable_external_access = true",
        "INSTALL httpfs",
        "SELECT 1; SELECT 2",
        "",
    ],
)
def test_only_one_query_is_run(opened: OpenedBundle, sql: str) -> None:
    with pytest.raises(FlakeError, match=r"no query|more than one query"):
        query_bundle(opened, sql)


def test_an_unknown_table_is_told_with_those_there_are(opened: OpenedBundle) -> None:
    with pytest.raises(FlakeError, match=r"nope does not exist.*tables are collections, "):
        query_bundle(opened, "SELECT * FROM nope")


def test_a_variable_of_the_program_is_no_table(opened: OpenedBundle) -> None:
    with pytest.raises(FlakeError, match="opened does not exist"):
        query_bundle(opened, "SELECT * FROM opened")


def test_without_duckdb_the_extra_is_named(
    opened: OpenedBundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(FlakeError, match=r"flaketui\[sql\]"):
        query_bundle(opened, "SELECT 1")


@pytest.mark.parametrize(
    ("sql", "columns"),
    [
        ("SELECT b FROM t", ["b"]),
        ("SELECT count(*) FROM t WHERE c", ["c"]),
        ("SELECT count(*) FROM t", ["a"]),
        ("SELECT * FROM t", ["a", "b", "c"]),
        ("FROM t", ["a", "b", "c"]),
        ("WITH x AS (FROM t) FROM x", ["a", "b", "c"]),
        ("SUMMARIZE t", ["a", "b", "c"]),
    ],
)
def test_only_columns_that_a_query_may_use_are_read(sql: str, columns: list[str]) -> None:
    assert columns_named(sql, ["a", "b", "c"]) == columns


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        ("SELECT waits FROM tests", ["tests"]),
        ("SELECT 1 FROM tests t JOIN waits USING (test), output", ["output", "tests", "waits"]),
        ('FROM "tests"', ["tests"]),
        ("SELECT (SELECT max(a) FROM main.waits)", ["waits"]),
        ("SELECT count(*) AS waits FROM Tests -- FROM output", ["tests"]),
        ("DESCRIBE waits", ["waits"]),
    ],
)
def test_only_tables_that_a_query_names_are_made(sql: str, tables: list[str]) -> None:
    assert tables_named(sql, {"tests", "waits", "output"}) == tables


class _Interrupted:
    """A connection whose query is broken off by Ctrl-C, in DuckDB's words."""

    columns = ("n",)

    def sql(self, _sql: str) -> _Interrupted:
        return self

    def execute(self, _sql: str) -> None:
        raise RuntimeError("Query interrupted")

    def to_arrow_table(self) -> None:
        raise RuntimeError("Query interrupted")


def test_a_query_that_is_broken_off_is_no_error_of_the_program() -> None:
    answer = Answer(_Interrupted(), "SELECT 1 AS n")
    with pytest.raises(KeyboardInterrupt):
        list(answer.rows())
    with pytest.raises(KeyboardInterrupt):
        answer.arrow_table()
