"""The ruler of a scene: the viewport's window with its failures, marks and cursor."""

from __future__ import annotations

from flaketui.drawing.lines import StyledLine
from flaketui.drawing.ruler import RulerMark, add_ruler
from flaketui.view.scene import Scene


def add_time_axis(line: StyledLine, scene: Scene, columns: int) -> None:
    """Append the ruler of the scene's window to a line; the cursor covers marks and failures."""
    view, look = scene.view, scene.look
    marks = [
        RulerMark(one.at_ns, look.glyphs.failure, look.style("bad")) for one in scene.case.failures
    ]
    marks += [
        RulerMark(one, look.glyphs.mark, look.style("warn")) for one in scene.arrangement.marks
    ]
    marks.append(RulerMark(view.cursor_ns, look.glyphs.cursor, look.style("strong")))
    add_ruler(line, view.axis(columns), marks)
