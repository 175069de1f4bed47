"""The ruler: round moments along the top of a time axis, and marks that stand on it."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import NamedTuple

from rich.style import Style

from flakecore.timeline import Axis, GapCells
from flakecore.times import NANOSECOND, SECOND, format_duration, format_time
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


def add_ruler(line: StyledLine, axis: Axis, marks: Iterable[RulerMark]) -> None:
    """Append the ruler of a window to a line; a gap has its length in it.

    Of two marks in one column the later one of ``marks`` is drawn; marks outside the window are
    left out, and so is a label that a mark would stand in.
    """
    look, columns = line.look, axis.columns
    drawn = {axis.column(mark.time_ns): mark for mark in marks}
    drawn = {column: mark for column, mark in drawn.items() if 0 <= column < columns}
    characters = [" "] * columns
    styles: list[Style] = [look.style("muted")] * columns
    parts, folded = axis.parts(), sum(cells.last - cells.first for cells in axis.gaps)
    step = tick_step(sum(end - start for start, end in parts), columns - folded)
    digits = digits_for(step)
    taken = {column for cells in axis.gaps for column in range(cells.first, cells.last)}
    for start_ns, end_ns in parts:
        for moment in range(-(-start_ns // step) * step, end_ns, step):
            column = axis.column(moment)
            label = format_time(moment, digits=digits) + "s"
            characters[column] = look.glyphs.tick
            styles[column] = look.style("faint")
            span = range(column + 1, column + 1 + len(label))
            if span.stop <= columns and not any(at in drawn or at in taken for at in span):
                characters[span.start : span.stop] = label
    for cells in axis.gaps:
        words = gap_words(cells, look.glyphs.gap, drawn)
        characters[cells.first : cells.last] = words
        styles[cells.first : cells.last] = [look.style("warn")] * len(words)
    for column, mark in drawn.items():
        characters[column] = mark.glyph
        styles[column] = mark.style
    line.segments(merge(characters, styles), columns)


def gap_words(cells: GapCells, edge: str, marked: Container[int]) -> str:
    """Return what stands in a gap of the ruler: its length between its edges, where it has room.

    The length keeps clear of columns that are ``marked`` if it can.
    """
    size = cells.last - cells.first
    length = format_duration(cells.gap.duration_ns)
    if len(length) > size:
        return edge * size
    if len(length) > size - 2:
        return f"{length:^{size}}"
    free = range(1, size - len(length))
    middle = (size - len(length)) // 2
    for at in sorted(free, key=lambda at: abs(at - middle)):
        if not any(cells.first + at + cell in marked for cell in range(len(length))):
            middle = at
            break
    return f"{edge}{' ' * (middle - 1)}{length}".ljust(size - 1) + edge
