"""Whose messages are which, in a log whose front is cut off.

With ``-v`` a test's messages stand before its result, without it behind it. Where the lines that
begin tests are there, they decide. Where they are cut off, the order of what is left does: messages
before the first result and none behind the last one stand before theirs.
"""

from __future__ import annotations

from flakecore.gotest.streams.package_events import PackageEvents
from flakecore.gotest.streams.plain.text_grammar import FOUR, MAKES, MESSAGE


class CutFront:
    """Follows results and messages from the start of a package's output."""

    def __init__(self) -> None:
        self._blocks: list[list[int]] = [[]]  # positions of messages, before each result and last
        self._results: list[str] = []
        self._is_open = True  # whether what began the tests may be cut off
        self._in_message = False

    @property
    def is_open(self) -> bool:
        """Whether what began the tests may be cut off, so that lines have to be noted."""
        return self._is_open

    def output(self, position: int, text: str) -> None:
        """Note a line that somebody printed."""
        if not self._is_open:
            return
        is_makes = text.startswith("make") and MAKES.match(text) is not None
        if not text.startswith(FOUR) and not is_makes:
            self._in_message = False
        elif MESSAGE.match(text):
            self._in_message = True
        if self._in_message:
            self._blocks[-1].append(position)

    def result(self, test: str, depth: int) -> None:
        """Note a line that shows a test's result."""
        self._in_message = False
        if self._is_open and not self._results and not self._blocks[0]:
            self._is_open = False  # it begins with a result: messages follow
        if self._is_open and not depth:
            self._results.append(test)
            self._blocks.append([])

    def framing(self, run: PackageEvents) -> None:
        """Note a line with which a test begins or goes on: ``-v`` was given."""
        if self._is_open and (self._results or not self._blocks[0]):
            self._give(run)
        self._is_open = False

    def settle(self, run: PackageEvents) -> None:
        """Give messages to the results behind them, if that is where they belong."""
        if self._is_open and not self._blocks[-1]:
            self._give(run)
        self._is_open = False

    def _give(self, run: PackageEvents) -> None:
        for test, positions in zip(self._results, self._blocks, strict=False):
            run.give_lines(positions, test)
