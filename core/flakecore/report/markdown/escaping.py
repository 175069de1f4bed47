"""Text that comes from test runs, made safe to stand in Markdown."""

from __future__ import annotations

import re

from flakecore.text.printable import clean

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~$@&])")
_BACKTICKS = re.compile(r"`+")


def escaped(text: str) -> str:
    """Return a text on one line in which nothing is read as Markdown, HTML or a mention."""
    # A mention or an entity that is escaped with a backslash is none (CommonMark 0.31, 2.4).
    return _SPECIAL.sub(r"\\\1", " ".join(clean(word) for word in text.split()))


def code(text: str) -> str:
    """Return a text as code within a line."""
    line = " ".join(clean(word) for word in text.split())
    marks = "`" * (_longest(line) + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{marks}{pad}{line}{pad}{marks}" if line else ""


def fenced(lines: list[str], language: str = "") -> list[str]:
    """Return lines as a block of code that they cannot end."""
    inside = [clean(line) for line in lines]
    fence = "`" * max(3, _longest("\n".join(inside)) + 1)
    return [f"{fence}{language}", *inside, fence]


def _longest(text: str) -> int:
    """Return the length of the longest run of backticks."""
    return max((len(found[0]) for found in _BACKTICKS.finditer(text)), default=0)
