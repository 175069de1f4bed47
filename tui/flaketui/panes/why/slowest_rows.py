"""What is worth a look in a case in which nothing failed: its slowest tests, waits and pauses."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import nlargest

from flakecore.frames import shown_frame
from flakecore.timeline import Case, CaseDump, Interval, TestSpan, own_frame
from flakecore.times import format_duration
from flaketui.panes.collector_cells import collector_of
from flaketui.panes.why.why_row import Leads, WhyRow
from flaketui.view.lanes import goroutine_lane
from flaketui.view.navigation import show_test
from flaketui.view.viewport import SelectionKind, Viewport

_SLOWEST = 3
"""Tests that are named."""
_WAITS_ASKED = 50
"""The longest waits among which one of a test's goroutines is looked for."""
_DUMPED = 5
"""Goroutines of a dump that are named: those that waited longest."""
_MAIN = 1
"""The main goroutine, which only waits for the tests; the runtime numbers it first."""


def slowest_rows(case: Case) -> Iterator[WhyRow]:
    """Yield a row for each of these that the case has; each leads there."""
    parents = {test.parent for test in case.tests}
    leaves = [test for test in case.tests if test.has_duration and test.index not in parents]
    slowest = sorted(leaves, key=lambda test: -test.duration_ns)[:_SLOWEST]
    for number, test in enumerate(slowest):
        word = "the slowest test" if not number else "then"
        text = f"{word}: {test.name}, {format_duration(test.duration_ns)}"
        yield WhyRow(text, indent=1, leads=_to_test(case, test))
    wait = _longest_wait(case)
    if wait is not None:
        yield WhyRow(_wait_words(case, wait), indent=1, leads=_to_interval(wait))
    if case.gc is not None:
        yield from _longest_stop(case)
    if case.schedule is None:
        for dump in case.dumps:
            yield from _of_dump(case, dump)


def _of_dump(case: Case, dump: CaseDump) -> Iterator[WhyRow]:
    """Yield which goroutines of a dump waited longest, and where."""
    count = len(dump.goroutines) + sum(group.count for group in dump.groups)
    name = dump.name.rpartition("/")[2] or f"the dump of a {dump.source}"
    many = "goroutine" if count == 1 else "goroutines"
    yield WhyRow(f"{name}: {count:,} {many} at one moment (7)", indent=1)
    for each in nlargest(_DUMPED, dump.goroutines, key=lambda one: one.stack.minutes):
        stack = each.stack
        frame = shown_frame(stack.frames, case.package)
        at = f" at {frame.file.rpartition('/')[2]}:{frame.line}" if frame is not None else ""
        waited = f" for {stack.minutes} min" if stack.minutes else ""
        test = f", of {each.test_name}" if each.test_name else ""
        words = f"G{stack.number} {stack.state}{waited}{at}{test}"
        yield WhyRow(words, indent=2, leads=_to_goroutine(stack.number))
    for group in nlargest(_DUMPED, dump.groups, key=lambda one: one.count):
        frame = shown_frame(group.frames, case.package)
        if frame is not None:
            at = f"{frame.file.rpartition('/')[2]}:{frame.line}"
            yield WhyRow(f"{group.count:,} of them at {at}", indent=2)


def _to_goroutine(number: int) -> Leads:
    def leads(view: Viewport) -> Viewport:
        return view.select(lane=goroutine_lane(number), subject=SelectionKind.LANE)

    return leads


def _to_test(case: Case, test: TestSpan) -> Leads:
    def leads(view: Viewport) -> Viewport:
        return show_test(case, view, test.index).fit(test.start_ns, test.end_ns)

    return leads


def _to_interval(wait: Interval) -> Leads:
    def leads(view: Viewport) -> Viewport:
        moved = view.fit(wait.start_ns, wait.end_ns, margin=0.1).at(wait.start_ns)
        return moved.select(lane=wait.lane, subject=SelectionKind.LANE)

    return leads


def _longest_wait(case: Case) -> Interval | None:
    """Return the longest wait of a goroutine that a test started, within the tests' time."""
    schedule = case.schedule
    if schedule is None or not case.tests:
        return None
    runners = {_MAIN, *(test.goroutine for test in case.tests)}
    last = max(test.end_ns for test in case.tests)
    for wait in schedule.waits(case.start_ns, case.end_ns, _WAITS_ASKED):
        goroutine = schedule.goroutine(wait.lane.id)
        if goroutine is None or goroutine.test < 0 or goroutine.id in runners:
            continue
        if wait.start_ns < last:
            return wait
    return None


def _wait_words(case: Case, wait: Interval) -> str:
    frame = own_frame(wait.stack, case.package)
    place = f" at {frame.file.rpartition('/')[2]}:{frame.line}" if frame is not None else ""
    length = format_duration(wait.duration_ns)
    if wait.to_the_end and wait.wake is None and not wait.cut:
        return f"never ended: {wait.lane} in {wait.state.label}{place}, {length}"
    return f"the longest wait: {wait.lane} in {wait.state.label}{place}, {length}"


def _longest_stop(case: Case) -> Iterator[WhyRow]:
    assert case.gc is not None
    spans = [span for span in collector_of(case.gc).spans if span.name.startswith("stop")]
    longest = max(spans, key=lambda span: span.duration_ns, default=None)
    if longest is None:
        return
    text = f"the longest stop of the world: {format_duration(longest.duration_ns)}"
    start, lane = longest.start_ns, goroutine_lane(longest.goroutine)

    def leads(view: Viewport) -> Viewport:
        moved = view.at(start).select(subject=SelectionKind.PAUSE)
        return moved if lane is None else moved.select(lane=lane)

    yield WhyRow(text, indent=1, leads=leads)
