"""Lists of goroutines as Delve prints them, a line for each, which people paste of a hung test.

``* Goroutine 7 - User: ./pool.go:31 pond.(*Pool).Get (0x4a1b2c) (thread 4711) [chan receive 81]``:
the marked one is selected, and the number behind a wait's reason is the runtime's clock when it
began (Delve's ``pkg/terminal/command.go``, formatGoroutine). Of a location that is where the
goroutine was made or started (``Go:``, ``Start:``), nothing is known of where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from flakecore.gotest.crashes.dumps import Dump, DumpSource
from flakecore.gotest.crashes.frame_reader import DumpFrame
from flakecore.gotest.crashes.goroutine_blocks import GoroutineDump
from flakecore.gotest.streams.line_search import positions_of
from flakecore.gotest.streams.lines import Lines

_LINE = re.compile(
    r"\s*\*?\s*Goroutine (\d{1,19}) - (?:User|Runtime): (\S.*?):(\d{1,9}) (\S+) \(0x[0-9a-f]+\)"
    r"( \(thread \d+\))?(?: \[([a-zA-Z][^\]]*?)(?: \d+)?\])?\s*\Z",
    re.ASCII,
)
_FEWEST = 2
"""Goroutines of a list; what is selected is printed alone at each stop."""
_STRANGERS = 40
"""Lines between two of them; with ``-t`` the frames of each stand there."""


def read_delve_lists(lines: Lines) -> Iterator[Dump]:
    """Yield the lists among a package's output lines; never raises."""
    texts = lines.texts
    rows = ((at, _LINE.match(texts[at])) for at in positions_of(texts, ("Goroutine ",)))
    found = [(at, _goroutine(each)) for at, each in rows if each is not None]
    first = 0
    for end in range(1, len(found) + 1):
        if end < len(found) and found[end][0] - found[end - 1][0] <= _STRANGERS:
            continue
        goroutines = tuple(goroutine for _, goroutine in found[first:end])
        start, last = found[first][0], found[end - 1][0]
        first = end
        if len(goroutines) >= _FEWEST:
            yield Dump(
                *("goroutine", len(goroutines), goroutines, (), (), DumpSource.PRINTED, ""),
                first_line=start,
                last_line=last,
                test=int(lines.tests[start]),
            )


def _goroutine(found: re.Match[str]) -> GoroutineDump:
    state = found[6] or ("running" if found[5] else "")
    frame = DumpFrame(found[4], found[2], int(found[3]), "")
    return GoroutineDump(int(found[1]), state, 0, False, 0, (), (frame,), 0, None, 0)
