"""The lines that each test printed, without those of crashes, made on demand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import overload

import numpy as np
from numpy.typing import NDArray

from flakecore.gotest import Line, Lines, PackageRun

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

    def of(self, test: int) -> Sequence[Line]:
        """Return the lines of a test by its index; those of no test for -1."""
        start, end = np.searchsorted(self._tests, [test, test + 1]).tolist()
        return _LinesAt(self._lines, self._positions[start:end])


class _LinesAt(Sequence[Line]):
    """Lines at some positions, made when they are asked for: a test may have printed millions."""

    def __init__(self, lines: Lines, positions: NDArray[np.int64]) -> None:
        self._lines = lines
        self._positions = positions

    def __len__(self) -> int:
        return len(self._positions)

    @overload
    def __getitem__(self, index: int) -> Line: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Line]: ...
    def __getitem__(self, index: int | slice) -> Line | Sequence[Line]:
        if isinstance(index, slice):
            return [self._lines[at] for at in self._positions[index].tolist()]
        return self._lines[int(self._positions[index])]
