"""Indentation that a text has lost altogether, as builders of containers and chats strip it.

Package testing puts four blanks before ``x_test.go:12: `` and eight before what goes on below it
(``decorate`` in ``src/testing/testing.go``). Where a test fails and no line is indented, the lines
that begin so get their blanks again, and what follows one belongs to it up to go's next own line.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from flakecore.gotest.streams.wrappings.landmarks import LANDMARK
from flakecore.gotest.streams.wrappings.rows import Row, Wrapping

_PLACE = re.compile(
    r"(?:[\w.-]+_test|suite|panic|controller|testing)\.go:\d{1,9}:(?: |\Z)", re.ASCII
)
"""A test file, or where testify's suites, package testing and gomock report from."""
_FAILED = "--- FAIL: "
_PANICKED = "panicked"
"""What testify's suites state above the stack of a panic that they caught."""
_OWN = ("PASS", "FAIL", "ok  \t", "coverage: ", "exit status ", "panic: ", "=== ", "--- ")


def find_lost_indentation(lines: Sequence[str]) -> Wrapping | None:
    """Return that no line has its indentation, where a test fails and prints that with a place."""
    if not any(line.startswith(_FAILED) for line in lines):
        return None
    if any(line[:1] == " " and line.strip() for line in lines):
        return None
    if not any(_PLACE.match(line) for line in lines):
        return None
    return Wrapping("lost indentation", _indented)


def _indented(rows: Iterable[Row], _: Counter[str]) -> Iterator[Row]:
    inside = panicked = False
    for wall, text in rows:
        if _PLACE.match(text):
            inside, panicked = True, _PANICKED in text
            yield wall, f"    {text}"
            continue
        if text.startswith(_OWN) or (LANDMARK.match(text) and not panicked):
            inside = panicked = False
        yield wall, f"        {text}" if inside and text.strip() else text
