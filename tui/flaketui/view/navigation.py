"""Where the keys lead: functions from a case and a viewport to the next viewport.

Each gives the new viewport, or a sentence that explains why there is nowhere to go.
"""

from __future__ import annotations

from dataclasses import replace

from flakecore.diagnosis import Finding
from flakecore.timeline import Case, Failure, Interval, Lane, LaneKind, Schedule, State, TestStatus
from flaketui.view import folding
from flaketui.view.lanes import goroutine_lane
from flaketui.view.viewport import MINIMUM_SPAN_NS, Extent, SelectionKind, Viewport

Outcome = Viewport | str
_SEEN_PART = 50
"""One part in so many of the window is a cell or two on a small screen: enough for a span."""
_BEFORE = 4
"""How many times its own length is shown before a span at most."""
NO_TRACE = "there is no trace in this bundle: lanes are not known"


def opening_view(case: Case, test: str | None = None) -> Viewport:
    """Return the first view: the first failure (of ``test``), else the test, else everything."""
    view = Viewport.whole(case.start_ns, case.end_ns)
    if folding.opens_folded(case, -1):
        view = view.fold(folding.gaps_of(case, -1))
    if test is None:
        return failure_view(case, view, 0) if case.failures else view
    for failure in case.failures:
        if failure.test_name == test:
            return failure_view(case, view, failure.index)
    for span in case.tests:
        if span.name == test:
            shown = view.fit(span.start_ns, span.end_ns).at(span.start_ns)
            lane = goroutine_lane(span.goroutine)
            return shown.select(lane=lane, test=span.index, subject=SelectionKind.TEST)
    return view


def failure_view(case: Case, view: Viewport, index: int) -> Viewport:
    """Zoom to the failed test, put the cursor on the moment and line of its failure."""
    failure = case.failures[index]
    view = _folded_for(case, view, failure.test)
    if failure.test >= 0:
        test = case.tests[failure.test]
        last = failure.at_ns if test.status is TestStatus.UNFINISHED else test.end_ns
        view = view.fit(min(test.start_ns, failure.at_ns), max(last, failure.at_ns), margin=0.04)
        number = failure.goroutine or test.goroutine
    else:
        number = failure.goroutine
    return view.at(failure.at_ns).select(
        lane=goroutine_lane(number),
        test=failure.test,
        line=failure.output_line,
        failure=index,
        finding=0,
        subject=SelectionKind.FAILURE,
    )


def _folded_for(case: Case, view: Viewport, test: int) -> Viewport:
    """Fold what is idle in a test, if it is to be shown so or another one was."""
    if view.selection.test == test:
        return view
    if view.folded or folding.opens_folded(case, test):
        return view.fold(folding.gaps_of(case, test))
    return view


def fold_or_unfold(case: Case, view: Viewport) -> Outcome:
    """Fold what is idle in the selected test, or show all time evenly again."""
    if view.folded:
        return view.unfold()
    if case.schedule is None:
        return NO_TRACE
    gaps = folding.gaps_of(case, view.selection.test)
    return view.fold(gaps) if gaps else "nothing is idle for long enough to be folded"


def last_moments_view(case: Case, view: Viewport) -> Outcome:
    """Go to the last moments before everything that belongs to the selected test stood still."""
    if case.schedule is None:
        return NO_TRACE
    test = view.selection.test
    if test < 0:
        return "no test is selected"
    moments = folding.last_moments(case, test)
    if moments is None:
        return "none of this test's goroutines is in the trace"
    first, last = moments
    view = view.fold(folding.gaps_of(case, test))
    end = last + max((last - first) // 3, 1000)
    gap = next((each for each in view.gaps if last <= each.start_ns <= end), None)
    if gap is not None:
        end = gap.end_ns + gap.start_ns - last
    return view.window(first, end).at(last)


def finding_view(view: Viewport, finding: Finding, index: int) -> Viewport:
    """Select what a finding is about: its test, and the goroutine that it names first."""
    numbers = [place.goroutine for place in finding.places if place.goroutine > 0]
    lane = goroutine_lane(numbers[0]) if numbers else view.selection.lane
    subject = SelectionKind.LANE if numbers else view.selection.subject
    return view.select(finding=index, test=finding.test, lane=lane, subject=subject)


def show_test(case: Case, view: Viewport, index: int) -> Viewport:
    """Select a test with its goroutine; bring the moment it failed, or began, into view."""
    test = case.tests[index]
    view = _folded_for(case, view, index)
    failure = next((one for one in case.failures if one.test == index), None)
    moment = test.start_ns if failure is None else failure.at_ns
    return view.at(moment).select(
        test=index,
        lane=goroutine_lane(test.goroutine),
        failure=-1 if failure is None else failure.index,
        finding=0,
        subject=SelectionKind.TEST if failure is None else SelectionKind.FAILURE,
    )


def show_line(case: Case, view: Viewport, index: int) -> Viewport:
    """Select an output line, its moment, and its goroutine or else its test's."""
    line = case.output[index]
    number = line.goroutine
    if number <= 0 and line.test >= 0:
        number = case.tests[line.test].goroutine
    lane = goroutine_lane(number)
    return view.at(line.time_ns).select(line=index, lane=lane, subject=SelectionKind.LINE)


def fit_selection(case: Case, view: Viewport) -> Outcome:
    """Zoom to the selected interval, or with none to the selected test."""
    lane, test = view.selection.lane, view.selection.test
    if (
        view.selection.subject in (SelectionKind.LANE, SelectionKind.LINE)
        and lane
        and case.schedule
    ):
        now = case.schedule.at(lane, view.cursor_ns)
        if now is not None and now.state is not State.ABSENT:
            return view.fit(now.start_ns, now.end_ns, margin=0.1)
    if test >= 0:
        span = case.tests[test]
        return view.fit(span.start_ns, span.end_ns)
    return "nothing is selected to zoom to"


def neighbour_span(case: Case, view: Viewport, delta: int) -> Outcome:
    """Put the cursor at the start of the next or previous interval of the selected lane.

    A span that is too short to be seen is zoomed to, with what came before it.
    """
    lane, schedule = view.selection.lane, case.schedule
    if schedule is None:
        return NO_TRACE
    if lane is None:
        return "no lane is selected"
    if delta > 0:
        found = schedule.after(lane, view.cursor_ns)
    else:
        now = schedule.at(lane, view.cursor_ns)
        inside = now is not None and now.start_ns < view.cursor_ns
        found = now if inside else schedule.before(lane, view.cursor_ns)
    if found is None:
        return f"{lane} has no {'later' if delta > 0 else 'earlier'} span"
    before = schedule.before(lane, found.start_ns)
    return _in_sight(view, found, before).select(subject=SelectionKind.LANE)


def _in_sight(view: Viewport, found: Interval, before: Interval | None) -> Viewport:
    """Put the cursor at the start of a span, and zoom in if it is too short to be seen."""
    moved, scale = view.at(found.start_ns), view.scale
    shown = scale.distance(found.end_ns) - scale.distance(found.start_ns)
    if shown * _SEEN_PART >= scale.distance(view.end_ns):
        return moved
    length = max(found.duration_ns, MINIMUM_SPAN_NS // 4)
    earlier = found.start_ns - before.start_ns if before is not None else 0
    start = found.start_ns - min(max(earlier, length), _BEFORE * length)
    return moved.fit(start, found.start_ns + length, margin=0.2).at(found.start_ns)


def waker_view(case: Case, view: Viewport) -> Outcome:
    """Go to the goroutine that ended the wait of the selected one, at the moment it did."""
    lane, schedule = view.selection.lane, case.schedule
    if schedule is None:
        return NO_TRACE
    if lane is None:
        return "no lane is selected"
    now = schedule.at(lane, view.cursor_ns)
    if lane.kind is not LaneKind.GOROUTINE:
        runner = goroutine_lane(now.goroutine) if now is not None else None
        if runner is None:
            return f"{lane} runs no goroutine at this moment"
        return view.select(lane=runner, subject=SelectionKind.LANE)
    ended = _last_ended_wait(schedule, lane, now)
    if ended is None or ended.wake is None:
        if now is not None and now.state.waiting:
            return f"nothing ended the wait of {lane} before the trace stopped"
        return _creator_view(schedule, view, lane)
    if ended.wake.goroutine <= 0:
        return f"{lane} was woken by no goroutine: a timer, the network or the runtime"
    woke = Lane(LaneKind.GOROUTINE, ended.wake.goroutine)
    return view.at(ended.wake.time_ns).select(lane=woke, subject=SelectionKind.LANE)


def _last_ended_wait(schedule: Schedule, lane: Lane, now: Interval | None) -> Interval | None:
    """Return the wait a lane is in, or else the last one before; None if it is still in it."""
    while now is not None:
        if now.state.waiting:
            return now
        now = schedule.before(lane, now.start_ns)
    return None


def _creator_view(schedule: Schedule, view: Viewport, lane: Lane) -> Outcome:
    """A goroutine that never waited was made runnable by the one that created it."""
    goroutine = schedule.goroutine(lane.id)
    if goroutine is None or goroutine.creator <= 0:
        return f"who made {lane} runnable is not in the trace"
    creator = Lane(LaneKind.GOROUTINE, goroutine.creator)
    return view.at(goroutine.created_ns).select(lane=creator, subject=SelectionKind.LANE)


def fitted(case: Case, view: Viewport) -> Viewport:
    """Return a viewport clamped to a case; tests, lines and failures that it lacks become -1."""
    low, high = Viewport.whole(case.start_ns, case.end_ns).extent
    chosen = view.selection
    test = chosen.test if chosen.test < len(case.tests) else -1
    gaps = folding.gaps_of(case, test) if view.folded else ()
    view = replace(view, extent=Extent(low, high), gaps=gaps).window(view.start_ns, view.end_ns)
    cursor = min(max(view.cursor_ns, low), high - 1)
    return replace(
        view,
        cursor_ns=min(max(cursor, view.start_ns), view.end_ns - 1),
        only_test=view.only_test if view.only_test < len(case.tests) else -1,
        selection=replace(
            chosen,
            test=test,
            line=chosen.line if chosen.line < len(case.output) else -1,
            failure=chosen.failure if chosen.failure < len(case.failures) else -1,
        ),
    )


def carried_over(before: Case, after: Case, view: Viewport) -> Viewport:
    """Return the viewport on a case of which more is known now: the same window and selection.

    Tests, failures and lines are found again by what they are, for their numbers may have moved.
    A window over the whole of the case before shows the whole of it still.
    """
    chosen = view.selection
    if view == opening_view(before):
        return opening_view(after)
    whole = (view.start_ns, view.end_ns) == view.extent
    kept = fitted(after, view).select(
        test=_same_test(before, after, chosen.test),
        failure=_same_failure(before, after, chosen.failure),
        line=_same_line(before, after, chosen.line),
    )
    kept = replace(kept, only_test=_same_test(before, after, view.only_test))
    return kept.fit_all() if whole else kept


def _same_test(before: Case, after: Case, index: int) -> int:
    if not 0 <= index < len(before.tests):
        return -1
    old = before.tests[index]
    if index < len(after.tests) and _names(after, index) == (old.name, old.attempt):
        return index
    wanted = (old.name, old.attempt)
    return next((test.index for test in after.tests if _names(after, test.index) == wanted), -1)


def _names(case: Case, index: int) -> tuple[str, int]:
    return case.tests[index].name, case.tests[index].attempt


def _same_failure(before: Case, after: Case, index: int) -> int:
    if not 0 <= index < len(before.failures):
        return -1

    def like(one: Failure) -> tuple[str, str, str]:
        return one.test_name, one.kind, one.message

    wanted = like(before.failures[index])
    place = sum(like(one) == wanted for one in before.failures[:index])
    alike = [one.index for one in after.failures if like(one) == wanted]
    return alike[min(place, len(alike) - 1)] if alike else -1


def _same_line(before: Case, after: Case, index: int) -> int:
    if not 0 <= index < len(before.output):
        return -1
    old = before.output[index]
    if index < len(after.output) and after.output[index].text == old.text:
        return index
    alike = [line for line in after.output if line.text == old.text]
    if not alike:
        return -1
    return min(alike, key=lambda line: abs(line.index - index)).index
