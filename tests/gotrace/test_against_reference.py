"""Event by event, state by state: what we read is what Go's own reader reads."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest

from flakecore.gotrace import RangeKind, State
from gotrace.lane_states import lane_states, reference_states, without_instants
from gotrace.recordings import FORMATS, Recording, record
from gotrace.reference import ReferenceEvent
from gotrace.rendering import Rendered, render

LATE_NS = 20_000_000
"""The reference moves an event that would stand before the last one behind it, and so do all that
follow in the same moment: some ten microseconds where a generation begins, and as long as a busy
machine leaves a thread waiting between a look at the clock and the event. It never makes an event
earlier."""

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
            assert 0 <= its.time - mine.tick * to_ns < LATE_NS
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
    states = {
        State(state)
        for columns in recording.trace.goroutines.generations
        for state in np.unique(columns.state).tolist()
    }
    assert states >= {
        State.RUNNING,
        State.RUNNABLE,
        State.SYSCALL,
        State.CHAN_SEND,
        State.CHAN_RECEIVE,
        State.SELECT,
        State.MUTEX,
        State.COND,
        State.WAIT_GROUP,
        State.NETWORK,
        State.SLEEP,
    }
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
    starts: defaultdict[int, list[int]] = defaultdict(list)
    for event in without_instants(recording.reference):
        change = event.change
        if change is not None and not event.of_proc and not event.status:
            number, _, new, _ = change
            if new != "NotExist":
                starts[number].append(event.time - zero)
    for lane in goroutines.lanes.tolist():
        found = goroutines.of(lane)
        before = np.concatenate([columns.before[rows] for columns, rows in found.pieces()])
        late = starts[lane] - found.start[~before]
        assert np.all((late >= 0) & (late < LATE_NS))


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
    begins: defaultdict[str, list[int]] = defaultdict(list)
    ends: defaultdict[str, list[int]] = defaultdict(list)
    for event in recording.reference:
        name = event.text.split('"')[1] if event.kind.startswith("Range") else ""
        if event.kind == "RangeBegin":
            begins[name].append(event.time - zero)
        elif event.kind == "RangeEnd":
            ends[name].append(event.time - zero)
    ours: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for row in range(len(trace.ranges)):
        kind = RangeKind(int(trace.ranges.kind[row]))
        reason = trace.table.string(int(trace.ranges.name[row]))
        name = RANGES.get(kind, f"stop-the-world ({reason})")
        ours[name].append((int(trace.ranges.start[row]), int(trace.ranges.end[row])))
    assert ours.keys() == begins.keys()
    for name, spans in ours.items():
        starts = np.array(sorted(start for start, _ in spans))
        assert np.all(np.abs(np.array(begins[name]) - starts) < LATE_NS)
        finished = np.array(sorted(end for _, end in spans if end < trace.end_ns))
        assert np.all(np.abs(np.array(ends[name])[: len(finished)] - finished) < LATE_NS)


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
