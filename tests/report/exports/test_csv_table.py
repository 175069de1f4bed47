"""CSV of every table, as pandas and Python's own reader read it back."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest

from flakecore.errors import FlakeError
from flakecore.report import ExportRequest
from flakecore.timeline import TABLES, Table
from report.exports.exported import exported, opened_sample


def texts_of(table: Table) -> list[list[str]]:
    columns = []
    for column in table.values():
        values = column.tolist()
        truth = column.dtype == np.bool_
        columns.append([str(value).lower() if truth else str(value) for value in values])
    return [list(row) for row in zip(*columns, strict=True)]


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_read_back_as_it_is(name: str) -> None:
    with opened_sample() as (_, case):
        table = getattr(case.tables, name)()
    text = exported("csv", ExportRequest(table=name)).decode()
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    assert header == ["package", "run", *table]
    assert [row[2:] for row in rows] == texts_of(table)
    assert {row[0] for row in rows} == {"example.com/flaky/courier"}


def test_pandas_reads_numbers_and_truths_as_such() -> None:
    import pandas  # takes 0.4 s: what collects tests does without it

    frame = pandas.read_csv(io.BytesIO(exported("csv", ExportRequest(table="waits"))))
    with opened_sample() as (_, case):
        waits = case.tables.waits()
    assert frame["start_ns"].tolist() == waits["start_ns"].tolist()
    assert frame["to_the_end"].tolist() == waits["to_the_end"].tolist()


def test_a_table_that_is_none_is_told_with_those_there_are() -> None:
    with pytest.raises(FlakeError, match="--table is one of waits, "):
        exported("csv", ExportRequest(table="nothing"))
