"""The line that stands in a log where a part of it was left out for its size."""

from __future__ import annotations

import re

_LINE = "[flaketui: {:,} bytes are left out here]"
_FORM = re.compile(r"\[flaketui: [\d,]+ bytes are left out here\]", re.ASCII)
WORDS = "bytes are left out here]"
"""What every such line holds."""


def left_out(count: int) -> str:
    """Return the line that stands for so many bytes."""
    return _LINE.format(count)


def is_left_out(line: str) -> bool:
    """Return whether a line is one that stands for others."""
    return _FORM.fullmatch(line) is not None
