"""Lines of test output, as every reader of this room passes them on: columns, and a row on demand.

A log has a million lines. Kept as columns they cost little more than their text, and whoever wants
the time or the test of all of them has an array; a ``Line`` is made when one is looked at.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from types import MappingProxyType
from typing import NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from flakecore.gotest.logs.fields import Record
from flakecore.gotest.logs.log_records import read_record
from flakecore.gotest.streams.stamps import NO_WALL, walls_ns
from flakecore.gotest.streams.text_column import TextColumn

OUTSIDE = "outside"
"""The ``output_type`` of a line that is no event: what go wrote to stderr, or damage."""

TYPES = ("", "frame", "error", "error-continue", "blank", OUTSIDE)
"""test2json's OutputType values (Go 1.27 and later) and ``OUTSIDE``; their places are numbers in a
column. What some later Go may add is kept as ``""``."""

TYPE_NUMBERS = MappingProxyType({kind: number for number, kind in enumerate(TYPES)})


_STAMPS_AT_ONCE = 5_000
"""Stamps that are converted in one step. Chosen, not measured."""


class Line(NamedTuple):
    """One line that a package's test run printed.

    Attributes:
        position: its index in ``PackageRun.lines``.
        wall_ns: when go read its end, in Unix nanoseconds; in a plain log, what a CI stamped it
            with. None where the file does not state it.
        test: index into ``PackageRun.tests`` of the test that go attributes it to; -1 for the
            package itself.
        text: without its newline, escape sequences and control characters (``text.clean``).
        output_type: one of ``TYPES``, empty where the file has none.
    """

    position: int
    wall_ns: int | None
    test: int
    text: str
    output_type: str

    @property
    def record(self) -> Record | None:
        """What a logger wrote in this line, None for any other line; taken apart when asked."""
        return read_record(self.text)


class Lines(Sequence[Line]):
    """The lines of one package's run: a sequence of ``Line``, kept as columns of equal length.

    Attributes:
        texts: the text of each line.
        walls: int64, Unix nanoseconds; ``NO_WALL`` where there is no time.
        tests: int32, index into ``PackageRun.tests``; -1 for the package itself.
        types: uint8, index into ``TYPES``.
    """

    __slots__ = ("tests", "texts", "types", "walls")

    def __init__(
        self,
        texts: TextColumn,
        walls: NDArray[np.int64],
        tests: NDArray[np.int32],
        types: NDArray[np.uint8],
    ) -> None:
        self.texts = texts
        self.walls = walls
        self.tests = tests
        self.types = types

    @classmethod
    def of(cls, rows: Iterable[Line]) -> Lines:
        """Return rows as columns; their positions are counted anew."""
        growing = GrowingLines()
        for line in rows:
            growing.append(line.wall_ns, line.test, line.text, line.output_type)
        return growing.finished()

    def __len__(self) -> int:
        return len(self.texts)

    @overload
    def __getitem__(self, index: int) -> Line: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Line]: ...
    def __getitem__(self, index: int | slice) -> Line | Sequence[Line]:
        if isinstance(index, slice):
            return tuple(self[at] for at in range(*index.indices(len(self.texts))))
        text = self.texts[index]
        wall = int(self.walls[index])
        return Line(
            index if index >= 0 else index + len(self.texts),
            None if wall == NO_WALL else wall,
            int(self.tests[index]),
            text,
            TYPES[self.types[index]],
        )

    def __iter__(self) -> Iterator[Line]:
        return map(self.__getitem__, range(len(self.texts)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Lines) and (
            self.texts == other.texts
            and np.array_equal(self.walls, other.walls)
            and np.array_equal(self.tests, other.tests)
            and np.array_equal(self.types, other.types)
        )

    __hash__ = None  # type: ignore[assignment]


class GrowingLines:
    """Columns that a reader appends to.

    A reader in a hurry may append to ``texts.pending``, ``stamps`` and ``tests`` itself: the time
    as text, to be read for many lines at once, and nothing for the type.

    Attributes:
        texts: the text of each line.
        tests: the test of each line.
        stamps: times of the latest lines, not read yet.
        types: numbers of types by position, where a line has one.
        bad_stamps: how many times could not be read.
    """

    __slots__ = ("_timeless", "_walls", "bad_stamps", "stamps", "tests", "texts", "types")

    def __init__(self) -> None:
        self.texts = TextColumn()
        self.tests = array("i")
        self.stamps: list[str] = []
        self.types: dict[int, int] = {}
        self.bad_stamps = 0
        self._walls = array("q")
        self._timeless = 0  # lines before those of ``_walls``: a log without times has no other

    def __len__(self) -> int:
        return len(self.tests)

    def append(self, wall_ns: int | None, test: int, text: str, output_type: str) -> None:
        """Add a line whose time is known, or is not there."""
        if self.stamps:
            self.settle()
        if output_type:
            self.types[len(self.tests)] = TYPE_NUMBERS.get(output_type, 0)
        self.texts.append(text)
        self.tests.append(test)
        if wall_ns is not None:
            self._walls.append(wall_ns)
        elif self._walls:
            self._walls.append(NO_WALL)
        else:
            self._timeless += 1

    def extend(
        self, lines: bytes, count: int, test: int, walls: NDArray[np.int64] | None = None
    ) -> None:
        """Add ``count`` lines of one test, as UTF-8, each with its newline.

        Args:
            lines: their bytes.
            count: how many they are.
            test: index of the test.
            walls: (count,) their times in Unix nanoseconds; None where they have none.
        """
        self.settle()
        self.texts.extend(lines, count)
        self.tests.extend(array("i", [test]) * count)
        if walls is not None:
            self._walls.frombytes(walls.tobytes())
        elif self._walls:
            self._walls.extend((NO_WALL,) * count)
        else:
            self._timeless += count

    def add(self, others: GrowingLines, position: int, test: int) -> None:
        """Add a line of others, as one of a test."""
        kind = others.types.get(position, 0)
        at = position - others._timeless
        wall = others._walls[at] if at >= 0 else NO_WALL
        self.append(None if wall == NO_WALL else wall, test, others.texts[position], TYPES[kind])

    def settle(self) -> None:
        """Read the times that wait to be read."""
        walls, bad = walls_ns(self.stamps)
        self._walls.extend(walls)
        self.bad_stamps += bad
        self.stamps.clear()

    def settle_many(self) -> None:
        """Read the times that wait to be read, if they are worth the effort by now."""
        if len(self.stamps) >= _STAMPS_AT_ONCE:
            self.settle()
            self.texts.settle_many()

    def finished(self) -> Lines:
        """Return all of them; nothing may be appended after that."""
        self.settle()
        types: NDArray[np.uint8] = np.broadcast_to(np.uint8(0), len(self.tests))
        if self.types:
            types = types.copy()
            types[list(self.types)] = list(self.types.values())
        self.texts.seal()
        walls: NDArray[np.int64] = np.broadcast_to(np.int64(NO_WALL), len(self.tests))
        if self._walls and self._timeless:
            walls = np.concatenate([walls[: self._timeless], np.frombuffer(self._walls, np.int64)])
        elif self._walls:
            walls = np.frombuffer(self._walls, np.int64)
        return Lines(self.texts, walls, np.frombuffer(self.tests, np.int32), types)
