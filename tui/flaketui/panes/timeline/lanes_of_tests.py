"""The rows of the timeline where there is no trace: a bar for each test whose duration is known."""

from __future__ import annotations

from collections.abc import Sequence

from textual.strip import Strip

from flakecore.timeline import Case, TestSpan, TestStatus
from flakecore.times import format_duration
from flaketui.drawing.cells import mark_gaps, merge
from flaketui.drawing.lines import StyledLine, fit
from flaketui.drawing.palettes import Role
from flaketui.panes.timeline.row_lines import Geometry
from flaketui.view.scene import Scene
from flaketui.view.test_tree import tree_order

_ROLES: dict[TestStatus, Role] = {
    TestStatus.PASS: "good",
    TestStatus.FAIL: "bad",
    TestStatus.SKIP: "muted",
    TestStatus.UNFINISHED: "warn",
}


def tests_with_durations(case: Case) -> list[TestSpan]:
    """Return the tests that have a bar, each before its subtests."""
    return [test for test in tree_order(case.tests) if test.has_duration]


def test_lines(
    scene: Scene, tests: Sequence[TestSpan], shown: range, width: int, shape: Geometry
) -> list[Strip]:
    """Draw the bars of some of the tests by their places in ``tests``."""
    current = scene.view.selection.test
    return [_bar(scene, tests[at], width, shape, tests[at].index == current) for at in shown]


def _bar(scene: Scene, test: TestSpan, width: int, shape: Geometry, current: bool) -> Strip:
    look, axis = scene.look, scene.view.axis(shape.columns)
    line = StyledLine(look, width, "selected" if current else "plain")
    role = _ROLES[test.status]
    indent = " " + "  " * min(test.depth, shape.label // 4)
    line.add(f"{indent}{look.glyphs.statuses[test.status]} ", role)
    name = fit(test.short_name, shape.label - len(indent) - 3, look.glyphs.ellipsis)
    line.found(name, "text", scene.view.filter).add(" ")
    characters = [" "] * shape.columns
    styles = [look.style(role, line.ground)] * shape.columns
    first, last = axis.column(test.start_ns), axis.column(test.end_ns)
    if first < shape.columns and last >= 0:
        begin, end = max(first, 0), min(last, shape.columns - 1)
        characters[begin : end + 1] = look.glyphs.test_bar * (end + 1 - begin)
        if first == last:
            characters[begin] = look.glyphs.test_moment
    for start_ns, end_ns in test.waits:
        begin = max(axis.column(start_ns), 0)
        end = min(axis.column(end_ns), shape.columns)
        if end > begin:
            characters[begin:end] = look.glyphs.test_pause * (end - begin)
    mark_gaps(characters, styles, axis.gaps, look, line.ground)
    line.segments(merge(characters, styles), shape.columns)
    return line.add(f" {format_duration(test.duration_ns)}", "muted").strip()


def missing_lines(scene: Scene, width: int) -> list[Strip]:
    """Return the lines on what is shown in place of lanes, and what would fill them."""
    case, words = scene.case, [""]
    if tests_with_durations(case):
        words.append(
            "tests by the stamps of their output"
            if case.timed
            else "tests laid end to end by their durations: nothing tells when they ran"
        )
    elif case.tests:
        words.append("no duration of a test is known")
    if case.dumps:
        words.append("a dump of goroutines: 7 lists them, 4 what they wait for")
    if case.races:
        words.append("races: 7 lists their accesses with their stacks")
    words.append("no trace, so no lanes: flaketui collect records one with every run")
    return [
        StyledLine(scene.look, width).add(f" {text}" if text else "", "muted").strip()
        for text in words
    ]
