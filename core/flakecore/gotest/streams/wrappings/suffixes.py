"""What a page puts behind every line: Drone's seconds since the step began, HTML's line breaks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial

from flakecore.gotest.streams.wrappings.landmarks import LANDMARK
from flakecore.gotest.streams.wrappings.rows import Wrapping, of_each_line

_SUFFIXES = (re.compile(r" *\| \d{1,5}s *\Z"), re.compile(r"<br ?/?> *\Z", re.IGNORECASE))
_SHARE = 0.8
"""Of the lines that hold anything, how many must end in it: an excerpt stands among other text."""
_FEWEST = 3


def find_suffix(lines: Sequence[str]) -> Wrapping | None:
    """Return what most lines end in, those of go among them; None if they do not."""
    given = [line for line in lines if line.strip()]
    for suffix in _SUFFIXES:
        ended = [line for line in given if suffix.search(line[-40:])]
        if len(ended) < max(_FEWEST, _SHARE * len(given)):
            continue
        if any(LANDMARK.search(_without(suffix, line)) for line in ended):
            return Wrapping("suffix", of_each_line(partial(_without, suffix)))
    return None


def _without(suffix: re.Pattern[str], line: str) -> str:
    found = suffix.search(line, max(0, len(line) - 40))
    return line[: found.start()] if found is not None else line
