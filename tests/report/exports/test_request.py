"""A window and a test leave what touches them, as the rows of a CSV show."""

from __future__ import annotations

import csv
import io

import pytest

from flakecore.report import ExportRequest
from report.exports.exported import exported, opened_sample


def rows_of(request: ExportRequest) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(exported("csv", request).decode(), newline="")))


@pytest.mark.parametrize("name", ["waits", "events", "output", "collections", "intervals"])
def test_a_window_leaves_what_touches_it(name: str) -> None:
    begin, end = 10_000_000, 20_000_000
    found = rows_of(ExportRequest(table=name, from_ns=begin, to_ns=end))
    first, last = ("time_ns", "time_ns") if "time_ns" in found[0] else ("start_ns", "end_ns")
    assert all(int(row[last]) >= begin and int(row[first]) <= end for row in found)
    with opened_sample() as (_, case):
        table = getattr(case.tables, name)()
    assert len(found) == int(((table[last] >= begin) & (table[first] <= end)).sum())


def test_one_test_is_told_with_its_subtests_and_nothing_of_others() -> None:
    tests = rows_of(ExportRequest(table="tests", test="TestBackoff"))
    assert {row["name"].partition("/")[0] for row in tests} == {"TestBackoff"}
    assert len(tests) == 5
    numbers = {row["goroutine"] for row in tests}
    events = rows_of(ExportRequest(table="events", test="TestBackoff"))
    assert numbers <= {row["goroutine"] for row in events}
    assert {row["test"] for row in rows_of(ExportRequest(table="waits", test="TestBackoff"))} == {
        "1",
        "9",
        "10",
        "11",
        "12",
    }
