"""Dumps: the stacks of goroutines at one moment, in files of their own or among other output.

Files are as ``/debug/pprof/goroutine`` serves them.

With ``debug=2`` they are the blocks of a crash, one a goroutine. With ``debug=1`` goroutines that
stand in the same place are one entry (``goroutine_groups``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from flakecore.gotest.crashes.goroutine_blocks import HEADER, BlockReader, GoroutineDump
from flakecore.gotest.crashes.goroutine_groups import TITLE, GoroutineGroup, read_groups
from flakecore.loss import Loss
from flakecore.text.encodings import as_utf_8
from flakecore.text.printable import clean

_TITLE_WITHIN = 2000
"""Bytes within which the title of a debug=1 file stands."""


class DumpSource(StrEnum):
    """Who printed a dump."""

    FILE = "file"
    """A file of its own."""
    TIMEOUT = "timeout"
    PANIC = "panic"
    FATAL = "fatal error"
    SIGNAL = "signal"
    CAUGHT = "caught panic"
    """A program's report of a panic that it recovered from, as net/http prints it."""
    GOLEAK = "goleak"
    LEAKTEST = "leaktest"
    PRINTED = "printed"
    """The program, with ``debug.PrintStack`` and the like."""


@dataclass(frozen=True, slots=True)
class Dump:
    """The stacks of goroutines at one moment, whoever printed them.

    Attributes:
        profile: ``goroutine`` or ``goroutineleak``; a debug=2 file, which is the same for both,
            counts as the first.
        total: how many goroutines there are.
        goroutines: of a debug=2 file, in the order of the file.
        groups: of a debug=1 file, the largest first.
        losses: what could not be read.
        source: who printed it.
        message: what was printed with it: the panic's value; "" for nothing.
        first_line, last_line: positions in the output that it stands in; -1 for a file.
        test: index of the test that go attributes the first line to; -1 for none.
    """

    profile: str
    total: int
    goroutines: tuple[GoroutineDump, ...]
    groups: tuple[GoroutineGroup, ...]
    losses: tuple[Loss, ...]
    source: DumpSource = DumpSource.FILE
    message: str = ""
    first_line: int = -1
    last_line: int = -1
    test: int = -1


def is_group_dump(data: bytes | memoryview) -> bool:
    """Return whether a file is a debug=1 profile of goroutines; comments may be above its title."""
    head = bytes(as_utf_8(data[:_TITLE_WITHIN])).decode("utf-8", "replace").split("\n")
    found = (TITLE.match(line) for line in head)
    return any(title is not None and title[1].startswith("goroutine") for title in found)


def read_dump(data: bytes | memoryview, *, name: str) -> Dump:
    """Return the goroutines of a debug=1 or debug=2 file; never raises.

    Args:
        data: the file; it may be cut off anywhere.
        name: what to call it in a loss.
    """
    lines = bytes(as_utf_8(data)).decode("utf-8", "replace").split("\n")
    title = next((found for line in lines[:20] if (found := TITLE.match(line))), None)
    dump = _groups(lines, title, name) if title is not None else _goroutines(lines, name)
    if not dump.total and title is None:
        return Dump("", 0, (), (), (Loss(name, "there is no goroutine in it"),))
    return dump


def _goroutines(lines: Sequence[str], name: str) -> Dump:
    texts = [clean(line) for line in lines]
    first = next((at for at, text in enumerate(texts) if HEADER.match(text)), len(texts))
    goroutines, _ = BlockReader(texts).blocks(first, lambda _: False)
    losses = []
    if texts[-1]:  # runtime.Stack ends with a newline, unless it ran out of space
        losses.append(Loss(name, "its end is cut off"))
    return Dump("goroutine", len(goroutines), goroutines, (), tuple(losses))


def _groups(lines: Sequence[str], title: re.Match[str], name: str) -> Dump:
    groups = read_groups(lines)
    total = int(title[2])
    missing = total - sum(group.count for group in groups)
    losses = [Loss(name, "goroutines that it counts and does not show", missing)] if missing else []
    return Dump(title[1], total, (), groups, tuple(losses))
