"""Lanes at any moment and at any zoom, held to a plain walk over all intervals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capture_cache import once_a_process
from flakecore.timeline import FrameQuery, Interval, Lane, LaneKind, Schedule, State
from flakecore.timeline.lanes import lane_intervals, wait_index
from flakecore.timeline.lanes.folded_time import axis_of
from flakecore.timeline.lanes.goroutine_tree import GoroutineTree
from thoroughness import examples
from timeline.captures import RELEASES, Capture, capture
from timeline.lane_spans import Span, intervals_of, spans, time_in_states
from toolchains import NEWEST

MS = 1_000_000
_WAKE = re.compile(r"wake (.+) waiter=(\d+) waker=(\d+)")
_LANES = st.tuples(st.sampled_from(list(LaneKind)), st.integers(0, 10_000))
_MOMENTS = st.floats(-0.05, 1.05)


@pytest.fixture(scope="module", params=(RELEASES[0], NEWEST))
def run(request: pytest.FixtureRequest) -> Capture:
    return capture(request.param, "work")


def _newest() -> Capture:
    return capture(NEWEST, "work")


@once_a_process
def _spans_of_newest(lane: Lane) -> list[Span]:
    trace = _newest().case.trace
    assert trace is not None
    return spans(trace, lane)


def _lane(run: Capture, kind: LaneKind, choice: int) -> Lane:
    lanes = run.schedule.lanes(kind)
    return lanes[choice % len(lanes)]


def test_the_intervals_of_a_lane_follow_one_another_within_the_trace(run: Capture) -> None:
    trace = run.case.trace
    assert trace is not None
    for kind in LaneKind:
        numbers = intervals_of(trace, kind).lanes
        # What the tracer writes on no thread has the number -1.
        assert len(run.schedule.lanes(kind)) == np.count_nonzero(numbers >= 0)
        for lane in run.schedule.lanes(kind):
            own = spans(trace, lane)
            assert own
            assert all(one.end <= other.start for one, other in pairwise(own))
            assert all(0 <= span.start <= span.end <= run.schedule.end_ns for span in own)
            assert not any(span.last for span in own[:-1])


@settings(max_examples=examples(200))
@given(chosen=_LANES, share=_MOMENTS, at_edge=st.integers(0, 10**9), exact=st.booleans())
def test_neighbours_in_time_agree_with_a_walk_over_the_lane(
    chosen: tuple[LaneKind, int], share: float, at_edge: int, exact: bool
) -> None:
    run = _newest()
    schedule = run.schedule
    lane = _lane(run, *chosen)
    own = _spans_of_newest(lane)
    # Half of the moments are those at which an interval begins.
    time = own[at_edge % len(own)].start if exact else int(share * schedule.end_ns)

    def seen(interval: Interval | None) -> tuple[int, int, State] | None:
        return (interval.start_ns, interval.end_ns, interval.state) if interval else None

    now = next((span for span in reversed(own) if span.start <= time), None)
    now = now if now is not None and now.covers(time) else None
    before = now.start if now is not None else time
    assert seen(schedule.at(lane, time)) == (now and now[:3])
    assert seen(schedule.after(lane, time)) == next((s[:3] for s in own if s.start > time), None)
    assert seen(schedule.before(lane, time)) == next(
        (s[:3] for s in reversed(own) if s.start < before), None
    )
    assert seen(schedule.last(lane)) == own[-1][:3]


@pytest.mark.slow
def test_walking_back_from_the_end_comes_to_the_beginning(run: Capture) -> None:
    for kind in LaneKind:
        for lane in run.schedule.lanes(kind)[:30]:
            starts = [interval.start_ns for interval in _backwards(run, lane)]
            assert all(later > earlier for later, earlier in pairwise(starts))
            assert run.schedule.before(lane, starts[-1]) is None


def _backwards(run: Capture, lane: Lane) -> Iterator[Interval]:
    now = run.schedule.last(lane)
    while now is not None:
        yield now
        now = run.schedule.before(lane, now.start_ns)


def test_a_lane_that_does_not_exist_is_absent(run: Capture) -> None:
    nobody = Lane(LaneKind.GOROUTINE, 999_999)
    schedule = run.schedule
    for found in (schedule.at, schedule.before, schedule.after):
        assert found(nobody, schedule.end_ns // 2) is None
    assert schedule.last(nobody) is None
    assert schedule.goroutine(nobody.id) is None
    assert not schedule.cells(nobody, axis_of(0, schedule.end_ns, (), 10)).state.any()


@settings(max_examples=examples(100))
@given(chosen=_LANES, one=_MOMENTS, other=_MOMENTS, columns=st.integers(1, 200), zoom=st.booleans())
def test_a_screens_columns_hold_exactly_the_time_of_each_state(
    chosen: tuple[LaneKind, int], one: float, other: float, columns: int, zoom: bool
) -> None:
    run = _newest()
    schedule = run.schedule
    lane = _lane(run, *chosen)
    start, end = sorted((int(one * schedule.end_ns), int(other * schedule.end_ns)))
    end = start + (end - start) % 20_000 if zoom else end
    end = max(end, start + columns)
    own = [span for span in _spans_of_newest(lane) if span.start < end and span.end >= start]
    shares = schedule.shares(lane, start, end, columns)
    whole = time_in_states(own, start, end)
    assert {state: int(time.sum()) for state, time in shares.items() if time.any()} == whole

    cells = schedule.cells(lane, axis_of(start, end, (), columns))
    edges = [start + place * (end - start) // columns for place in range(columns + 1)]
    for place in sorted({0, columns // 3, columns // 2, columns - 1}):
        first, last = edges[place], edges[place + 1]
        inside = time_in_states(own, first, last)
        assert {s: int(t[place]) for s, t in shares.items() if t[place]} == inside
        occurring = {s.state for s in own if s.start < last and s.end > first} | {
            s.state for s in own if first <= s.start < last
        }
        state, thin = State(int(cells.state[place])), State(int(cells.thin[place]))
        assert (state is State.ABSENT) == (not occurring)
        if inside:
            assert inside[state] == max(inside.values())
        # Where there are two states, the second is seen as well; work is seen before waiting.
        assert (thin is State.ABSENT) == (len(occurring) < 2)
        if thin:
            assert thin in occurring - {state}
            if State.RUNNING in occurring:
                assert State.RUNNING in (state, thin)


def test_what_a_proc_ran_and_what_a_thread_held_is_seen_in_their_cells(run: Capture) -> None:
    schedule, columns = run.schedule, 400
    # In whole numbers: of what is one nanosecond off, the middle may lie in another interval.
    edges = [place * schedule.end_ns // columns for place in range(columns + 1)]
    seen = 0
    for lane in schedule.lanes(LaneKind.PROC):
        occupants = schedule.cells(lane, axis_of(0, schedule.end_ns, (), columns)).occupant
        for place in range(columns):
            middle = schedule.at(lane, (edges[place] + edges[place + 1]) // 2)
            if middle is not None and middle.goroutine > 0:
                assert occupants[place] == middle.goroutine
                if middle.state is not State.RUNNING:
                    continue  # A thread in a system call may have lost its proc at any time.
                seen += 1
                held = schedule.at(Lane(LaneKind.THREAD, middle.thread), middle.start_ns)
                assert held is not None
                assert held.proc == lane.id
    assert seen > 10
    goroutine = schedule.lanes(LaneKind.GOROUTINE)[0]
    assert (schedule.cells(goroutine, axis_of(0, schedule.end_ns, (), 10)).occupant == -1).all()


def test_a_running_goroutine_is_what_its_proc_and_thread_run(run: Capture) -> None:
    schedule = run.schedule
    for number in schedule.goroutines_of(run.test("TestBusy").index):
        lane = Lane(LaneKind.GOROUTINE, number)
        for running in schedule.longest(lane, State.RUNNING, 0, schedule.end_ns, 20):
            middle = (running.start_ns + running.end_ns) // 2
            for kind, other in ((LaneKind.PROC, running.proc), (LaneKind.THREAD, running.thread)):
                beside = schedule.at(Lane(kind, other), middle)
                assert beside is not None
                assert beside.goroutine == number


def test_the_longest_intervals_come_first(run: Capture) -> None:
    trace, schedule = run.case.trace, run.schedule
    assert trace is not None
    lane = Lane(LaneKind.GOROUTINE, schedule.goroutines_of(run.test("TestBusy").index)[1])
    start, end = schedule.end_ns // 4, schedule.end_ns
    found = schedule.longest(lane, State.RUNNING, start, end, 5)
    lengths = sorted(
        s.end - s.start
        for s in spans(trace, lane)
        if s.state is State.RUNNING and s.start < end and s.end > start
    )
    assert [interval.duration_ns for interval in found] == lengths[::-1][:5]


def test_whoever_sends_closes_or_unlocks_ends_the_wait(run: Capture) -> None:
    told = [found for text in run.texts_of("TestWakes") if (found := _WAKE.search(text))]
    assert len(told) == 10
    for kind, waiter, waker in (found.groups() for found in told):
        lane = Lane(LaneKind.GOROUTINE, int(waiter))
        waits = [interval for interval in _backwards(run, lane) if interval.state.label == kind]
        wait = max(waits, key=lambda interval: interval.duration_ns)
        assert wait.duration_ns > 2 * MS
        assert wait.wake is not None
        assert wait.wake.time_ns == wait.end_ns
        assert wait.stack[-1].function.startswith("example.com/work.waits.func")
        if kind == "sleep":
            assert wait.wake.goroutine == 0
            continue
        assert wait.wake.goroutine == int(waker)
        assert wait.wake.stack[-1].function.startswith("example.com/work.waits.func")
        going_on = run.schedule.after(lane, wait.start_ns)
        assert going_on is not None
        assert going_on.state is State.RUNNABLE


def test_waits_without_end_come_first_and_then_the_longest(run: Capture) -> None:
    schedule = run.schedule
    waits = schedule.waits(0, schedule.end_ns)
    ended = [not wait.to_the_end for wait in waits]
    assert ended == sorted(ended)
    for unended in (True, False):
        lengths = [wait.duration_ns for wait in waits if wait.to_the_end is unended]
        assert lengths == sorted(lengths, reverse=True)
    assert all(wait.state.waiting for wait in waits)
    for wait in waits:
        goroutine = schedule.goroutine(wait.lane.id)
        assert goroutine is not None
        assert not goroutine.system


def test_waits_of_a_window_are_those_that_touch_it(run: Capture) -> None:
    test = run.test("TestFamily")
    waits = run.schedule.waits(test.start_ns, test.end_ns)
    assert waits
    assert all(w.start_ns < test.end_ns and w.end_ns > test.start_ns for w in waits)
    assert len(run.schedule.waits(0, run.schedule.end_ns, limit=3)) == 3
    family = run.schedule.goroutines_of(test.index)
    (leaked,) = (w for w in waits if w.to_the_end and w.lane.id in family)
    assert leaked.wake is None
    assert leaked.state is State.CHAN_RECEIVE


def test_the_goroutines_of_a_test_are_all_that_descend_from_it(run: Capture) -> None:
    test = run.test("TestFamily")
    own, *others = run.schedule.goroutines_of(test.index)
    assert own == test.goroutine
    goroutines = [run.schedule.goroutine(number) for number in others]
    functions = [goroutine.short_function for goroutine in goroutines if goroutine]
    assert sorted(functions) == ["work.TestFamily.func1", *["work.child"] * 3]
    by_number = {goroutine.id: goroutine for goroutine in goroutines if goroutine}
    depths = []
    for goroutine in by_number.values():
        assert goroutine.test == test.index
        assert test.start_ns <= goroutine.created_ns <= test.end_ns
        assert goroutine.creation_stack[0].function.startswith("example.com/work.")
        depth, creator = 1, goroutine.creator
        while creator != own:
            depth, creator = depth + 1, by_number[creator].creator
        depths.append(depth)
    assert sorted(depths) == [1, 1, 2, 3]
    leaked = next(each for each in by_number.values() if each.function.endswith("TestFamily.func1"))
    assert leaked.ended_ns is None


def test_goroutines_of_the_runtime_are_told_from_the_programs(run: Capture) -> None:
    system: set[str] = set()
    program: set[str] = set()
    for lane in run.schedule.lanes(LaneKind.GOROUTINE):
        goroutine = run.schedule.goroutine(lane.id)
        assert goroutine is not None
        (system if goroutine.system else program).add(goroutine.function)
        if goroutine.system:
            assert goroutine.test == -1
            assert lane.id not in run.schedule.goroutines_of(run.test("TestCollects").index)
    assert {"runtime.bgsweep", "runtime.gcBgMarkWorker"} <= system
    assert all(name.startswith(("runtime.", "runtime/trace.")) for name in system)
    ours = {name for name in program if name.startswith("example.com/work.")}
    assert program - ours <= {"testing.tRunner", "main.main", "runtime.main", "time.goFunc", ""}


def test_goroutines_at_a_moment_are_those_whose_lane_is_there(run: Capture) -> None:
    schedule = run.case.schedule
    assert schedule is not None
    for moment in range(schedule.start_ns, schedule.end_ns, (schedule.end_ns or 1) // 7 or 1):
        there = set()
        for lane in schedule.lanes(LaneKind.GOROUTINE):
            known, now = schedule.goroutine(lane.id), schedule.at(lane, moment)
            exists = now is not None and now.state is not State.ABSENT
            if exists and known is not None and not known.system:
                there.add(lane.id)
        assert set(schedule.alive_at(moment)) == there


def test_as_many_procs_as_gomaxprocs(run: Capture) -> None:
    assert 1 <= run.schedule.procs == len(run.schedule.lanes(LaneKind.PROC))


def test_what_takes_long_to_look_up_is_at_hand_once_it_was_fetched(
    run: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace = run.case.trace
    assert trace is not None
    monkeypatch.setattr(lane_intervals, "_AT_ONCE", 0)
    monkeypatch.setattr(wait_index, "_AT_ONCE", 0)
    schedule = Schedule(trace, GoroutineTree(trace, {}))
    busiest = max(schedule.lanes(LaneKind.GOROUTINE), key=lambda lane: len(spans(trace, lane)))
    middle = schedule.end_ns // 2
    axis = axis_of(middle - MS, middle + MS, (), 80)
    drawn = FrameQuery(axis, middle, lanes=(busiest,))
    looked_at = FrameQuery(axis, middle, beside=(busiest,))
    assert not schedule.is_cached(drawn)
    assert not schedule.is_cached(looked_at)
    schedule.fetch(drawn)
    assert schedule.is_cached(drawn)
    assert schedule.is_cached(looked_at)
    assert schedule.is_decoded
