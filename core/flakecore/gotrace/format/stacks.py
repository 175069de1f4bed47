"""One table of strings and stacks for a whole trace.

Each generation numbers its strings and stacks afresh. Here every distinct one gets one number
for the whole trace, so that columns of different generations can stand side by side.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from flakecore.frames import is_of_probe, without_probe
from flakecore.gotrace.format.tables import RawFrame
from flakecore.gotrace.format.varint import IntColumn

NO_STACK = 0
NO_STRING = 0
_TABLE = 1 << 22
"""Numbers of a generation from here on are taken as lost: no real one has as many."""
LOST = "(lost)"
"""The name of a function or file whose string is missing."""


class Frame(NamedTuple):
    """One stack frame: a function's full name, its file and line."""

    function: str
    file: str
    line: int

    @property
    def short_function(self) -> str:
        """The function without its package's path: ``pool.(*Pool).work``."""
        return self.function.rpartition("/")[2]

    @property
    def short_file(self) -> str:
        """The file's last part."""
        return self.file.rpartition("/")[2]


Stack = tuple[Frame, ...]
"""Innermost frame first; empty where none was recorded."""


class StackTable:
    """Distinct strings and stacks, numbered from 1; 0 is the empty one of each."""

    def __init__(self) -> None:
        """Make a table that holds only the empty string and the empty stack."""
        self._strings: dict[str, int] = {"": NO_STRING}
        self._names: list[str] = [""]
        self._stacks: dict[Stack, int] = {(): NO_STACK}
        self._frames: list[Stack] = [()]

    def __len__(self) -> int:
        return len(self._frames)

    def string(self, number: int) -> str:
        """Return a string by its number."""
        return self._names[number]

    def stack(self, number: int) -> Stack:
        """Return a stack by its number."""
        return self._frames[number]

    def add_string(self, text: str) -> int:
        """Return the number of ``text``, giving it one if it is new."""
        number = self._strings.setdefault(text, len(self._names))
        if number == len(self._names):
            self._names.append(text)
        return number

    def add_strings(self, strings: Mapping[int, str]) -> Renumbering:
        """Add a generation's strings; return the table's numbers for the generation's."""
        return Renumbering({old: self.add_string(text) for old, text in strings.items()})

    def add_stacks(
        self, stacks: Mapping[int, tuple[RawFrame, ...]], strings: Mapping[int, str]
    ) -> Renumbering:
        """Take in a generation's stacks, whose frames name ``strings`` by number.

        Frames of what ``collect`` built into the test binary, and those that they called, are left
        out; of a goroutine that does nothing else the function is left that it was started with.
        """
        made: dict[RawFrame, Frame] = {}
        of_probe: set[RawFrame] = set()
        renumbered = {}
        for old, raw in stacks.items():
            frames = []
            for entry in raw:
                frame = made.get(entry)
                if frame is None:
                    _, function, file, line = entry
                    frame = Frame(strings.get(function, LOST), strings.get(file, LOST), line)
                    made[entry] = frame
                    if is_of_probe(frame.function):
                        of_probe.add(entry)
                frames.append(frame)
            stack = tuple(frames)
            if of_probe and not of_probe.isdisjoint(raw):
                stack = without_probe(stack) or stack[-1:]
            number = self._stacks.setdefault(stack, len(self._frames))
            if number == len(self._frames):
                self._frames.append(stack)
            renumbered[old] = number
        return Renumbering(renumbered)


class Renumbering:
    """A generation's numbers, and the trace's numbers that stand for them."""

    def __init__(self, numbers: Mapping[int, int]) -> None:
        """Make a table from the generation's numbers to the trace's."""
        # The runtime counts from 1, so a plain table does; damage may hold any number.
        kept = {old: new for old, new in numbers.items() if 0 <= old < _TABLE}
        old = np.array(list(kept), np.int64)
        self._table = np.zeros(int(old.max(initial=0)) + 1, np.int32)
        self._table[old] = np.array(list(kept.values()), np.int32)

    def __call__(self, numbers: IntColumn) -> NDArray[np.int32]:
        """Return the trace's number for each of the generation's; 0 for those that are lost."""
        if len(numbers) and not any(numbers.strides):  # one number for all
            return np.broadcast_to(self(numbers[:1].copy()), len(numbers))
        if int(numbers.min(initial=0)) >= 0 and int(numbers.max(initial=0)) < len(self._table):
            return self._table[numbers]
        inside = (numbers >= 0) & (numbers < len(self._table))
        return np.where(inside, self._table[np.where(inside, numbers, 0)], 0).astype(np.int32)
