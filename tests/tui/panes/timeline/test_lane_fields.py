"""A lane in a view written as JSON: its intervals in the window."""

from __future__ import annotations

import pytest

from flakecore.timeline import Lane, LaneKind
from flaketui.drawing.palettes import DARK
from flaketui.drawing.theme import look
from flaketui.panes.timeline import lane_fields as fields
from flaketui.panes.timeline.lane_fields import lane_fields
from flaketui.view.scene import Scene
from flaketui.view.viewport import Viewport
from tui.scenario import deadlock
from tui.scripted_schedule import END, MS

G34 = Lane(LaneKind.GOROUTINE, 34)


def scene(start: int, end: int) -> Scene:
    view = Viewport.whole(0, END).window(start * MS, end * MS)
    return Scene(deadlock(), view, (), look(DARK, ascii_glyphs=False), compact=False)


def test_the_intervals_that_touch_the_window_are_written() -> None:
    written = lane_fields(scene(100, 130), G34)
    assert written["lane"] == "G34"
    assert written["complete"] is True
    intervals = written["intervals"]
    assert isinstance(intervals, list)
    assert [(one["state"], one["start_ns"], one["end_ns"]) for one in intervals] == [
        ("syscall", 90 * MS, 120 * MS),
        ("running", 120 * MS, 421 * MS),
    ]


def test_more_intervals_than_are_written_leave_it_incomplete(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fields, "INTERVALS", 2)
    assert lane_fields(scene(0, 3000), G34)["complete"] is False
    assert lane_fields(scene(100, 130), G34)["complete"] is True
