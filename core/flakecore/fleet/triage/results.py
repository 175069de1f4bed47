"""The results of all tests as columns of numbers, which everything else groups.

Texts that repeat are numbered once by Arrow's dictionaries, so that a hundred thousand runs are
some arrays of integers: grouping is counting them, and nothing loops over rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flakecore.fleet.arrow import arrow
from flakecore.fleet.store import FleetStore

Numbers = NDArray[np.int64]
Codes = NDArray[np.int32]
"""Numbers of texts. Half as wide, a million of them take half the time to copy."""

_DTYPES = {"double": "float64"} | {name: name for name in ("int8", "int16", "int32", "int64")}
"""numpy's names of Arrow's types."""


@dataclass(frozen=True, slots=True)
class TriageFilter:
    """What is looked at.

    Attributes:
        package: import path, or its end; "" for all.
        rule: failures whose first finding is of this rule count alone; "" for all.
        branch: name of the branch; "" for all.
        test: full name, its subtests with it; "" for all.
    """

    package: str = ""
    rule: str = ""
    branch: str = ""
    test: str = ""


@dataclass(frozen=True, slots=True)
class Results:
    """Results that are a pass or a failure, one a row.

    Attributes:
        names: package and test of each number in ``test``.
        test: (n,), number of the test.
        failed: (n,), whether it failed by itself, and by the rule that was asked for.
        count: (n,), how many alike results the row stands for.
        drawn: (n,), whether its conditions were drawn evenly; the others count in no rate.
        started_ns: (n,), when its run began; 0 if unknown.
        revisions: text of each number in ``revision``.
        revision: (n,), number of the revision.
        rows: (n,), the rows of the table of tests that they are.
    """

    names: list[tuple[str, str]]
    test: Codes
    failed: NDArray[np.bool_]
    count: Codes
    drawn: NDArray[np.bool_]
    started_ns: Numbers
    revisions: list[str]
    revision: Codes
    rows: Numbers


def read_results(store: FleetStore, chosen: TriageFilter) -> Results:
    """Return the results that a filter leaves.

    Raises:
        FlakeError: there is no scanned fleet, or a file of it cannot be read.
    """
    columns = ["package", "test", "status", "failed", "results", "drawn"]
    columns += ["started_unix_ns", "revision"]
    columns += [name for name in ("rule", "branch") if getattr(chosen, name)]
    table = store.read("tests", columns)
    statuses, status = codes(table, "status")
    failed = column(table, "failed").astype(np.bool_)
    passes = np.array([text == "pass" for text in [*statuses, ""]])[status]
    wanted = passes | failed
    packages, package = codes(table, "package")
    tests, test = codes(table, "test")
    if chosen.package:
        wanted &= _is(packages, package, lambda text: is_of_package(text, chosen.package))
    if chosen.test:
        wanted &= _is(tests, test, lambda text: f"{text}/".startswith(f"{chosen.test}/"))
    if chosen.branch:
        wanted &= _is(*codes(table, "branch"), lambda text: text == chosen.branch)
    if chosen.rule:
        failed &= _is(*codes(table, "rule"), lambda text: text == chosen.rule)
    kept = np.flatnonzero(wanted)
    # A number for each pair that occurs: of packages times tests most do not.
    pairs = package[kept].astype(np.int64) * max(len(tests), 1) + test[kept]
    used, numbers = _numbered(pairs, max(len(packages), 1) * max(len(tests), 1))
    revisions, revision = codes(table, "revision")
    return Results(
        names=[(packages[pair // len(tests)], tests[pair % len(tests)]) for pair in used.tolist()],
        test=numbers,
        failed=failed[kept],
        count=column(table, "results")[kept].astype(np.int32, copy=False),
        drawn=column(table, "drawn")[kept].astype(np.bool_),
        started_ns=column(table, "started_unix_ns")[kept].astype(np.int64, copy=False),
        revisions=revisions,
        revision=revision[kept],
        rows=kept,
    )


def codes(table: Any, name: str) -> tuple[list[str], Codes]:
    """Return the distinct texts of a column, and the number of each row's."""
    whole = table[name].combine_chunks()
    if not len(whole):
        return [], np.zeros(0, np.int32)
    if whole.type != "string" and hasattr(whole, "dictionary"):
        encoded = whole
    else:
        encoded = whole.dictionary_encode()
    return encoded.dictionary.to_pylist(), plain(encoded.indices).astype(np.int32, copy=False)


def column(table: Any, name: str) -> NDArray[Any]:
    """Return a column of numbers without nulls, which are 0."""
    return plain(table[name].combine_chunks())


def plain(array: Any) -> NDArray[Any]:
    """Return an Arrow array of numbers as it lies in memory; its nulls are 0.

    What pyarrow makes of numpy's arrays or gives as such imports pandas where that is installed,
    which takes 0.2 s.
    """
    kind = str(array.type)
    if array.null_count:
        array = array.fill_null(False if kind == "bool" else 0)
    begin, end = array.offset, array.offset + len(array)
    if not len(array):
        return np.zeros(0, _DTYPES.get(kind, kind))
    data = array.buffers()[1]
    if kind == "bool":
        bits = np.unpackbits(np.frombuffer(data, np.uint8), count=end, bitorder="little")
        return bits[begin:].astype(np.bool_)
    return np.frombuffer(data, _DTYPES[kind])[begin:end]


def take_rows(table: Any, rows: NDArray[Any]) -> Any:
    """Return some rows of a table."""
    pa = arrow()
    numbers = np.ascontiguousarray(rows, np.int64)
    return table.take(pa.Array.from_buffers(pa.int64(), len(rows), [None, pa.py_buffer(numbers)]))


def is_of_package(package: str, asked: str) -> bool:
    """Return whether a package is the one that is asked for, by its import path or its end."""
    return package == asked or package.endswith(f"/{asked.lstrip('/')}")


def _is(texts: list[str], numbers: Codes, wanted: Any) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = np.array([wanted(text) for text in [*texts, ""]], np.bool_)[numbers]
    return found


def _numbered(values: Numbers, bound: int) -> tuple[Numbers, Codes]:
    """Return the distinct values, and the place of each value among them.

    Counting is linear, sorting is not: it is used where the values are spread too thin.
    """
    if bound > 4 * len(values) + (1 << 20):
        used, places = np.unique(values, return_inverse=True)
        return used, places.astype(np.int32)
    occurs = np.bincount(values, minlength=bound) > 0
    return np.flatnonzero(occurs), (np.cumsum(occurs, dtype=np.int32) - 1)[values]
