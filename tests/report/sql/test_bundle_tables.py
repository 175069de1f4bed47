"""The tables of a bundle, as SQL has them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import flakecore
from flakecore.report.sql.bundle_tables import BUNDLE_TABLES, SAMPLES, WAKES, BundleTables
from flakecore.timeline import OpenedBundle
from program import SAMPLE


@pytest.fixture(scope="module")
def opened() -> Iterator[OpenedBundle]:
    with flakecore.open(SAMPLE) as found:
        yield found


@pytest.fixture(scope="module")
def tables(opened: OpenedBundle) -> BundleTables:
    return BundleTables(opened)


@pytest.mark.parametrize("name", sorted(set(BUNDLE_TABLES) - {"events", "runs", "conditions"}))
def test_every_table_has_its_case_before_each_row(tables: BundleTables, name: str) -> None:
    table = tables.table(name)
    assert {"package", "attempt"} <= set(table.column_names)
    assert table.num_rows > 0
    assert set(table["package"].to_pylist()) == {"example.com/flaky/courier"}


def test_tests_are_named(opened: OpenedBundle, tables: BundleTables) -> None:
    case = opened.cases[0]
    output = tables.table("output")
    numbers, names = output["test_number"].to_pylist(), output["test"].to_pylist()
    assert numbers == case.tables.output()["test"].tolist()
    assert names == [case.tests[number].name if number >= 0 else "" for number in numbers]
    assert tables.table("tests")["test"].to_pylist() == [test.name for test in case.tests]


def test_wakes_are_the_waits_that_a_goroutine_ended_in_order(tables: BundleTables) -> None:
    wakes, waits = tables.table("wakes"), tables.table("waits")
    assert wakes.num_rows == sum(waker > 0 for waker in waits["waker"].to_pylist())
    times = wakes["time_ns"].to_pylist()
    assert times == sorted(times)


@pytest.mark.parametrize(("name", "columns"), [("wakes", WAKES), ("samples", SAMPLES)])
def test_their_columns_are_those_that_are_described(
    tables: BundleTables, name: str, columns: tuple[tuple[str, str, str], ...]
) -> None:
    assert tables.table(name).column_names == ["package", "attempt", *(each[0] for each in columns)]


def test_an_unknown_table_is_none(tables: BundleTables) -> None:
    with pytest.raises(KeyError):
        tables.table("nope")
