"""Which part of a bundle is exported: a test, a window of time, a table, a kind of profile."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.report.excerpt import Excerpt
from flakecore.timeline import Case, Table

_ENDS = (("start_ns", "end_ns"), ("created_ns", "ended_ns"), ("time_ns", "time_ns"))
"""Columns of a table that hold from when to when a row is."""


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What is asked for.

    Attributes:
        test: only this test and its subtests; "" for all.
        from_ns, to_ns: the window, on the case's clock, both ends included; None for its ends.
        table: of CSV, which of a case's tables.
        kind: of folded stacks, which kind of profile; "" for the first that there is.
    """

    test: str = ""
    from_ns: int | None = None
    to_ns: int | None = None
    table: str = "waits"
    kind: str = ""

    @property
    def windowed(self) -> bool:
        """Whether less than the whole time is asked for."""
        return self.from_ns is not None or self.to_ns is not None

    def window(self, case: Case) -> tuple[int, int]:
        """Return the window on a case's clock."""
        begin = case.start_ns if self.from_ns is None else self.from_ns
        return begin, case.end_ns if self.to_ns is None else self.to_ns

    def tests(self, case: Case) -> NDArray[np.int32] | None:
        """Return the rows of the tests that are asked for, ascending; None for all."""
        if not self.test:
            return None
        return np.array(sorted(Excerpt(test=self.test).tests(case)), np.int32)

    def goroutines(self, case: Case) -> NDArray[np.int64] | None:
        """Return the goroutines of the tests that are asked for; None for all."""
        tests = self.tests(case)
        if tests is None:
            return None
        schedule = case.schedule
        if schedule is None:
            return np.zeros(0, np.int64)
        return np.unique(
            np.array([n for each in tests.tolist() for n in schedule.goroutines_of(each)], np.int64)
        )

    def rows(self, case: Case, table: Table) -> NDArray[np.bool_]:
        """Return which rows of one of a case's tables are asked for.

        A row that has a beginning and an end is in the window if any of it is. It is of a test if
        the table has it, or else its goroutine is.
        """
        wanted = np.ones(len(next(iter(table.values()))), np.bool_)
        for first, last in _ENDS:
            if first in table and self.windowed:
                begin, end = self.window(case)
                wanted &= (table[last] >= begin) & (table[first] <= end)
        tests = self.tests(case)
        if tests is None:
            return wanted
        if "test" in table:
            return wanted & np.isin(table["test"], tests)
        if "status" in table:  # that of the tests themselves
            return wanted & np.isin(np.arange(len(wanted)), tests)
        goroutines = self.goroutines(case)
        return wanted if goroutines is None else wanted & np.isin(table["goroutine"], goroutines)
