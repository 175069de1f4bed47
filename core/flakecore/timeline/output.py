"""Output lines on the case's clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import overload

import numpy as np
from numpy.typing import NDArray

from flakecore.gotest.frameworks.levels import Level, level_of


class Known(StrEnum):
    """How the time of an output line is known."""

    EXACT = "exact"
    """Paired with the write that printed it: when that began."""
    BOUNDED = "bounded"
    """Not paired itself; lies between two lines that are."""
    STAMPED = "stamped"
    """The stamp ``go test`` or a CI gave it when it was read."""
    UNKNOWN = "unknown"
    """No time of its own; placed after the line before it."""


KNOWN = tuple(Known)
"""Their places are numbers in a column."""


@dataclass(frozen=True, slots=True)
class OutputLine:
    """One line of test output.

    Attributes:
        index: its place in ``Case.output``, which is the true order.
        time_ns: on the case's clock.
        error_ns: how far off ``time_ns`` may be.
        test: index in ``Case.tests`` of the test it truly belongs to, or -1.
        reported_test: the test ``go test`` blamed it on, as an index too.
        goroutine: which goroutine printed it; 0 if unknown.
        text: without its newline, free of escape sequences and control characters.
        file, line: where it was printed: the caller outside testing, fmt and loggers; "" and 0 if
            unknown.
    """

    index: int
    time_ns: int
    error_ns: int
    known: Known
    test: int
    reported_test: int
    goroutine: int
    text: str
    file: str = ""
    line: int = 0

    @property
    def level(self) -> Level:
        """How grave it is, as its logger or package testing marks it."""
        return level_of(self.text)


@dataclass(frozen=True, slots=True)
class LineColumns:
    """Lines in the order they are shown; every column (n,).

    Attributes:
        time, error: int64, nanoseconds.
        known: uint8, index into ``KNOWN``.
        test, reported_test: int32, index into ``Case.tests``; -1 for none.
        goroutine: int64; 0 if unknown.
        place: int32, index into ``places``.
        texts: what each says.
        places: file and line; the first one stands for unknown.
    """

    time: NDArray[np.int64]
    error: NDArray[np.int64]
    known: NDArray[np.uint8]
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
        """Keep ``lines``, whose indices follow that order.

        Args:
            lines: in order of their index.
            parents: each test's parent, -1 for none.
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
            known=KNOWN[columns.known[index]],
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
        known=np.array([KNOWN.index(row.known) for row in rows], np.uint8),
        test=np.array([row.test for row in rows], np.int32),
        reported_test=np.array([row.reported_test for row in rows], np.int32),
        goroutine=np.array([row.goroutine for row in rows], np.int64),
        place=np.array(place, np.int32),
        texts=[row.text for row in rows],
        places=list(places),
    )
