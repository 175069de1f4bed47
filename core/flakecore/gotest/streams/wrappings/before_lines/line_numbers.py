"""Numbers of lines, as pages, editors and ``cat -n`` put them before each line or above it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from flakecore.gotest.streams.wrappings.landmarks import landmark_in
from flakecore.gotest.streams.wrappings.rows import Row, Wrapping, of_each_line

_FEWEST_NUMBERED = 8
"""Numbered lines from which on their numbers are no chance."""
_FEWEST_BEHIND = 3
"""The same where each number stands before a text, and go's own line is among these."""
_LOOKED_AT = 40
_ENDS = ("\t", " | ", "| ", ": ", ":", "  ", " ")
"""What stands between a number and its line."""


def find_numbered_lines(lines: Sequence[str]) -> Wrapping | None:
    """Return numbers of lines, each on a line above its own, as pages with a column of them copy.

    Where the text begins is the first of them.
    """
    first = next((at for at, line in enumerate(lines) if line.strip() == "1"), None)
    if first is None:
        return None
    pairs = lines[first : first + 2 * _FEWEST_NUMBERED : 2]
    if [line.strip() for line in pairs] != [str(at + 1) for at in range(_FEWEST_NUMBERED)]:
        return None
    return Wrapping("numbers of lines", _without_numbers)


def _without_numbers(rows: Iterable[Row], _: Counter[str]) -> Iterator[Row]:
    number, is_text = 1, True
    for row in rows:
        if is_text and row[1].strip() == str(number):
            number, is_text = number + 1, False
            continue
        is_text = True
        yield row


def find_line_numbers(lines: Sequence[str]) -> Wrapping | None:
    """Return numbers before the lines, each of which is one more than that before.

    Where a copy begins behind the first line's number, that line alone has none.
    """
    given = [line for line in lines if line.strip()][: _LOOKED_AT + 1]
    if given and not given[0].lstrip()[:1].isdigit():
        del given[0]
    if len(given) < _FEWEST_BEHIND or not given[0].lstrip()[:1].isdigit():
        return None
    for end in _ENDS:
        number = re.compile(rf" *(\d{{1,9}})(?:{re.escape(end)}|{re.escape(end.rstrip())}\Z)")
        found = [number.match(line) for line in given]
        numbers = [int(each[1]) for each in found if each is not None]
        if len(numbers) < len(given) or numbers != list(range(numbers[0], numbers[0] + len(given))):
            continue
        if any(landmark_in(line) for line in given):
            return Wrapping("line numbers", of_each_line(partial(number.sub, "", count=1)))
    return None
