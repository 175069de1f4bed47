"""The ruler: round moments along the top of a time axis, and marks that stand on it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from rich.style import Style

from flakecore.times import NANOSECOND, SECOND, format_time
from flaketui.drawing.cells import merge
from flaketui.drawing.lines import StyledLine

_SPACING = 14
"""Cells between two labels, at least."""


class RulerMark(NamedTuple):
    """A glyph at a moment of the ruler."""

    time_ns: int
    glyph: str
    style: Style


def tick_step(span_ns: int, columns: int) -> int:
    """Return the distance of ticks: 1, 2 or 5 times a power of ten, with room for the labels."""
    wanted = max(1, span_ns * _SPACING // max(columns, 1))
    step = NANOSECOND
    while True:
        for factor in (1, 2, 5):
            if step * factor >= wanted:
                return step * factor
        step *= 10


def digits_for(step_ns: int) -> int:
    """Return how many decimals of a second ticks of this distance need to differ."""
    digits = 0
    while digits < 9 and step_ns % (SECOND // 10**digits):
        digits += 1
    return digits


def add_ruler(
    line: StyledLine, start_ns: int, end_ns: int, columns: int, marks: Iterable[RulerMark]
) -> None:
    """Append the ruler of a window, ``columns`` cells wide, to a line.

    Of two marks in one column the later one of ``marks`` is drawn; marks outside the window are
    left out, and so is a label that a mark would stand in.
    """
    look, span_ns = line.look, end_ns - start_ns

    def column_of(time_ns: int) -> int:
        return (time_ns - start_ns) * columns // span_ns

    drawn = {column_of(mark.time_ns): mark for mark in marks}
    drawn = {column: mark for column, mark in drawn.items() if 0 <= column < columns}
    characters = [" "] * columns
    styles: list[Style] = [look.style("muted")] * columns
    step = tick_step(span_ns, columns)
    digits = digits_for(step)
    first = -(-start_ns // step) * step
    for moment in range(first, end_ns, step):
        column = column_of(moment)
        label = format_time(moment, digits=digits) + "s"
        characters[column] = look.glyphs.tick
        styles[column] = look.style("faint")
        end = column + 1 + len(label)
        if end <= columns and not any(column < at < end for at in drawn):
            characters[column + 1 : end] = label
    for column, mark in drawn.items():
        characters[column] = mark.glyph
        styles[column] = mark.style
    line.segments(merge(characters, styles), columns)
