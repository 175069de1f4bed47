"""Output lines on the case's clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import overload

import numpy as np
from numpy.typing import NDArray

from flakecore.gotest.logs.levels import Level, level_of


class TimeSource(StrEnum):
    """Where the time of an output line comes from."""

    EXACT = "exact"
    """The begin of the write that printed it, which it is paired with."""
    BOUNDED = "bounded"
    """An estimate between the nearest paired lines around it."""
    STAMPED = "stamped"
    """The stamp that ``go test`` or a CI gave it when it was read."""
    UNKNOWN = "unknown"
    """It has no time of its own and takes that of the line before it."""


TIME_SOURCES = tuple(TimeSource)
"""In columns a time source is an index into these."""


@dataclass(frozen=True, slots=True)
class OutputLine:
    """One line of test output.

    Attributes:
        index: its index in ``Case.output``, the order of time.
        time_ns: on the case's clock, in nanoseconds.
        error_ns: how far off ``time_ns`` may be.
        time_source: where ``time_ns`` comes from.
        test: index in ``Case.tests`` of the test whose goroutine printed it, or -1.
        reported_test: index of the test that ``go test`` reported it under, or -1.
        goroutine: which goroutine printed it; 0 if unknown.
        text: without its newline, free of escape sequences and control characters.
        file, line: where it was printed: the caller outside testing, fmt and loggers; "" and 0 if
            unknown.
    """

    index: int
    time_ns: int
    error_ns: int
    time_source: TimeSource
    test: int
    reported_test: int
    goroutine: int
    text: str
    file: str = ""
    line: int = 0

    @property
    def level(self) -> Level:
        """Its severity, as its logger or package testing marks it."""
        return level_of(self.text)


@dataclass(frozen=True, slots=True)
class LineColumns:
    """Lines in the order they are shown; every column (n,).

    Attributes:
        time, error: int64, nanoseconds.
        time_source: uint8, index into ``TIME_SOURCES``.
        test, reported_test: int32, index into ``Case.tests``; -1 for none.
        goroutine: int64; 0 if unknown.
        place: int32, index into ``places``.
        texts: text of each, without newlines.
        places: source file and line; the first one, ``("", 0)``, stands for unknown.
    """

    time: NDArray[np.int64]
    error: NDArray[np.int64]
    time_source: NDArray[np.uint8]
    test: NDArray[np.int32]
    reported_test: NDArray[np.int32]
    goroutine: NDArray[np.int64]
    place: NDArray[np.int32]
    texts: Sequence[str]
    places: Sequence[tuple[str, int]]


class OutputLines(Sequence[OutputLine]):
    """All lines of a case, in order of time and, within one moment, of reading."""

    def __init__(
        self, lines: Iterable[OutputLine] | LineColumns, parents: Mapping[int, int]
    ) -> None:
        """Keep ``lines`` as columns.

        Args:
            lines: in order of their index.
            parents: from the index of each test to that of its parent, -1 for none.
        """
        columns = lines if isinstance(lines, LineColumns) else _columns(lines)
        self.columns = columns
        self._parents = parents
        self._of_test: dict[int, Sequence[int]] = {}

    def __len__(self) -> int:
        return len(self.columns.texts)

    def __iter__(self) -> Iterator[OutputLine]:
        return (self._line(index) for index in range(len(self)))

    @overload
    def __getitem__(self, index: int) -> OutputLine: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[OutputLine]: ...
    def __getitem__(self, index: int | slice) -> OutputLine | Sequence[OutputLine]:
        if isinstance(index, slice):
            return tuple(self._line(at) for at in range(*index.indices(len(self))))
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        return self._line(index % len(self))

    def _line(self, index: int) -> OutputLine:
        columns = self.columns
        file, line = columns.places[columns.place[index]]
        return OutputLine(
            index=index,
            time_ns=int(columns.time[index]),
            error_ns=int(columns.error[index]),
            time_source=TIME_SOURCES[columns.time_source[index]],
            test=int(columns.test[index]),
            reported_test=int(columns.reported_test[index]),
            goroutine=int(columns.goroutine[index]),
            text=columns.texts[index],
            file=file,
            line=line,
        )

    def at(self, time_ns: int) -> int:
        """Return the index of the last line at or before a moment; -1 if there is none."""
        return int(np.searchsorted(self.columns.time, time_ns, side="right")) - 1

    def of_test(self, test: int) -> Sequence[int]:
        """Return the indices of the lines of a test and of its subtests."""
        found = self._of_test.get(test)
        if found is None:
            tree = [each for each in (*self._parents, test) if self._descends(each, test)]
            found = np.flatnonzero(np.isin(self.columns.test, tree)).tolist()
            self._of_test[test] = found
        return found

    def _descends(self, test: int, ancestor: int) -> bool:
        while test >= 0:
            if test == ancestor:
                return True
            test = self._parents.get(test, -1)
        return False


def _columns(lines: Iterable[OutputLine]) -> LineColumns:
    rows = sorted(lines, key=lambda line: line.time_ns)
    places = {("", 0): 0}
    place = [places.setdefault((row.file, row.line), len(places)) for row in rows]
    return LineColumns(
        time=np.array([row.time_ns for row in rows], np.int64),
        error=np.array([row.error_ns for row in rows], np.int64),
        time_source=np.array([TIME_SOURCES.index(row.time_source) for row in rows], np.uint8),
        test=np.array([row.test for row in rows], np.int32),
        reported_test=np.array([row.reported_test for row in rows], np.int32),
        goroutine=np.array([row.goroutine for row in rows], np.int64),
        place=np.array(place, np.int32),
        texts=[row.text for row in rows],
        places=list(places),
    )
