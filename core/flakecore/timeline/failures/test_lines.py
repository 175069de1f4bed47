"""The lines that each test printed, without those of crashes, made on demand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import overload

import numpy as np
from numpy.typing import NDArray

from flakecore.gotest import Line, Lines, PackageRun, is_outside_messages

_OF_CRASH = np.iinfo(np.int32).max
"""The number of no test."""


class TestLines:
    """The lines of a package's run by test, without those of crashes' dumps."""

    __test__ = False

    def __init__(self, run: PackageRun) -> None:
        """Note which stretches of the lines of ``run`` are of one test."""
        tests = run.lines.tests
        if run.crashes:
            tests = tests.copy()
            for crash in run.crashes:
                tests[crash.first_line : crash.last_line + 1] = _OF_CRASH
        self._tests = tests
        self._lines = run.lines
        self._changes = np.flatnonzero(tests[1:] != tests[:-1]) + 1
        starts = np.concatenate([np.zeros(min(1, len(tests)), np.int64), self._changes])
        ends = np.append(self._changes, len(tests))[: len(starts)]
        self._all = _Stretches(tests[starts], starts, ends)
        self._of_tests: _Stretches | None = None

    def of(self, test: int) -> Sequence[Line]:
        """Return the lines of a test by its index; those of no test for -1."""
        return self._all.lines(self._lines, test)

    def message_lines(self, test: int) -> Sequence[Line]:
        """Return the lines of a test but those that are no part of package testing's messages.

        A test may have printed millions that begin in the first column. The first of those that
        follow one another is there: it ends the message above it.
        """
        if self._of_tests is None:
            silent = is_outside_messages(self._lines)
            passed = silent.copy()
            passed[1:] &= silent[:-1]
            passed[:1] = False
            passed[self._changes] = False
            rows = np.flatnonzero(~passed)
            self._of_tests = _Stretches(self._tests[rows], rows, rows + 1)
        return self._of_tests.lines(self._lines, test)


class _Stretches:
    """Stretches of lines, by test and then by position."""

    def __init__(
        self, tests: NDArray[np.int32], starts: NDArray[np.int64], ends: NDArray[np.int64]
    ) -> None:
        # Stable sorting of what is nearly sorted is quick, and needs no memory of its own.
        order = np.argsort(tests, kind="stable")
        self._tests, self._starts, self._ends = tests[order], starts[order], ends[order]

    def lines(self, lines: Lines, test: int) -> Sequence[Line]:
        first, last = np.searchsorted(self._tests, [test, test + 1]).tolist()
        return _LinesWithin(lines, self._starts[first:last], self._ends[first:last])


class _LinesWithin(Sequence[Line]):
    """Lines in some stretches, made when they are asked for: a test may have printed millions."""

    def __init__(self, lines: Lines, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> None:
        self._lines = lines
        self._starts = starts
        self._until = np.cumsum(ends - starts)  # how many there are up to the end of each
        self._ends = ends

    def __len__(self) -> int:
        return int(self._until[-1]) if len(self._until) else 0

    def __iter__(self) -> Iterator[Line]:
        for start, end in zip(self._starts.tolist(), self._ends.tolist(), strict=True):
            yield from map(self._lines.__getitem__, range(start, end))

    @overload
    def __getitem__(self, index: int) -> Line: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Line]: ...
    def __getitem__(self, index: int | slice) -> Line | Sequence[Line]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        at = range(len(self))[index]
        stretch = int(np.searchsorted(self._until, at, side="right"))
        return self._lines[int(self._ends[stretch] - self._until[stretch]) + at]
