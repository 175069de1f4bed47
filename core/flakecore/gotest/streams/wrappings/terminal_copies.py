"""What a terminal makes of lines that are copied from it: boxes around them, and stairs.

A program that draws boxes leaves its borders around what is printed over it. While it has the
terminal, a line end moves down and not back (termios(3), OPOST), so that each line begins in the
column in which the one before it ended.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from flakecore.gotest.streams.wrappings.landmarks import landmark_in
from flakecore.gotest.streams.wrappings.rows import Wrapping, of_each_line

_BORDERS = "│┃║"
_SHARE = 0.5
"""Share of lines between two borders, from which on all are. Chosen."""
_HEADER = re.compile(r" {8,}goroutine \d+ \[[^\]]+\]:\Z", re.ASCII)


def find_box(lines: Sequence[str]) -> Wrapping | None:
    """Return the borders of a box that most lines stand in, go's own among them."""
    filled = [line.strip() for line in lines if line.strip()]
    boxed = [line for line in filled if line[0] in _BORDERS and line[-1] in _BORDERS]
    if len(boxed) < _SHARE * len(filled) or not any(map(landmark_in, boxed)):
        return None
    return Wrapping("box", of_each_line(_without_borders))


def _without_borders(line: str) -> str:
    bare = line.strip()
    if bare[-1:] in _BORDERS:
        bare = bare[:-1].rstrip()
    return bare[1:].rstrip() if bare[:1] in _BORDERS else line[: len(line.rstrip(_BORDERS + " "))]


def find_stairs(lines: Sequence[str]) -> Wrapping | None:
    """Return that lines begin where the ones before them ended, as a goroutine's heading shows."""
    for at, line in enumerate(lines[:-1]):
        if "goroutine " in line and _HEADER.match(line.rstrip()):
            below = lines[at + 1]
            if abs(len(below) - len(below.lstrip()) - len(line.rstrip())) <= 1:
                return Wrapping("stairs", of_each_line(str.lstrip))
    return None
