"""Logs copied from Buildkite's pages: a bar before each line, but for the headings of groups.

A line that begins with ``---``, ``+++`` or ``~~~`` opens a group there, so that go's results stand
without a bar (Buildkite's manual, "Managing log output").
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from flakecore.gotest.streams.wrappings.landmarks import LANDMARK
from flakecore.gotest.streams.wrappings.rows import Wrapping, of_each_line

_BAR = re.compile(r" {1,4}\| ?")
_HEADING = re.compile(r"(?:---|\+\+\+|~~~) |--\s*\Z")


def find_groups(lines: Sequence[str]) -> Wrapping | None:
    """Return the bars of a log whose groups begin with lines of go's own."""
    headings = (at for at, line in enumerate(lines) if line[:3] == "---" and LANDMARK.match(line))
    first = next(headings, None)
    last = max((at for at, line in enumerate(lines) if _BAR.match(line)), default=-1)
    if first is None or last < first:
        return None
    within = [line for line in lines[first : last + 1] if line.strip()]
    if not all(_HEADING.match(line) or _BAR.match(line) for line in within):
        return None
    return Wrapping("groups", of_each_line(_without_bar))


def _without_bar(line: str) -> str:
    if line.rstrip() == "--":
        return ""
    found = _BAR.match(line)
    return line[found.end() :] if found is not None else line
