"""A generation's strings and stacks; stacks are made when they are looked up."""

from __future__ import annotations

from flakecore.frames import without_probe
from flakecore.gotrace.format.stacks import LOST, Frame, Stack
from flakecore.gotrace.format.tables import RawFrame


class LazyTables:
    """The strings and stacks by the numbers in a generation's events.

    Its own numbers are those of the file. A string that is not in the file's table (from an earlier
    generation, or made of several) is given a number below zero.
    """

    def __init__(self, strings: dict[int, str], stacks: dict[int, tuple[RawFrame, ...]]) -> None:
        """Take the tables of a generation."""
        self._strings = dict(strings)
        self._raw = stacks
        self._stacks: dict[int, Stack] = {}
        self._added: dict[str, int] = {"": 0}

    def string(self, number: int) -> str:
        """Return a string; ``LOST`` if the table that held it is lost."""
        return self._strings.get(number, LOST)

    def stack(self, number: int) -> Stack:
        """Return a stack, innermost frame first; empty for none or a lost one.

        What ``collect`` built into the test binary is left out, as ``StackTable.add_stacks`` does.
        """
        stack = self._stacks.get(number)
        if stack is None:
            stack = tuple(
                Frame(self.string(function), self.string(file), line)
                for _, function, file, line in self._raw.get(number, ())
            )
            stack = without_probe(stack) or stack[-1:]
            self._stacks[number] = stack
        return stack

    def add(self, text: str) -> int:
        """Return a number for a text."""
        number = self._added.get(text)
        if number is None:
            number = -len(self._added)
            self._added[text] = number
            self._strings[number] = text
        return number
