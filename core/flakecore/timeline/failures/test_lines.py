"""The lines that each test printed, without those of crashes, made on demand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from flakecore.gotest import Line, PackageRun

_OF_CRASH = np.iinfo(np.int32).max
"""The number of no test."""


class TestLines:
    """The lines of a package's run by test, without those of crashes' dumps."""

    __test__ = False

    def __init__(self, run: PackageRun) -> None:
        """Sort the lines of ``run`` by test, which keeps those of one test in order."""
        tests = run.lines.tests
        if run.crashes:
            tests = tests.copy()
            for crash in run.crashes:
                tests[crash.first_line : crash.last_line + 1] = _OF_CRASH
        # Stable sorting of what is nearly sorted is quick, and needs no memory of its own.
        self._positions = np.argsort(tests, kind="stable")
        self._tests = tests[self._positions]
        self._lines = run.lines
        self._made: dict[int, Sequence[Line]] = {}

    def of(self, test: int) -> Sequence[Line]:
        """Return the lines of a test by its index; those of no test for -1."""
        made = self._made.get(test)
        if made is None:
            start, end = np.searchsorted(self._tests, [test, test + 1]).tolist()
            made = [self._lines[at] for at in self._positions[start:end].tolist()]
            self._made[test] = made
        return made
