"""pyarrow, loaded when it is used: an extra that only fleets and Parquet need."""

from __future__ import annotations

import importlib
from typing import Any

from flakecore.errors import FlakeError

_REMEDY = "python3 -m pip install 'flaketui[parquet]'"


def arrow(module: str = "") -> Any:
    """Return pyarrow, or one of its modules such as ``parquet``.

    Raises:
        FlakeError: it is not installed.
    """
    try:
        return importlib.import_module(f"pyarrow.{module}" if module else "pyarrow")
    except ImportError as error:
        problem = "tables of many bundles need pyarrow, which is not installed"
        raise FlakeError(problem, remedy=_REMEDY) from error


def schema_of(columns: tuple[tuple[str, str, str], ...]) -> Any:
    """Return the Arrow schema of columns (``flakecore.fleet.schema.Column``)."""
    pa = arrow()
    types = {
        "text": pa.string(),
        "int64": pa.int64(),
        "int32": pa.int32(),
        "float64": pa.float64(),
        "bool": pa.bool_(),
    }
    return pa.schema([(name, types[kind]) for name, kind, _ in columns])
