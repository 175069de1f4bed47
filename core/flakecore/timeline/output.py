"""Output lines on the case's clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from operator import attrgetter
from typing import overload

from sortedcontainers import SortedKeyList

from flakecore.gotest import Line


class Known(StrEnum):
    """How the time of an output line is known."""

    EXACT = "exact"
    """Paired with the write that printed it."""
    BOUNDED = "bounded"
    """Not paired itself; lies between two lines that are."""
    STAMPED = "stamped"
    """The stamp ``go test`` gave it when it was read."""
    UNKNOWN = "unknown"
    """No time of its own; placed after the line before it."""


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
    """

    index: int
    time_ns: int
    error_ns: int
    known: Known
    test: int
    reported_test: int
    goroutine: int
    text: str


class OutputLines(Sequence[OutputLine]):
    """All lines of a case, in order of time and, within one moment, of reading."""

    def __init__(self, lines: Iterable[OutputLine], parents: Mapping[int, int]) -> None:
        """Keep ``lines``, whose indices follow that order.

        Args:
            lines: in order of their index.
            parents: each test's parent, -1 for none.
        """
        self._lines: SortedKeyList[OutputLine] = SortedKeyList(lines, key=attrgetter("time_ns"))
        self._of_test: dict[int, list[int]] = {}
        for line in self._lines:
            test = line.test
            while test >= 0:
                self._of_test.setdefault(test, []).append(line.index)
                test = parents.get(test, -1)

    def __len__(self) -> int:
        return len(self._lines)

    def __iter__(self) -> Iterator[OutputLine]:
        return iter(self._lines)

    @overload
    def __getitem__(self, index: int) -> OutputLine: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[OutputLine]: ...
    def __getitem__(self, index: int | slice) -> OutputLine | Sequence[OutputLine]:
        found: OutputLine | Sequence[OutputLine] = self._lines[index]
        return found

    def at(self, time_ns: int) -> int:
        """Return the index of the last line at or before a moment; -1 if there is none."""
        return int(self._lines.bisect_key_right(time_ns)) - 1

    def of_test(self, test: int) -> Sequence[int]:
        """Return the indices of the lines of a test and of its subtests."""
        return self._of_test.get(test, ())


def place_output(
    lines: Sequence[Line], to_case: Callable[[int], int], error_ns: int
) -> tuple[list[OutputLine], list[int]]:
    """Put lines on the case's clock by the stamps they were read with.

    Args:
        lines: as ``go test`` reported them, in order.
        to_case: from a wall clock stamp to the case's clock.
        error_ns: how far off a stamp may be.

    Returns:
        The lines in order of time, and for each of ``lines`` its index there.
    """
    placed: list[tuple[int, int, bool]] = []
    # What has no stamp goes with the line before it, and at the very beginning with the next.
    first = next((line.wall_ns for line in lines if line.wall_ns is not None), None)
    time = to_case(first) if first is not None else 0
    for position, line in enumerate(lines):
        stamped = line.wall_ns is not None
        if line.wall_ns is not None:
            time = to_case(line.wall_ns)
        placed.append((time, position, stamped))
    placed.sort()
    index_of = [0] * len(lines)
    output = []
    for index, (time, position, stamped) in enumerate(placed):
        line = lines[position]
        index_of[position] = index
        output.append(
            OutputLine(
                index=index,
                time_ns=time,
                error_ns=error_ns,
                known=Known.STAMPED if stamped else Known.UNKNOWN,
                test=line.test,
                reported_test=line.test,
                goroutine=0,
                text=line.text,
            )
        )
    return output, index_of
