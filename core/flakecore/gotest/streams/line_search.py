"""Finds the few lines of interest among a million."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import AnyStr

from flakecore.gotest.streams.text_column import TextColumn

_AT_ONCE = 2_000
"""Lines searched as one text: looking into each by itself takes ten times as long."""
_LONG = 1 << 20
"""Bytes of a line that are searched."""


def positions_of(texts: Sequence[str], words: Sequence[str]) -> Iterator[int]:
    """Yield the positions of the lines that hold one of ``words``, in order.

    Of a line of megabytes the beginning and the end are searched: what package testing and the
    runtime print is a line of its own, or stands behind text without a newline.
    """
    if isinstance(texts, TextColumn):
        encoded = [word.encode() for word in words]
        for first, lines in texts.blocks():
            if len(lines) > _LONG and b"\n" not in lines:
                lines = b"%b\0%b" % (lines[: _LONG // 2], lines[-_LONG // 2 :])
            for number in lines_holding(lines, encoded, b"\n"):
                yield first + number
        return
    for start in range(0, len(texts), _AT_ONCE):
        piece = texts[start : start + _AT_ONCE]
        joined = "\n".join(piece)
        if joined.count("\n") != len(piece) - 1:  # a line that holds a newline of its own
            joined = "\n".join(text.replace("\n", " ") for text in piece)
        for number in lines_holding(joined, words, "\n"):
            yield start + number


def lines_holding(text: AnyStr, words: Sequence[AnyStr], newline: AnyStr) -> list[int]:
    """Return the numbers, from 0, of the lines of ``text`` that hold one of ``words``, in order.

    A newline in front of a word stands for the start of a line.
    """
    places: list[int] = []
    for word in words:
        at_start = word.startswith(newline)
        if at_start and text.startswith(word[1:]):
            places.append(0)
        place = text.find(word)
        while place >= 0:
            places.append(place + at_start)
            place = text.find(word, place + len(word))
    found: list[int] = []
    number = counted = 0
    for place in sorted(places):
        number += text.count(newline, counted, place)
        counted = place
        if not found or found[-1] != number:
            found.append(number)
    return found
