"""What a query gave, as a table for people, JSON, CSV or Parquet."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

import orjson

from flakecore.fleet.arrow import arrow
from flakecore.report.json.json_text import json_bytes
from flakecore.report.sql.query import Answer
from flakecore.text.printable import clean, printable

_ROWS = 500
"""Rows of a table that are shown to people; the other formats have all."""
_WIDEST = 80
_BEYOND_JSON = 1 << 63


def render_result_text(answer: Answer, *, in_full: bool = False) -> bytes:
    """Return a result as a table in UTF-8, numbers to the right.

    Args:
        answer: the result.
        in_full: every row, and no cell cut.
    """
    rows = answer.rows()
    shown = list(rows if in_full else islice(rows, _ROWS))
    more = sum(1 for _ in rows)
    cells = [[_cell(value, in_full) for value in row] for row in shown]
    names = [printable(clean(name)) for name in answer.columns]
    widths = [
        max(len(name), *(len(row[at]) for row in cells)) if cells else len(name)
        for at, name in enumerate(names)
    ]
    right = [
        bool(shown) and all(isinstance(row[at], int | float | None) for row in shown)
        for at in range(len(names))
    ]
    lines = [_line(names, widths, right), _line(["─" * width for width in widths], widths, right)]
    lines += [_line(row, widths, right) for row in cells]
    if more:
        lines.append(f"… {more:,} more rows; --all, LIMIT or another format")
    return ("\n".join(lines) + "\n").encode()


def _line(cells: list[str], widths: list[int], right: list[bool]) -> str:
    laid = (
        cell.rjust(width) if to_right else cell.ljust(width)
        for cell, width, to_right in zip(cells, widths, right, strict=True)
    )
    return "  ".join(laid).rstrip()


def _cell(value: Any, in_full: bool) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.6g}"
    text = printable(clean(" ".join(str(value).split())))
    return text if in_full or len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"


def _json(answer: Answer) -> bytes:
    """Return a result as a JSON array of objects; numbers that are none are null."""
    rows = [
        {name: _plain(value) for name, value in zip(answer.columns, row, strict=True)}
        for row in answer.rows()
    ]
    return json_bytes(rows, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _plain(value: Any) -> Any:
    """Return a value that JSON has: of numbers that need more than 64 bits the nearest float."""
    if isinstance(value, Decimal) or (isinstance(value, int) and abs(value) >= _BEYOND_JSON):
        return float(value)
    return str(value) if isinstance(value, bytes | timedelta) else value


def _csv(answer: Answer) -> bytes:
    """Return a result as CSV with a line of names; what is null is empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(answer.columns)
    writer.writerows(answer.rows())
    return text.getvalue().encode()


def _parquet(answer: Answer) -> bytes:
    """Return a result as a Parquet file."""
    sink = arrow().BufferOutputStream()
    arrow("parquet").write_table(answer.arrow_table(), sink, compression="zstd")
    data: bytes = sink.getvalue().to_pybytes()
    return data


SQL_FORMATS: dict[str, Callable[[Answer], bytes]] = {
    "text": render_result_text,
    "json": _json,
    "csv": _csv,
    "parquet": _parquet,
}
"""What makes each format, by its name."""
