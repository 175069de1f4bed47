"""Jumps to what a person types: a moment, a goroutine, a proc, a test, or a mark by its number."""

from __future__ import annotations

import re

from flakecore.timeline import Case, LaneKind
from flakecore.times import parse_duration
from flaketui.drawing.labels import moment_label
from flaketui.view.lanes import goroutine_lane, lane_named
from flaketui.view.navigation import Outcome, show_test
from flaketui.view.viewport import SelectionKind, Viewport

EXAMPLE = "3.412s  +20ms  g21  p0  TestDrain/slow"
_LANE = re.compile(r"[gGpPmM]\d{1,18}")


def jump_view(case: Case, view: Viewport, text: str) -> Outcome:
    """Return the viewport at what was typed, or a sentence that explains why it leads nowhere.

    A bare number is a goroutine if there is one of it, and else a moment in seconds; a sign
    before a duration moves the cursor by it.
    """
    text = text.strip()
    if not text:
        return "nothing was typed"
    if _LANE.fullmatch(text):
        return _to_lane(case, view, text)
    if text.isdecimal() and _is_known(case, int(text[:19])):
        return _to_lane(case, view, f"G{text}")
    test = _test_named(case, text)
    if test >= 0:
        return show_test(case, view, test)
    moment = parse_duration(text.removeprefix("+"))
    if moment is None:
        return f"{text} is no moment, goroutine or test of this package"
    if text[0] in "+-":
        moment += view.cursor_ns
    low, high = view.extent
    if not low <= moment < high:
        bounds = f"from {moment_label(low)} to {moment_label(high)}"
        return f"{moment_label(moment)} lies outside: it goes {bounds}"
    return view.at(moment)


def _is_known(case: Case, number: int) -> bool:
    return case.schedule is not None and case.schedule.goroutine(number) is not None


def _to_lane(case: Case, view: Viewport, name: str) -> Outcome:
    """Select a lane; where it does not exist at the cursor, go to when it began."""
    lane = lane_named(name)
    schedule = case.schedule
    if schedule is None:
        return "there is no trace in this bundle: lanes are not known"
    if lane.kind is LaneKind.GOROUTINE:
        goroutine = schedule.goroutine(lane.id)
        if goroutine is None:
            return f"no goroutine of this trace has the number {lane.id}"
        over = goroutine.ended_ns is not None and goroutine.ended_ns <= view.cursor_ns
        if over or goroutine.created_ns > view.cursor_ns:
            view = view.at(goroutine.created_ns)
        return view.select(lane=goroutine_lane(lane.id), subject=SelectionKind.LANE)
    if lane not in schedule.lanes(lane.kind):
        return f"this trace has no {lane}"
    return view.select(lane=lane, subject=SelectionKind.LANE)


def _test_named(case: Case, text: str) -> int:
    """Return the test of this name, or the first that ends or begins like it; -1 for none."""
    low = text.lower()
    names = [(test.index, test.name, test.name.lower()) for test in case.tests]
    for index, name, _ in names:
        if name == text:
            return index
    for index, _, name in names:
        if name == low or name.endswith(f"/{low}"):
            return index
    return next((index for index, _, name in names if name.startswith(low)), -1)
