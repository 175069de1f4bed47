"""The ruler: round moments along the top of the timeline, the cursor, marks and failures."""

from __future__ import annotations

from rich.style import Style

from flakecore.times import NANOSECOND, SECOND, format_time
from flaketui.drawing.cells import merge
from flaketui.drawing.lines import Line
from flaketui.view.scene import Scene

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
    """Append the ruler of the viewport's window to a line, ``columns`` cells wide.

    A label that a mark would stand in is left out: half a number is worse than none.
    """
    view, look = scene.view, scene.look
    characters = [" "] * columns
    styles: list[Style] = [look.style("muted")] * columns
    marks = _marks(scene, columns)
    step = tick_step(view.span_ns, columns)
    digits = digits_for(step)
    first = -(-view.start_ns // step) * step
    for moment in range(first, view.end_ns, step):
        column = view.column(moment, columns)
        label = format_time(moment, digits=digits) + "s"
        characters[column] = look.glyphs.tick
        styles[column] = look.style("faint")
        end = column + 1 + len(label)
        if end <= columns and not any(column < at < end for at in marks):
            characters[column + 1 : end] = label
    for column, (glyph, style) in marks.items():
        characters[column] = glyph
        styles[column] = style
    line.segments(merge(characters, styles), columns)


def _marks(scene: Scene, columns: int) -> dict[int, tuple[str, Style]]:
    """Return by column what stands on the ruler: failures, marks, and over all the cursor."""
    view, look = scene.view, scene.look
    found = [(one.at_ns, look.glyphs.failure, look.style("bad")) for one in scene.case.failures]
    found += [(one, look.glyphs.mark, look.style("warn")) for one in scene.arrangement.marks]
    found.append((view.cursor_ns, look.glyphs.cursor, look.style("strong")))
    return {
        column: (glyph, style)
        for moment, glyph, style in found
        if 0 <= (column := view.column(moment, columns)) < columns
    }
