"""Goroutines counted by where they stand, as ``/debug/pprof/goroutine?debug=1`` prints them.

Those that stand in the same place with the same labels are one entry: a count, addresses, and below
it the frames with their names (``src/runtime/pprof/pprof.go``: printCountProfile,
printStackRecord). The ``goroutineleak`` profile (Go 1.27 and later) is the same for those that
nothing can wake any more. Where a profile was copied, tabs may have become blanks and the ``#``
before a frame, which Markdown takes for a heading, may be gone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from flakecore.gotest.crashes.frame_reader import DumpFrame
from flakecore.gotest.crashes.goroutine_blocks import read_labels
from flakecore.text.printable import clean

TITLE = re.compile(r"([a-z]{1,40}) profile: total (\d{1,18})\s*\Z", re.ASCII)
ENTRY = re.compile(r"(\d{1,18}) @(?: 0x[0-9a-f]+)*(?: \.\.\..*)?\s*\Z", re.ASCII)
"""How many goroutines stand somewhere; people shorten the addresses behind it."""
FRAME = re.compile(
    r"(?:#\s+|\s*)0x[0-9a-f]+\s+(\S.*?)\+0x[0-9a-f]+\s+(\S.*):(\d{1,9})\s*\Z", re.ASCII
)
_LABELS = re.compile(r"# labels: \{(.*)\}\s*\Z")
_ADDRESS = re.compile(r"#\s+(0x[0-9a-f]+)\s*\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class GoroutineGroup:
    """Goroutines that stand in the same place.

    Attributes:
        count: how many they are; 0 where the line that has the number is cut off.
        labels: their profiler labels.
        frames: innermost first, without arguments; a frame whose function is not known has its
            address for a name. Where the runtime has other frames, it leaves out its own innermost.
    """

    count: int
    labels: tuple[tuple[str, str], ...]
    frames: tuple[DumpFrame, ...]


class GroupReader:
    """Takes the lines of a profile one by one.

    Attributes:
        groups: those that are complete.

    Args:
        is_cut: whether the profile begins within an entry, whose first line is not there.
    """

    def __init__(self, *, is_cut: bool = False) -> None:
        self._is_open = is_cut
        self.groups: list[GoroutineGroup] = []
        self._count = 0
        self._labels: tuple[tuple[str, str], ...] = ()
        self._frames: list[DumpFrame] = []
        self._known: dict[str, DumpFrame | None] = {}

    def take(self, line: str) -> bool:
        """Take in a line; return whether it is one of a profile, apart from its title."""
        if found := ENTRY.match(line):
            self.close()
            self._count, self._is_open = int(found[1]), True
            return True
        if not line.startswith(("#", "0x", " ", "\t")):
            return False
        if line not in self._known:
            self._known[line] = _frame(line)
        frame = self._known[line]
        if frame is not None:
            self._frames.append(frame)
        elif labels := _LABELS.match(line):
            self._labels = read_labels(labels[1])
        else:
            return False
        return True

    def close(self) -> None:
        """End the entry that was begun."""
        if self._is_open and (self._count or self._frames):
            group = GoroutineGroup(self._count, self._labels, tuple(self._frames))
            self.groups.append(group)
        self._count, self._labels = 0, ()
        self._frames.clear()


def read_groups(lines: Iterable[str]) -> tuple[GoroutineGroup, ...]:
    """Return the groups of a profile, in the order of its lines: the largest first."""
    reader = GroupReader()
    for line in lines:
        reader.take(line)
    reader.close()
    return tuple(reader.groups)


def _frame(line: str) -> DumpFrame | None:
    if found := FRAME.match(line):
        return DumpFrame(clean(found[1]), clean(found[2]), int(found[3]), "")
    if found := _ADDRESS.match(line):
        return DumpFrame(found[1], "", 0, "")
    return None
