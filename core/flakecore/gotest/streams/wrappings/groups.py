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
    said = [line for line in lines if line.strip()]
    barred = [line for line in said if _BAR.match(line)]
    rest = [line for line in said if not _BAR.match(line)]
    if not barred or not any(LANDMARK.match(line) for line in rest):
        return None
    if not all(_HEADING.match(line) for line in rest):
        return None
    return Wrapping("groups", of_each_line(_without_bar))


def _without_bar(line: str) -> str:
    if line.rstrip() == "--":
        return ""
    found = _BAR.match(line)
    return line[found.end() :] if found is not None else line
