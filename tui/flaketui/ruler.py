"""The ruler: round moments along the top of the timeline, the cursor, the mark and the failures."""

from __future__ import annotations

from rich.style import Style

from flakecore.times import NANOSECOND, SECOND, format_time
from flaketui.cells import merge
from flaketui.lines import Line
from flaketui.scene import Scene

_SPACING = 14
"""Cells between two labels, at least."""


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
    """Return how many decimals of a second tell ticks of this distance apart."""
    digits = 0
    while digits < 9 and step_ns % (SECOND // 10**digits):
        digits += 1
    return digits


def add_ruler(line: Line, scene: Scene, columns: int) -> None:
    """Append the ruler of the viewport's window to a line, ``columns`` cells wide."""
    view, look = scene.view, scene.look
    glyphs = look.glyphs
    characters = [" "] * columns
    styles: list[Style] = [look.style("muted")] * columns
    step = tick_step(view.span_ns, columns)
    digits = digits_for(step)
    first = -(-view.start_ns // step) * step
    for moment in range(first, view.end_ns, step):
        column = view.column(moment, columns)
        label = glyphs.tick + format_time(moment, digits=digits) + "s"
        if column + len(label) <= columns:
            characters[column : column + len(label)] = label
            styles[column] = look.style("faint")

    def put(time_ns: int, glyph: str, style: Style) -> None:
        column = view.column(time_ns, columns)
        if 0 <= column < columns:
            characters[column] = glyph
            styles[column] = style

    for failure in scene.case.failures:
        put(failure.at_ns, glyphs.failure, look.style("bad"))
    if view.mark_ns is not None:
        put(view.mark_ns, glyphs.mark, look.style("warn"))
    put(view.cursor_ns, glyphs.cursor, look.style("strong"))
    line.segments(merge(characters, styles), columns)
