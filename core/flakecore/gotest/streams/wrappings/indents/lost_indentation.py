"""Indentation that a text has lost altogether, as builders of containers and chats strip it.

Package testing puts four blanks before ``x_test.go:12: `` and eight before what goes on below it
(``decorate`` in ``src/testing/testing.go``). Where a test fails and no line is indented, the lines
that begin so get their blanks again, and what follows one belongs to it up to go's next own line.
Where a copy begins behind its first line's blanks, that line alone has lost them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from flakecore.gotest.streams.wrappings.landmarks import LANDMARK
from flakecore.gotest.streams.wrappings.rows import Row, Wrapping

_PLACE = re.compile(
    r"(?:[\w.-]+_test|suite|panic|controller|testing)\.go:\d{1,9}:(?: |\Z)", re.ASCII
)
"""A test file, or where testify's suites, package testing and gomock report from."""
_FAILED = "--- FAIL: "
_FOUR = "    "
_MESSAGE = re.compile(r"( *)([\w.-]+\.go):\d{1,9}: \S", re.ASCII)
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


def find_unindented_first(lines: Sequence[str]) -> Wrapping | None:
    """Return that the first line alone has lost its indentation, as where a copy begins in it.

    It is a message that package testing wrote where the next line is one of the same file.
    """
    given = [line for line in lines if line.strip()][:2]
    found = [_MESSAGE.match(line) for line in given]
    if len(found) < 2 or found[0] is None or found[1] is None:
        return None
    is_cut = not found[0][1] and len(found[1][1]) >= len(_FOUR) and found[0][2] == found[1][2]
    if not is_cut or not any(line.lstrip().startswith(_FAILED) for line in lines):
        return None
    return Wrapping("unindented first line", partial(_first_indented, found[1][1]))


def _first_indented(blanks: str, rows: Iterable[Row], _: Counter[str]) -> Iterator[Row]:
    is_first = True
    for wall, text in rows:
        yield wall, f"{blanks}{text}" if is_first and text.strip() else text
        is_first = is_first and not text.strip()


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
