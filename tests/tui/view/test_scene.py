"""What a scene knows of its case at the viewport."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flakecore.timeline import Lane, LaneKind
from flaketui.drawing.palettes import DARK
from flaketui.drawing.theme import look
from flaketui.view.scene import Scene, bare_function, case_name, waiting_at
from flaketui.view.viewport import Viewport
from tui.scenario import deadlock, without_trace
from tui.scripted_schedule import END, MS

G34 = Lane(LaneKind.GOROUTINE, 34)
CASE = deadlock()


def at(milliseconds: int, lane: Lane | None = G34) -> Viewport:
    return Viewport.whole(0, END).at(milliseconds * MS).select(lane=lane)


def scene(view: Viewport) -> Scene:
    return Scene(CASE, view, (), look(DARK, ascii_glyphs=False), compact=False)


def test_a_scene_knows_the_interval_and_the_line_at_the_cursor() -> None:
    shown = scene(at(100))
    assert shown.interval is not None
    assert shown.interval.start_ns == 90 * MS
    assert CASE.output[shown.line].text == "drain: begin"
    assert scene(at(100, None)).interval is None
    assert scene(at(0)).line == -1


def test_a_goroutine_waits_from_the_beginning_of_its_interval() -> None:
    waiting = waiting_at(CASE, at(500))
    assert waiting is not None
    assert (waiting.lane, waiting.since_ns) == (G34, 421 * MS)


@pytest.mark.parametrize(
    "view", [at(100), at(500, Lane(LaneKind.PROC, 0)), at(500, None)], ids=["runs", "proc", "none"]
)
def test_who_does_not_wait_is_no_wait(view: Viewport) -> None:
    assert waiting_at(CASE, view) is None
    assert waiting_at(without_trace(), view) is None


def test_a_case_is_named_by_its_package_and_attempt() -> None:
    assert case_name(CASE) == "example.com/pool"
    assert case_name(replace(CASE, attempt="002")) == "example.com/pool #002"


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("example.com/pool.(*Pool).work", "(*Pool).work"),
        ("example.com/pool.TestDrain.func1", "TestDrain.func1"),
        ("main.main", "main"),
        ("", ""),
    ],
)
def test_a_function_is_named_without_its_package(name: str, bare: str) -> None:
    assert bare_function(name) == bare
