r"""Stacks within one line, as loggers that write JSON put them into a field.

``{"level":"error","stack":"goroutine 7 [running]:\nmain.f()\n\t/w/f.go:12 +0x1d\n"}``: so slog,
zap, zerolog and logrus write what ``debug.Stack`` returns, and so does what escapes newlines by
itself, without quotes around it. An object within a string of another has each backslash twice.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from flakecore.gotest.streams.wrappings.rows import Row, Wrapping

_STACK = re.compile(
    r"goroutine \d{1,19} (?:gp=\S+ )?(?:m=\S+ )?(?:mp=\S+ )?\[[a-zA-Z][^\]\n\"]{0,100}\]:"
    r"(?P<escapes>\\{1,16})(?:r(?P=escapes))?n(?=[\w./(*<])",
    re.ASCII,
)
"""A heading with an escaped newline behind it, and behind that the first frame."""
_LEFT = "…"
"""What stands in the line for what stands below it."""
_LONGEST = 1 << 20
"""Characters of a line that are looked into."""


def find_escaped_stacks(lines: Sequence[str]) -> Wrapping | None:
    """Return that lines hold whole stacks, whose newlines are escaped."""
    if not any("goroutine " in line and _STACK.search(line, 0, _LONGEST) for line in lines):
        return None
    return Wrapping("escaped stacks", _expanded)


def _expanded(rows: Iterable[Row], _: Counter[str]) -> Iterator[Row]:
    for wall, line in rows:
        found = _STACK.search(line, 0, _LONGEST) if "goroutine " in line else None
        if found is None:
            yield wall, line
            continue
        escape = found["escapes"]
        start, end = _string_around(line, found.start(), found.end(), len(escape))
        yield wall, f"{line[:start]}{_LEFT}{line[end:]}"
        for text in _lines_of(line[start:end], escape):
            yield wall, text


def _string_around(line: str, start: int, end: int, depth: int) -> tuple[int, int]:
    """Return where the string begins and ends that holds a stack; the line's end where none does.

    Args:
        line: the line.
        start: where the stack begins.
        end: some place in it.
        depth: how many backslashes are before each ``n`` that stands for a newline.
    """
    quote = re.compile(rf'(?<!\\)\\{{{depth - 1}}}"')
    before = [each.end() for each in quote.finditer(line, 0, start)]
    after = quote.search(line, end)
    if not before or len(before) % 2 == 0:
        return start, len(line)  # between two strings, or without any
    return before[-1], after.start() if after is not None else len(line)


def _lines_of(text: str, escape: str) -> list[str]:
    """Return the lines of a string with escapes."""
    for letter, sign in (("r", ""), ("t", "\t"), ("n", "\n")):
        text = text.replace(f"{escape}{letter}", sign)
    text = text.replace(f'{escape}"', '"').replace(f"{escape}u003c", "<")
    text = text.replace(f"{escape}u003e", ">").replace(f"{escape}u0026", "&")
    return text.removesuffix("\n").split("\n")
