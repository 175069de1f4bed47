"""Terminal escapes around a prefix or around go's own lines, such as colours."""

from __future__ import annotations

from collections.abc import Sequence

from flakecore.gotest.streams.wrappings.landmarks import LANDMARK
from flakecore.gotest.streams.wrappings.rows import Wrapping, of_each_line
from flakecore.text.printable import without_escapes

_ESCAPE = "\x1b"


def find_escapes(lines: Sequence[str]) -> Wrapping | None:
    """Return escapes, where they stand before what go itself prints."""
    coloured = (line for line in lines if _ESCAPE in line)
    for line in coloured:
        found = LANDMARK.search(line) or LANDMARK.search(without_escapes(line))
        if found is not None and _ESCAPE in line[: found.start() + 1]:
            return Wrapping("escapes", of_each_line(_plain))
    return None


def _plain(line: str) -> str:
    return without_escapes(line) if _ESCAPE in line else line
