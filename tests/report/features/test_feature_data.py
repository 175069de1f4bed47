"""Features as data: the same numbers in every format, for a run and each of its tests."""

from __future__ import annotations

import csv
import io
import json

import pyarrow.parquet
import pytest

import flakecore
from flakecore.report.features import FEATURE_FORMATS, CaseFeatures, features_of_cases
from program import SAMPLE


@pytest.fixture(scope="module")
def found() -> tuple[CaseFeatures, ...]:
    with flakecore.open(SAMPLE) as bundle:
        return features_of_cases(bundle.bundle, bundle.cases)


def test_json_has_each_scope_with_values_and_verdicts(found: tuple[CaseFeatures, ...]) -> None:
    report = json.loads(FEATURE_FORMATS["json"](found))
    assert report["schema"] == "flaketui.features/1"
    (case,) = report["cases"]
    assert case["package"] == "example.com/flaky/courier"
    run = case["scopes"][0]
    assert run["test"] == ""
    assert run["values"] == dict(found[0].rows[0].values)
    assert run["verdicts"] == {
        "goroutine_count_variance": "suspicious",
        "gc_pause_ratio": "usual",
        "syscall_latency_skew": "usual",
    }
    assert list(report["features"])[:3] == list(run["verdicts"])
    assert report["features"]["gc_pause_ratio"]["suspicious"] == 0.05


def test_csv_has_a_row_for_each_scope(found: tuple[CaseFeatures, ...]) -> None:
    rows = list(csv.DictReader(io.StringIO(FEATURE_FORMATS["csv"](found).decode())))
    assert [row["test"] for row in rows] == [row.name for row in found[0].rows]
    for row, scope in zip(rows, found[0].rows, strict=True):
        for name, value in scope.values.items():
            assert (float(row[name]) if row[name] else None) == value


def test_parquet_has_the_same_rows(found: tuple[CaseFeatures, ...]) -> None:
    table = pyarrow.parquet.read_table(io.BytesIO(FEATURE_FORMATS["parquet"](found))).to_pydict()
    assert table["test"] == [row.name for row in found[0].rows]
    for name in ("gc_pause_ratio", "runnable_p99_ns", "budget_share"):
        assert table[name] == [row.values.get(name) for row in found[0].rows]
