"""Indentation of all lines alike, as Markdown's code blocks and YAML's block scalars have it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial

from flakecore.gotest.streams.wrappings.landmarks import LANDMARK, may_be_indented, starts
from flakecore.gotest.streams.wrappings.rows import Wrapping, of_each_line

_BLANKS = re.compile(r"[ \t]+")
_MESSAGE = re.compile(r"( +|\t+)\S+\.go:\d+: ")
"""What a test prints, which package testing indents by four blanks, or by a multiple of them."""
_SHARE = 0.9
"""Of the lines with a landmark, how many have to be indented."""


def _without_blank(blank: str, line: str) -> str:
    """Return a line of go's own without the blanks before it, any other as it is."""
    found = LANDMARK.search(line) if line.startswith(blank) else None
    return line[len(blank) :] if found is not None and found.start() == len(blank) else line


def find_indentation(lines: Sequence[str]) -> Wrapping | None:
    """Return the indentation that all of go's lines have which have none of their own."""
    # A result may stand behind what a test printed without a newline.
    found = [
        (line, column)
        for line, column in starts(lines)
        if not (line.startswith("--- ", column) and line[:column].strip())
    ]
    # Results of subtests and frames are indented by go. Where nothing else is there, they count.
    own = [each for each in found if not may_be_indented(*each)]
    blanks = [line[:column] for line, column in own or found if not line[:column].strip()]
    if not own or len(blanks) < _SHARE * len(own):
        return None
    common = min(blanks, key=len)
    indented = [each for each in blanks if each.startswith(common)]
    if not common or len(indented) < len(blanks):
        return None
    width = len(common)
    if any((message := _MESSAGE.match(line)) and len(message[1]) < width for line in lines):
        return None  # what go printed for some other process is within the message of a test
    widths = [
        len(each[1]) for line in lines if (each := _MESSAGE.match(line)) and "\t" not in each[1]
    ]
    if width % 4 and widths and not any(each % 4 for each in widths):
        # Copied with a blank too many, the first line alone is indented.
        return Wrapping("indentation", of_each_line(partial(_without_blank, common)))

    def change(line: str) -> str:
        if line.startswith(common):
            return line[width:]
        blank = _BLANKS.match(line)
        return line[min(width, blank.end()) :] if blank is not None else line

    return Wrapping("indentation", of_each_line(change))
