"""A column of texts that takes little more memory than their bytes.

A log of five million lines is as many Python strings, of which each costs some 57 bytes beside its
characters. So lines are kept as UTF-8 in blocks, each line ended by a newline, and where the lines
of a block end is a column of numbers. A line becomes a string when it is asked for; who reads lines
one after another gets them from a block that is decoded once.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import overload

import numpy as np
from numpy.typing import NDArray

from flakecore.gotest.streams.block_store import BlockStore

_BLOCK = 128 * 1024
"""Bytes from which on a block is full: little to decode for one line, enough to search at once."""
_LINES = 2_000
"""Strings from which on they are worth being made a block's."""
_NEWLINE = ord("\n")
Ends = NDArray[np.uint32] | NDArray[np.uint64]


class TextColumn(Sequence[str]):
    """Lines without their newlines, which only grow in number.

    Attributes:
        pending: the latest lines, which a reader in a hurry may append to itself; none of them may
            hold a newline.
    """

    __slots__ = (
        "_decoded",
        "_ends",
        "_firsts",
        "_sealed",
        "_store",
        "_tail",
        "_tail_count",
        "_touched",
        "pending",
    )

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self.pending: list[str] = [text.replace("\n", " ") for text in texts]
        self._store = BlockStore()
        self._ends: list[Ends] = []  # of each block's lines
        self._firsts: list[int] = []  # the first line of each block
        self._sealed = 0  # lines in blocks
        self._tail = bytearray()  # lines of the next block
        self._tail_count = 0
        self._touched = -1  # the block that a line was last taken from
        self._decoded: tuple[int, list[str]] = 0, []  # the lines of one block from a line on

    def __len__(self) -> int:
        return self._sealed + self._tail_count + len(self.pending)

    def append(self, text: str) -> None:
        """Add a line; a newline in it becomes a space."""
        if "\n" in text:
            text = text.replace("\n", " ")
        if len(text) >= _BLOCK:  # alone, so that nobody decodes it for the lines beside it
            self.seal()
            self._add_block(text.encode("utf-8", "surrogatepass"), 1)
            return
        pending = self.pending
        pending.append(text)
        if len(pending) >= _LINES:
            self._settle()

    def extend(self, lines: bytes, count: int) -> None:
        """Add ``count`` lines as UTF-8 at once, each ended by a newline."""
        if self.pending:
            self._settle()
        self._tail += lines
        self._tail_count += count
        if len(self._tail) >= _BLOCK:
            self.seal()

    def settle_many(self) -> None:
        """Make a block of the lines that wait, if they are many or long."""
        if len(self.pending) >= _LINES or sum(map(len, self.pending)) >= _BLOCK:
            self._settle()

    def _settle(self) -> None:
        """Move ``pending`` to where blocks are made."""
        lines = "\n".join(self.pending).encode("utf-8", "surrogatepass")
        count = len(self.pending)
        self.pending.clear()
        self._tail += lines
        self._tail.append(_NEWLINE)
        self._tail_count += count
        if len(self._tail) >= _BLOCK:
            self.seal()

    def seal(self) -> None:
        """Make a block of all lines that are in none."""
        if self.pending:
            self._settle()
        if self._tail_count:
            lines, count = bytes(memoryview(self._tail)[:-1]), self._tail_count
            self._tail = bytearray()
            self._tail_count = 0
            self._add_block(lines, count)

    def _add_block(self, lines: bytes, count: int) -> None:
        ends: Ends = np.empty(count, np.uint32)
        if len(lines) >= 1 << 32:
            ends = ends.astype(np.uint64)
        if count > 1:
            ends[:-1] = np.flatnonzero(np.frombuffer(lines, np.uint8) == _NEWLINE)
        ends[-1] = len(lines)
        self._store.add(lines)
        self._ends.append(ends)
        self._firsts.append(self._sealed)
        self._sealed += count

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            start, stop, step = index.indices(len(self))
            if step == 1:
                return self._lines(start, stop)
            return [self[at] for at in range(start, stop, step)]
        first, lines = self._decoded
        if first <= index < first + len(lines):
            return lines[index - first]
        if index < 0:
            return self._line(index + len(self))
        return self._line(index)

    def _line(self, index: int) -> str:
        """Return a line that may have to be taken from its block."""
        if index >= self._sealed:
            self.seal()
        if not 0 <= index < self._sealed:
            raise IndexError(index)
        number = bisect_right(self._firsts, index) - 1
        if number != self._touched and len(self._ends[number]) > 1:
            # A line here and a line there: the others of its block are not wanted.
            self._touched = number
            at, ends = index - self._firsts[number], self._ends[number]
            start = int(ends[at - 1]) + 1 if at else 0
            return self._store[number][start : int(ends[at])].decode("utf-8", "surrogatepass")
        return self._decoded_block(number)[index - self._firsts[number]]

    def _lines(self, start: int, stop: int) -> list[str]:
        """Return the lines from one to before another."""
        if stop > self._sealed:
            self.seal()
        found: list[str] = []
        while start < stop:
            number = bisect_right(self._firsts, start) - 1
            first = self._firsts[number]
            found += self._decoded_block(number)[start - first : stop - first]
            start = first + len(self._ends[number])
        return found

    def _decoded_block(self, number: int) -> list[str]:
        """Return the lines of a block, and keep them for who asks next."""
        first, lines = self._decoded
        if first != self._firsts[number] or not lines:
            first = self._firsts[number]
            lines = self._store[number].decode("utf-8", "surrogatepass").split("\n")
            self._decoded = first, lines
        return lines

    def __iter__(self) -> Iterator[str]:
        for _, lines in self.blocks():
            yield from lines.decode("utf-8", "surrogatepass").split("\n")

    def blocks(self) -> Iterator[tuple[int, bytes]]:
        """Yield the position of a line, and as UTF-8 the lines from there on, up to the next."""
        self.seal()
        for number, first in enumerate(self._firsts):
            yield first, self._store[number]

    def first_bytes(self) -> NDArray[np.uint8]:
        """Return (lines,) the first byte of each line as UTF-8; a newline for an empty one."""
        self.seal()
        found = np.empty(self._sealed, np.uint8)
        for number, (first, ends) in enumerate(zip(self._firsts, self._ends, strict=True)):
            starts = np.zeros(len(ends), np.int64)
            starts[1:] = ends[:-1] + 1
            block = np.frombuffer(self._store[number] + b"\n", np.uint8)
            found[first : first + len(ends)] = block[starts]
        return found

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TextColumn) and (
            len(self) == len(other)
            and all(one == another for one, another in zip(self, other, strict=True))
        )

    __hash__ = None  # type: ignore[assignment]


def first_bytes(texts: Sequence[str]) -> NDArray[np.uint8]:
    """Return (texts,) the first byte of each text as UTF-8; a newline for an empty one."""
    if isinstance(texts, TextColumn | TextsAt):
        return texts.first_bytes()
    begins = [(text[:1] or "\n").encode("utf-8", "surrogatepass")[0] for text in texts]
    return np.array(begins, np.uint8)


class TextsAt(Sequence[str]):
    """Texts of a column, each taken where it is when it is asked for."""

    def __init__(
        self,
        texts: Sequence[str],
        positions: NDArray[np.signedinteger],
        instead: Mapping[int, str] = MappingProxyType({}),
    ) -> None:
        """Take texts by their positions.

        Args:
            texts: all of the column.
            positions: which of them, in the order of this sequence.
            instead: by position in ``texts``, what stands for what is there.
        """
        self._texts = texts
        self._positions = positions
        self._instead = instead

    def __len__(self) -> int:
        return len(self._positions)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return [self._text(at) for at in self._positions[index].tolist()]
        return self._text(int(self._positions[index]))

    def first_bytes(self) -> NDArray[np.uint8]:
        """Return (texts,) the first byte of each text as UTF-8; a newline for an empty one."""
        found = first_bytes(self._texts)
        for at, text in self._instead.items():
            found[at] = first_bytes((text,))[0]
        taken: NDArray[np.uint8] = found[self._positions]
        return taken

    def _text(self, at: int) -> str:
        return self._instead[at] if at in self._instead else self._texts[at]
