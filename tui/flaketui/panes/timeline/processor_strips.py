"""Two lines below the lanes: how busy procs and threads were, where their own lanes do not fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from rich.style import Style
from textual.strip import Strip

from flakecore.timeline import Cells, Lane, LaneKind, Schedule, State
from flaketui.drawing.cells import mark_gaps, merge
from flaketui.drawing.lines import StyledLine, fit
from flaketui.panes.timeline.row_lines import Geometry
from flaketui.view.scene import Scene

LANES_MOST = 16
"""Lanes of a kind that a strip sums up: each takes a look at the window."""
_KINDS = (LaneKind.PROC, LaneKind.THREAD)


def strip_lanes(schedule: Schedule) -> tuple[tuple[Lane, ...], ...]:
    """Return the procs, and the threads, that are summed up: the first ones of each."""
    return tuple(schedule.lanes(kind)[:LANES_MOST] for kind in _KINDS)


def processor_strips(
    scene: Scene,
    schedule: Schedule,
    cells_of: Callable[[Lane], Cells],
    width: int,
    shape: Geometry,
) -> list[Strip]:
    """Draw a line for the procs and one for the threads: the part of them that was running."""
    return [
        _strip(scene, schedule, kind, lanes, cells_of, width, shape)
        for kind, lanes in zip(_KINDS, strip_lanes(schedule), strict=True)
        if lanes
    ]


def _strip(
    scene: Scene,
    schedule: Schedule,
    kind: LaneKind,
    lanes: Sequence[Lane],
    cells_of: Callable[[Lane], Cells],
    width: int,
    shape: Geometry,
) -> Strip:
    look, columns = scene.look, shape.columns
    line = StyledLine(look, width)
    every = len(schedule.lanes(kind))
    word = "procs" if kind is LaneKind.PROC else "threads"
    some = f"{len(lanes)} of {every}" if every > len(lanes) else f"{every}"
    line.add(fit(f" {kind.value} {some} {word}", shape.label), "muted")
    work = np.zeros(columns, np.int64)
    for lane in lanes:
        work += cells_of(lane).work
    heights = np.minimum(work * 8 // (255 * len(lanes)), 7)
    glyphs = look.glyphs
    busy, idle = look.state(State.RUNNING), look.state(State.IDLE)
    characters = [
        glyphs.bars[height] if any_work else glyphs.states[State.IDLE]
        for height, any_work in zip(heights.tolist(), (work > 0).tolist(), strict=True)
    ]
    styles: list[Style] = [busy if one else idle for one in (work > 0).tolist()]
    mark_gaps(characters, styles, scene.view.axis(columns).gaps, look)
    line.segments(merge(characters, styles), columns)
    names = _running(schedule, lanes, scene.view.cursor_ns)
    words = f" {' '.join(names)}" if names else " idle"
    return line.add(fit(words, shape.status, glyphs.ellipsis), "muted").strip()


def _running(schedule: Schedule, lanes: Sequence[Lane], moment_ns: int) -> list[str]:
    """Return what the lanes are occupied by at a moment: goroutines of procs, procs of threads."""
    found: list[str] = []
    for lane in lanes:
        now = schedule.at(lane, moment_ns)
        if now is None or now.state is not State.RUNNING:
            continue
        if lane.kind is LaneKind.PROC and now.goroutine >= 0:
            found.append(f"G{now.goroutine}")
        elif lane.kind is LaneKind.THREAD and now.proc >= 0:
            found.append(f"P{now.proc}")
    return found
