"""The tables of a bundle for SQL: those of all its cases, each made when a query names it.

``package`` and ``attempt`` stand before each row, and where a case's table has the row of a test,
its full name stands there as ``test`` and the row as ``test_number``. What failed and why comes as
a scan would store it, so that a query on it can be asked of a fleet as well.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flakecore.fleet.arrow import arrow, schema_of
from flakecore.fleet.scan.bundle_rows import BundleRows
from flakecore.fleet.schema import FLEET_TABLES, Column
from flakecore.timeline import TABLES, Case, OpenedBundle, Table
from flakecore.timeline.tables.columns import NOWHERE, places, stack_place, text_column

_AS_SCANNED = ("runs", "failures", "findings", "conditions", "features")
_WAKE_COLUMNS = {
    "end_ns": "time_ns",
    "waker": "goroutine",
    "wake_function": "function",
    "wake_file": "file",
    "wake_line": "line",
    "wake_stack": "stack",
    "goroutine": "woken",
    "state": "state",
    "function": "woken_function",
    "start_ns": "waited_since_ns",
}
_TEST_COLUMNS = {"name": "test", "attempt": "repetition"}

WAKES: tuple[Column, ...] = (
    Column("time_ns", "int64", "when the wait ended"),
    Column("goroutine", "int64", "goroutine that ended it"),
    Column("function", "text", "where that was, the program's own frame"),
    Column("file", "text", "that frame's file"),
    Column("line", "int32", "that frame's line"),
    Column("stack", "text", "the whole stack"),
    Column("woken", "int64", "goroutine that had waited"),
    Column("state", "text", "what for: `chan receive`, `mutex` and so on"),
    Column("woken_function", "text", "where it had waited, the program's own frame"),
    Column("waited_since_ns", "int64", "since when"),
)
SAMPLES: tuple[Column, ...] = (
    Column("time_ns", "int64", "when the CPU profile that ran beside the trace looked"),
    Column("thread", "int64", "thread that ran; -1 for none"),
    Column("proc", "int64", "proc that it had; -1 for none"),
    Column("goroutine", "int64", "goroutine that ran; -1 for none"),
    Column("function", "text", "where, the program's own frame"),
    Column("file", "text", "that frame's file"),
    Column("line", "int32", "that frame's line"),
    Column("stack", "text", "the whole stack"),
)
BUNDLE_TABLES = (*_AS_SCANNED, *TABLES, "wakes", "samples")
"""Names of the tables of a bundle."""


class BundleTables:
    """Makes the tables of a bundle."""

    def __init__(self, opened: OpenedBundle) -> None:
        """Take an open bundle; nothing is read yet."""
        self._opened = opened

    @cached_property
    def _scanned(self) -> dict[str, list[dict[str, Any]]]:
        return BundleRows(self._opened.bundle, "").rows()

    def table(self, name: str) -> Any:
        """Return a table as a ``pyarrow.Table``.

        Raises:
            KeyError: there is none of that name.
        """
        if name in _AS_SCANNED:
            columns = tuple(each for each in FLEET_TABLES[name] if each.name != "content")
            rows = [
                {each.name: row[each.name] for each in columns}
                for row in self._scanned.get(name, ())
            ]
            return arrow().Table.from_pylist(rows, schema=schema_of(columns))
        make = _MAKERS.get(name) or _case_table(name)
        return arrow().concat_tables(
            [_of_case(case, make(case)) for case in self._opened.cases],
            promote_options="permissive",
        )


def _case_table(name: str) -> Callable[[Case], Table]:
    if name not in TABLES:
        raise KeyError(name)

    def make(case: Case) -> Table:
        found: Table = getattr(case.tables, name)()
        return found

    return make


def _tests(case: Case) -> Table:
    found = case.tables.tests()
    number = np.arange(len(found["name"]), dtype=np.int32)
    renamed = {_TEST_COLUMNS.get(name, name): column for name, column in found.items()}
    return {"number": number, **renamed}


def _wakes(case: Case) -> Table:
    waits = case.tables.waits()
    ended = np.flatnonzero(waits["waker"] > 0)
    ended = ended[np.argsort(waits["end_ns"][ended], kind="stable")]
    return {new: waits[old][ended] for old, new in _WAKE_COLUMNS.items()}


def _samples(case: Case) -> Table:
    trace = case.trace
    if trace is None:
        none = np.zeros(0, np.int64)
        numbers = dict.fromkeys(("time_ns", "thread", "proc", "goroutine"), none)
        return {**numbers, **places(none, lambda _: NOWHERE)}
    found = trace.annotations.samples
    return {
        "time_ns": found.time,
        "thread": found.thread,
        "proc": found.proc,
        "goroutine": found.goroutine,
        **places(found.stack, lambda number: stack_place(trace.table.stack(number), case.package)),
    }


_MAKERS: dict[str, Callable[[Case], Table]] = {
    "tests": _tests,
    "wakes": _wakes,
    "samples": _samples,
}


def _of_case(case: Case, table: Table) -> Any:
    """Return a case's table for Arrow, with the names of its case and its tests."""
    pa = arrow()
    rows = len(next(iter(table.values())))
    columns: dict[str, Any] = {
        "package": _repeated(case.package, rows),
        "attempt": _repeated(case.attempt, rows),
    }
    names = text_column([*(test.name for test in case.tests), ""])
    for name, column in table.items():
        if name in ("test", "reported_test") and column.dtype.kind == "i":
            columns[name] = _text(names[column])
            columns[f"{name}_number"] = pa.array(column)
        elif column.dtype.kind in "OU":
            columns[name] = _text(column)
        else:
            columns[name] = pa.array(column)
    return pa.table(columns)


def _repeated(text: str, rows: int) -> Any:
    pa = arrow()
    return pa.DictionaryArray.from_arrays(
        pa.array(np.zeros(rows, np.int32)), pa.array([_stored(text)])
    )


def _text(column: NDArray[Any]) -> Any:
    """Return a column of text with each text once: equal rows share one object."""
    pa = arrow()
    identities = np.fromiter(map(id, column), np.int64, len(column))
    _, first, numbers = np.unique(identities, return_index=True, return_inverse=True)
    texts = pa.array([_stored(text) for text in column[first].tolist()], pa.string())
    return pa.DictionaryArray.from_arrays(pa.array(numbers.astype(np.int32)), texts)


def _stored(text: str) -> str:
    """Return a text that UTF-8 can hold: bytes that were none are marked."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
