"""The strip above the lanes: heap size, collector cycles and stops of the world over the window."""

from __future__ import annotations

import numpy as np
from rich.style import Style
from textual.strip import Strip

from flakecore.timeline import State
from flakecore.times import format_duration
from flaketui.drawing.cells import heights, mark_gaps, merge
from flaketui.drawing.lines import StyledLine, fit
from flaketui.panes.collector_cells import collector_of
from flaketui.panes.timeline.row_lines import Geometry
from flaketui.view.scene import Scene


def collector_strip(scene: Scene, width: int, shape: Geometry) -> Strip:
    """Draw the heap as bars, cycles in the collector's colour, stopped worlds as double lines."""
    collections = scene.case.gc
    assert collections is not None
    view, look = scene.view, scene.look
    line = StyledLine(look, width)
    line.add(fit(" GC heap", shape.label), "muted")
    axis = view.axis(shape.columns)
    heap, goal = collections.heap(axis)
    top = int(max(heap.max(initial=0), goal.max(initial=0)))
    characters = heights(heap.tolist(), top, look.glyphs.bars)
    styles: list[Style] = [look.style("faint")] * shape.columns
    cells = collector_of(collections).cells(axis)
    for column in np.flatnonzero(cells.busy).tolist():
        styles[column] = look.state(State.GC)
    for column in np.flatnonzero(cells.stopped).tolist():
        characters[column] = look.glyphs.stop
        styles[column] = look.style("bad")
    mark_gaps(characters, styles, axis.gaps, look)
    line.segments(merge(characters, styles), shape.columns)
    note = f" stop {format_duration(cells.longest_ns)}" if cells.longest_ns else " no stop"
    return line.add(note, "muted").strip()
