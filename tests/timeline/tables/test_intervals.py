"""Intervals and waits as tables: every one of every generation, once, with what ended it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from flakecore.gotrace.intervals.retained_events import MAX_WAITS
from flakecore.timeline import Lane, LaneKind, State
from timeline.captures import RELEASES, Capture, capture
from timeline.lane_spans import spans
from toolchains import NEWEST

HANDOVERS = 3000


@pytest.fixture(scope="module", params=("1.21.13", RELEASES[0], NEWEST))
def run(request: pytest.FixtureRequest) -> Capture:
    return capture(request.param, "handover")


def test_every_lane_has_all_its_intervals_in_order(run: Capture) -> None:
    table = run.case.tables.intervals()
    assert run.case.trace is not None
    rows = zip(
        *(table[name].tolist() for name in ("kind", "lane", "start_ns", "end_ns", "state")),
        strict=True,
    )
    expected = [
        (kind.value, lane.id, span.start, span.end, span.state.label)
        for kind in LaneKind
        for lane in run.schedule.lanes(kind)
        for span in spans(run.case.trace, lane)
    ]
    assert list(rows) == expected


def test_the_trace_spans_generations_and_holds_more_waits_than_it_keeps() -> None:
    trace = capture(NEWEST, "handover").case.trace
    assert trace is not None
    assert len(trace.generations) > 1
    assert len(trace.waits.start) <= len(trace.generations) * MAX_WAITS < HANDOVERS


def test_every_wait_of_a_hand_over_is_there(run: Capture) -> None:
    table = run.case.tables.waits()
    tests = run.case.tables.tests()["name"]
    of_test = np.flatnonzero(table["test"] == tests.tolist().index("TestHandover"))
    # Each token is waited for on both sides; a spinning proc may spare a few of the waits.
    channel = np.isin(table["state"][of_test], ("chan send", "chan receive"))
    assert channel.sum() > HANDOVERS
    assert (table["function"][of_test][channel] != "").all()


def test_a_wait_is_the_schedules_with_who_ended_it(run: Capture) -> None:
    table, schedule = run.case.tables.waits(), run.schedule
    assert len(table["goroutine"])
    columns = ("goroutine", "start_ns", "end_ns", "state", "reason", "waker", "to_the_end", "stack")
    for row in zip(*(table[name].tolist() for name in (*columns, "wake_stack")), strict=True):
        goroutine, start, end, state, reason, waker, to_the_end, stack, wake_stack = row
        found = schedule.at(Lane(LaneKind.GOROUTINE, goroutine), start)
        assert found is not None
        if found.start_ns == start and found.end_ns == end:
            assert (state, reason) == (found.state.label, found.reason)
            assert to_the_end == found.to_the_end
            assert stack == "\n".join(f"{f.function} {f.file}:{f.line}" for f in found.stack)
            woken = found.wake
            assert waker == (woken.goroutine if woken is not None else 0)
            frames = woken.stack if woken is not None else ()
            assert wake_stack == "\n".join(f"{f.function} {f.file}:{f.line}" for f in frames)


def test_all_states_of_waiting_are_waits_and_no_other(run: Capture) -> None:
    intervals, waits = run.case.tables.intervals(), run.case.tables.waits()
    waiting = [state.label for state in State if state.waiting]
    rows = (intervals["kind"] == "G") & np.isin(intervals["state"], waiting)
    assert waits["start_ns"].tolist() == intervals["start_ns"][rows].tolist()
    assert waits["goroutine"].tolist() == intervals["lane"][rows].tolist()


def test_a_goroutine_that_nothing_woke_waits_to_the_end(run: Capture) -> None:
    table = run.case.tables.waits()
    (row,) = np.flatnonzero((table["state"] == "forever") & (table["test"] >= 0))
    assert table["to_the_end"][row]
    assert table["waker"][row] == 0
    assert table["wake_stack"][row] == ""
    assert table["end_ns"][row] == run.schedule.end_ns


def test_each_side_of_a_hand_over_is_woken_by_the_other(run: Capture) -> None:
    table = run.case.tables.waits()
    goroutines = run.case.tables.goroutines()
    test = run.test("TestHandover")
    (other,) = goroutines["goroutine"][goroutines["creator"] == test.goroutine]
    waits = np.isin(table["state"], ("chan send", "chan receive"))
    for one, two in pairwise((test.goroutine, int(other), test.goroutine)):
        wakers = table["waker"][waits & (table["goroutine"] == one)]
        assert (wakers == two).mean() > 0.99
