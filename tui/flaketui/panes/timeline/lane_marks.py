"""Marks on goroutines' lanes: lines that they printed, failures, and what tests left behind."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rich.style import Style

from flakecore.frames import own_frame
from flakecore.timeline import Axis, Case, Lane, LaneKind, TestStatus, TimeSource
from flakecore.timeline.output.output_lines import TIME_SOURCES
from flaketui.drawing.palettes import Ground
from flaketui.view.scene import Scene

Marks = dict[int, tuple[str, Style]]
"""A character and its style by column."""
_FEW = 8
"""Lines that a lane printed are marked where at most one column in so many has one."""
_TESTING = ("=== ", "--- ", "PASS", "FAIL", "ok  ")
"""What package testing itself prints begins so."""
_EXACT = TIME_SOURCES.index(TimeSource.EXACT)


class LaneMarks:
    """The marks of one case; what a goroutine printed is looked up when its lane is drawn."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._printed: dict[int, NDArray[np.int64]] = {}
        self._failed: dict[int, list[int]] = {}
        for failure in case.failures:
            if failure.goroutine > 0:
                self._failed.setdefault(failure.goroutine, []).append(failure.at_ns)

    def on(self, scene: Scene, lane: Lane, axis: Axis, ground: Ground) -> Marks:
        """Return the marks of a lane within a window; those that matter more cover the others."""
        if lane.kind is not LaneKind.GOROUTINE:
            return {}
        look, marks = scene.look, Marks()
        printed = _columns(axis, self._lines(lane.id))
        if len(printed) * _FEW <= axis.columns:
            style = look.style("accent", ground)
            marks |= dict.fromkeys(printed, (look.glyphs.log, style))
        left = _columns(axis, self._left_by(scene, lane.id))
        marks |= dict.fromkeys(left, (look.glyphs.leak, look.style("warn", ground)))
        failed = _columns(axis, self._failed.get(lane.id, []))
        return marks | dict.fromkeys(failed, (look.glyphs.failure, look.style("bad", ground)))

    def _lines(self, number: int) -> NDArray[np.int64]:
        """Return when a goroutine printed lines other than those of package testing."""
        found = self._printed.get(number)
        if found is None:
            columns = self._case.output.columns
            own = (columns.goroutine == number) & (columns.time_source == _EXACT)
            wanted = [
                at
                for at in np.flatnonzero(own).tolist()
                if not columns.texts[at].lstrip().startswith(_TESTING)
            ]
            found = self._printed[number] = columns.time[wanted]
        return found

    @staticmethod
    def _left_by(scene: Scene, number: int) -> list[int]:
        """Return when the test ended that passed and left a goroutine behind for good."""
        goroutine = scene.goroutine(number)
        if goroutine is None or goroutine.test < 0 or goroutine.ended_ns is not None:
            return []
        test = scene.case.tests[goroutine.test]
        over = test.status is TestStatus.PASS and test.timed and test.goroutine != number
        return [test.end_ns] if over else []


def _columns(axis: Axis, times: Sequence[int] | NDArray[np.int64]) -> list[int]:
    """Return the columns of a window in which any of these moments lie."""
    inside = np.searchsorted(axis.edges, np.asarray(times, np.int64), side="right") - 1
    found: list[int] = np.unique(inside[(inside >= 0) & (inside < axis.columns)]).tolist()
    return found


def accesses(scene: Scene) -> dict[int, str]:
    """Return by goroutine what it did in the selected failure's first race, and where."""
    failure = scene.failure
    if failure is None or not failure.race_goroutines:
        return {}
    race, found = scene.case.races[failure.races[0]], {}
    for access, number in zip(race.accesses, failure.race_goroutines[0], strict=False):
        frame = own_frame(access.frames, scene.case.package)
        if number > 0 and frame is not None:
            found[number] = f"{access.kind}s {frame.file.rpartition('/')[2]}:{frame.line}"
    return found
