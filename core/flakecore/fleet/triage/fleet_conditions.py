"""The conditions that the failures of a test go with, over all bundles."""

from __future__ import annotations

import numpy as np

from flakecore.comparison import Association, ConditionColumn, associations_of_columns
from flakecore.fleet.store import FleetStore
from flakecore.fleet.triage.results import Numbers, Results, codes, column

_LEFT_OUT = ("revision",)
"""What is reported as a trend instead."""
_MOST_VALUES = 50
"""Texts of more values than that identify runs, as a name does, and are no condition."""


class FleetConditions:
    """The conditions of all runs, read once."""

    def __init__(self, store: FleetStore, results: Results) -> None:
        """Read the conditions of the runs that some results are of.

        Raises:
            FlakeError: a file of the fleet cannot be read.
        """
        self._results = results
        bundles, bundle, self._run = _runs_of(store, results)
        table = store.read("conditions", ("content", "run", "condition", "text", "number"))
        contents, content = codes(table, "content")
        places = {text: at for at, text in enumerate(bundles)}
        mapped = np.array([places.get(text, -1) for text in [*contents, ""]], np.int64)[content]
        run = table["run"].to_numpy().astype(np.int64)
        runs, self._row_runs = np.unique(_run_keys(bundle, self._run), return_inverse=True)
        keys = _run_keys(mapped, run)
        rows = np.searchsorted(runs, keys)
        rows[rows == len(runs)] = 0
        known = (mapped >= 0) & (runs[rows] == keys) if len(runs) else np.zeros(len(keys), bool)
        names, name = codes(table, "condition")
        texts, text = codes(table, "text")
        is_text = table["text"].is_valid().to_numpy()
        number = table["number"].to_numpy()
        self._columns: dict[str, ConditionColumn] = {}
        for at, condition in enumerate(names):
            if condition in _LEFT_OUT:
                continue
            own = known & (name == at)
            found = np.full(len(runs), -1, np.int32)
            if is_text[own].any():
                used, values = np.unique(text[own], return_inverse=True)
                if len(used) > _MOST_VALUES:
                    continue
                distinct: list[str | float] = [texts[each] for each in used.tolist()]
            else:
                numbers, values = np.unique(number[own], return_inverse=True)
                distinct = numbers.tolist()
            found[rows[own]] = values
            self._columns[condition] = ConditionColumn(distinct, found)

    def associations(self, test: int) -> tuple[Association, ...]:
        """Return the conditions that the failures of a test go with, the surest first.

        Args:
            test: its number in the results.
        """
        results = self._results
        # What stands for several runs together has no conditions.
        rows = np.flatnonzero((results.test == test) & (self._run >= 0) & results.drawn)
        failed = results.failed[rows]
        runs = self._row_runs[rows]
        columns = {
            name: ConditionColumn(column.values, column.codes[runs])
            for name, column in self._columns.items()
        }
        present = {
            name: _narrowed(column) for name, column in columns.items() if (column.codes >= 0).any()
        }
        return associations_of_columns(present, failed)


def _narrowed(column: ConditionColumn) -> ConditionColumn:
    """Return a column with the values alone that its runs have."""
    used, places = np.unique(column.codes, return_inverse=True)
    first = int(used[0] < 0)
    values = [column.values[each] for each in used[first:].tolist()]
    return ConditionColumn(values, places.astype(np.int32) - first)


def _runs_of(store: FleetStore, results: Results) -> tuple[list[str], Numbers, Numbers]:
    """Return the hashes of all bundles, and of each result which it is of, and its run's number."""
    table = store.read("tests", ("content", "run"))
    contents, content = codes(table, "content")
    run = column(table, "run")[results.rows].astype(np.int64)
    return contents, content[results.rows].astype(np.int64), run


def _run_keys(content: Numbers, run: Numbers) -> Numbers:
    return content * (1 << 32) + run + 1
