"""Event by event, state by state: what we read is what Go's own reader reads."""

from __future__ import annotations

import re
from collections import defaultdict

import numpy as np
import pytest

from flakecore.gotrace import RangeKind, State
from gotrace.lane_states import (
    EVERY_WAIT,
    lane_states,
    reference_states,
    states_of,
    without_instants,
)
from gotrace.recordings import FORMATS, Recording, record
from gotrace.reference import ReferenceEvent
from gotrace.rendering import Rendered, render

RANGES = {
    RangeKind.COLLECTION: "GC concurrent mark phase",
    RangeKind.SWEEP: "GC incremental sweep",
    RangeKind.ASSIST: "GC mark assist",
}


@pytest.fixture(params=FORMATS)
def recording(request: pytest.FixtureRequest) -> Recording:
    return record(request.param)


def test_every_event_is_the_one_the_reference_reads(recording: Recording) -> None:
    ours: defaultdict[int, list[Rendered]] = defaultdict(list)
    theirs: defaultdict[int, list[ReferenceEvent]] = defaultdict(list)
    for rendered in render(recording.data):
        ours[rendered.thread].append(rendered)
    for event in recording.reference:
        if not event.status:
            theirs[event.thread].append(event)
    assert {m: len(events) for m, events in ours.items()} == {
        m: len(events) for m, events in theirs.items()
    }
    to_ns = 1_000_000_000 // recording.trace.clock.frequency
    for thread, events in ours.items():
        for mine, its in zip(events, theirs[thread], strict=True):
            assert (mine.kind, mine.proc, mine.goroutine) == (its.kind, its.proc, its.goroutine)
            assert its.text.startswith(mine.text)
            assert its.is_at(mine.tick * to_ns)
            if its.stack and "Runnable->Running" not in its.text:
                assert list(mine.stack) == its.stack


def test_the_programs_cause_every_kind_of_event(recording: Recording) -> None:
    kinds = {rendered.kind for rendered in render(recording.data)}
    assert kinds >= {
        "StateTransition",
        "Metric",
        "RangeBegin",
        "RangeEnd",
        "TaskBegin",
        "TaskEnd",
        "RegionBegin",
        "RegionEnd",
        "Log",
        "Label",
    }
    assert len(recording.trace.generations) >= 2
    states = states_of(recording.trace)
    assert states >= EVERY_WAIT
    assert (State.COROUTINE in states) == (recording.trace.version > 22)


def test_goroutines_change_state_when_the_reference_says_so(recording: Recording) -> None:
    assert lane_states(recording.trace.goroutines) == reference_states(
        recording.reference, of_proc=False
    )


def test_procs_change_state_when_the_reference_says_so(recording: Recording) -> None:
    assert lane_states(recording.trace.procs) == reference_states(recording.reference, of_proc=True)


def test_intervals_begin_when_the_reference_changes_state(recording: Recording) -> None:
    goroutines, clock = recording.trace.goroutines, recording.trace.clock
    zero = clock.zero * (1_000_000_000 // clock.frequency)
    starts: defaultdict[int, list[ReferenceEvent]] = defaultdict(list)
    for event in without_instants(recording.reference):
        change = event.change
        if change is not None and not event.of_proc and not event.status:
            number, _, new, _ = change
            if new != "NotExist":
                starts[number].append(event)
    for lane in goroutines.lanes.tolist():
        found = goroutines.of(lane)
        before = np.concatenate([columns.before[rows] for columns, rows in found.pieces()])
        for its, start in zip(starts[lane], found.start[~before].tolist(), strict=True):
            assert its.is_at(zero + start)


def test_lanes_have_neither_gaps_nor_overlaps(recording: Recording) -> None:
    trace = recording.trace
    for intervals in (trace.goroutines, trace.procs, trace.threads):
        for lane in intervals.lanes.tolist():
            found = intervals.of(lane)
            assert np.array_equal(found.end[:-1], found.start[1:])
            assert np.all(found.end >= found.start)
            assert int(found.end[-1]) <= trace.end_ns


def test_ranges_begin_and_end_when_the_reference_says_so(recording: Recording) -> None:
    trace, clock = recording.trace, recording.trace.clock
    zero = clock.zero * (1_000_000_000 // clock.frequency)
    begins: defaultdict[tuple[str, int], list[ReferenceEvent]] = defaultdict(list)
    ends: defaultdict[tuple[str, int], list[ReferenceEvent]] = defaultdict(list)
    for event in recording.reference:
        if event.kind.startswith("Range"):
            found = re.match(r'Name="(.*)" Scope=\w+(?:\((\d+)\))?', event.text)
            assert found is not None
            key = found[1], int(found[2] or -1)
            if event.kind == "RangeEnd":
                ends[key].append(event)
            elif event.kind == "RangeBegin" or len(begins[key]) == len(ends[key]):
                begins[key].append(event)
    ours: defaultdict[tuple[str, int], list[tuple[int, int]]] = defaultdict(list)
    for row in range(len(trace.ranges)):
        kind = RangeKind(int(trace.ranges.kind[row]))
        reason = trace.table.string(int(trace.ranges.name[row]))
        name = RANGES.get(kind, f"stop-the-world ({reason})")
        lane = trace.ranges.proc if kind is RangeKind.SWEEP else trace.ranges.goroutine
        number = -1 if kind is RangeKind.COLLECTION else int(lane[row])
        span = int(trace.ranges.start[row]), int(trace.ranges.end[row])
        ours[name, number].append(span)
    assert ours.keys() == begins.keys()
    for lanes_range, spans in ours.items():
        for (start, _), its in zip(spans, begins[lanes_range], strict=True):
            assert its.is_at(zero + start)
        for (_, end), its in zip(spans, ends[lanes_range], strict=False):
            assert its.is_at(zero + end)
        assert len(spans) - len(ends[lanes_range]) in (0, 1)


def test_creations_name_the_creating_goroutine(recording: Recording) -> None:
    created = recording.trace.creations
    ours = dict(zip(created.goroutine.tolist(), created.creator.tolist(), strict=True))
    theirs = {
        event.change[0]: event.goroutine
        for event in recording.reference
        if event.change is not None
        and not event.of_proc
        and event.change[1] == "NotExist"
        and event.change[2] in ("Runnable", "Waiting")
    }
    assert ours == theirs


def test_a_whole_trace_has_no_losses(recording: Recording) -> None:
    assert recording.trace.complete
    assert recording.trace.losses == ()
