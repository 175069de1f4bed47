"""Terminal escapes around a prefix or around go's own lines, such as colours."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flakecore.gotest.streams.wrappings.landmarks import LANDMARK, landmark_in
from flakecore.gotest.streams.wrappings.rows import Wrapping, of_each_line
from flakecore.text.printable import without_escapes

_ESCAPE = "\x1b"
_BROKEN = re.compile(r"(?<!\x1b)\[(?:\d{1,3}(?:;\d{1,3}){0,4})?m")
_RESET = "[0m"
_FEWEST = 3
"""Lines with such colours from which on they are no text."""


def find_escapes(lines: Sequence[str]) -> Wrapping | None:
    """Return escapes, where they stand before what go itself prints."""
    coloured = (line for line in lines if _ESCAPE in line)
    for line in coloured:
        found = LANDMARK.search(line) or LANDMARK.search(without_escapes(line))
        if found is not None and _ESCAPE in line[: found.start() + 1]:
            return Wrapping("escapes", of_each_line(_plain))
    return None


def find_broken_escapes(lines: Sequence[str]) -> Wrapping | None:
    """Return colours whose escape character was lost as the text was copied: ``[31m1[0m``."""
    coloured = [line for line in lines if _RESET in line and _BROKEN.search(line)]
    if len(coloured) < _FEWEST or not any(map(landmark_in, lines)):
        return None
    return Wrapping("broken escapes", of_each_line(_without_broken))


def _without_broken(line: str) -> str:
    return _BROKEN.sub("", line) if "[" in line else line


def _plain(line: str) -> str:
    return without_escapes(line) if _ESCAPE in line else line
