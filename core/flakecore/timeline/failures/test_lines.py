"""The lines that each test printed, without those of crashes, made on demand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from flakecore.gotest import Line, PackageRun


class TestLines:
    """The lines of a package's run by test, without those of crashes' dumps."""

    __test__ = False

    def __init__(self, run: PackageRun) -> None:
        """Sort the lines of ``run`` by test, which keeps those of one test in order."""
        of_crash = np.zeros(len(run.lines), np.bool_)
        for crash in run.crashes:
            of_crash[crash.first_line : crash.last_line + 1] = True
        rest = np.flatnonzero(~of_crash)
        tests = run.lines.tests[rest]
        order = np.argsort(tests, kind="stable")
        self._positions = rest[order]
        self._tests = tests[order]
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
