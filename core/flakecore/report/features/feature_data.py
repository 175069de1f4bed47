"""Features as JSON, CSV and Parquet: a row for each run and each test."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from flakecore.comparison import ScopeFeatures, feature_named
from flakecore.errors import FlakeError
from flakecore.report.features.feature_rows import CaseFeatures, feature_ids
from flakecore.report.json.json_text import json_bytes

SCHEMA = "flaketui.features/1"
_KEYS = ("package", "attempt", "test")


def features_json(row: ScopeFeatures) -> dict[str, Any]:
    """Return the features of a run or a test, and the verdicts on those with thresholds."""
    verdicts = {
        name: str(verdict)
        for name, value in row.values.items()
        if (verdict := feature_named(name).verdict(value)) is not None
    }
    return {"test": row.name, "values": dict(row.values), "verdicts": verdicts}


def render_feature_json(found: Sequence[CaseFeatures]) -> bytes:
    """Return features as indented JSON, with what each of them is and its thresholds."""
    return json_bytes(
        {
            "schema": SCHEMA,
            "features": {name: _described(name) for name in feature_ids(found)},
            "cases": [
                {
                    "package": case.package,
                    "attempt": case.attempt,
                    "scopes": [features_json(row) for row in case.rows],
                }
                for case in found
            ],
        },
        option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE,
    )


def render_feature_csv(found: Sequence[CaseFeatures]) -> bytes:
    """Return features as CSV with a line of names; what is unknown is empty."""
    text = io.StringIO()
    names = feature_ids(found)
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow((*_KEYS, *names))
    for keys, values in _rows(found):
        writer.writerow((*keys, *(values.get(name) for name in names)))
    return text.getvalue().encode()


def render_feature_parquet(found: Sequence[CaseFeatures]) -> bytes:
    """Return features as a Parquet file; numbers are float64, what is unknown is null.

    Raises:
        FlakeError: pyarrow is not installed.
    """
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise FlakeError(
            "Parquet needs pyarrow, which is not installed",
            remedy="python3 -m pip install 'flaketui[parquet]', or --format csv",
        ) from error
    rows = list(_rows(found))
    columns = {
        key: pyarrow.array([keys[at] for keys, _ in rows], pyarrow.string())
        for at, key in enumerate(_KEYS)
    }
    for name in feature_ids(found):
        values = [values.get(name) for _, values in rows]
        columns[name] = pyarrow.array(
            [None if value is None else float(value) for value in values], pyarrow.float64()
        )
    sink = pyarrow.BufferOutputStream()
    pyarrow.parquet.write_table(pyarrow.table(columns), sink)
    data: bytes = sink.getvalue().to_pybytes()
    return data


def _described(name: str) -> dict[str, Any]:
    feature = feature_named(name)
    return {
        "unit": feature.unit,
        "meaning": feature.meaning,
        "usual": feature.usual,
        "suspicious": feature.suspicious,
    }


def _rows(
    found: Sequence[CaseFeatures],
) -> list[tuple[tuple[str, str, str], Mapping[str, float | None]]]:
    return [
        ((case.package, case.attempt, row.name), row.values) for case in found for row in case.rows
    ]
