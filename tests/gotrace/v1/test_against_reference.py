"""Change by change: what we read of old traces is what Go's own reader makes of them."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest

from flakecore.gotrace.format.wire import Ev
from flakecore.gotrace.v1.ranges import MetricV1
from gotrace.reference import ReferenceEvent
from gotrace.v1.samples import GOLDEN, NAMES, Change, Sample, golden_folder, sample

EARLY_NS = 2
"""The reference counts in floating point and we in whole numbers."""
LATE_NS = 100_000
"""The reference moves an event that would stand at the time of the last one, or before it, behind
it; a run of events at one time adds up. It never makes an event earlier."""

RANGES = {
    Ev.GC_BEGIN: ("RangeBegin", "GC concurrent mark phase"),
    Ev.GC_END: ("RangeEnd", "GC concurrent mark phase"),
    Ev.GC_SWEEP_BEGIN: ("RangeBegin", "GC incremental sweep"),
    Ev.GC_SWEEP_END: ("RangeEnd", "GC incremental sweep"),
    Ev.GC_MARK_ASSIST_BEGIN: ("RangeBegin", "GC mark assist"),
    Ev.GC_MARK_ASSIST_END: ("RangeEnd", "GC mark assist"),
}


@pytest.fixture(params=NAMES)
def old(request: pytest.FixtureRequest) -> Sample:
    return sample(request.param)


def test_every_golden_trace_is_tried() -> None:
    assert sorted(path.name for path in golden_folder().iterdir()) == sorted(GOLDEN)


@pytest.mark.slow
def test_a_whole_trace_has_no_losses(old: Sample) -> None:
    assert old.trace.losses == ()


def test_goroutines_change_state_as_the_reference_says(old: Sample) -> None:
    ours = old.goroutines
    theirs = old.goroutine_reference
    assert {lane: [change.said for change in changes] for lane, changes in ours.items()} == {
        lane: [_said(event) for event in events] for lane, events in theirs.items()
    }


def test_procs_change_state_as_the_reference_says(old: Sample) -> None:
    ours = {
        lane: [_of_proc(change) for change in _without_repeats(changes)]
        for lane, changes in old.procs.items()
    }
    assert ours == {
        lane: [_said(event) for event in events] for lane, events in old.proc_reference.items()
    }


def test_changes_happen_when_and_where_the_reference_says(old: Sample) -> None:
    ours = old.goroutines
    for lane, events in old.goroutine_reference.items():
        for mine, its in zip(ours[lane], events, strict=True):
            assert -EARLY_NS <= its.time - mine.time < LATE_NS
            if not its.status:
                assert old.stacks[mine.stack] == its.stack
            assert mine.thread in (-1, its.thread)
            if "NotExist->" in its.text or "Waiting->Runnable" in its.text:
                assert mine.actor == its.goroutine


def test_procs_change_when_and_on_the_thread_that_the_reference_says(old: Sample) -> None:
    theirs = old.proc_reference
    for lane, changes in old.procs.items():
        for mine, its in zip(_without_repeats(changes), theirs[lane], strict=True):
            assert -EARLY_NS <= its.time - mine.time < LATE_NS
            assert mine.thread in (-1, its.thread)


def test_running_goroutines_are_those_of_the_reference(old: Sample) -> None:
    """A proc, and the thread that has it, runs a goroutine from its start to its next change."""
    on_procs: defaultdict[int, list[int]] = defaultdict(list)
    on_threads: defaultdict[int, set[tuple[int, int]]] = defaultdict(set)
    starts = [
        (event.time, lane, event)
        for lane, events in old.goroutine_reference.items()
        for event in events
        if "->Running " in event.text and "Syscall->" not in event.text
    ]
    for _, lane, event in sorted(starts, key=lambda start: start[0]):
        on_procs[event.proc].append(lane)
        on_threads[event.thread].add((lane, event.proc))
    assert {
        lane: [each.goroutine for each in changes if each.starts]
        for lane, changes in old.procs.items()
        if any(each.starts for each in changes)
    } == on_procs
    assert {
        lane: {(each.goroutine, each.proc) for each in changes if each.starts}
        for lane, changes in old.threads.items()
        if any(each.starts for each in changes)
    } == on_threads


def test_creations_are_those_of_the_reference(old: Sample) -> None:
    created = old.trace.creations
    ours = list(
        zip(
            created.goroutine.tolist(),
            created.creator.tolist(),
            (tuple(old.stacks[stack]) for stack in created.stack.tolist()),
            strict=True,
        )
    )
    theirs = [
        (lane, event.goroutine, tuple(event.stack))
        for lane, events in old.goroutine_reference.items()
        for event in events
        if " NotExist->" in event.text
    ]
    assert sorted(ours) == sorted(theirs)
    assert all(old.stacks[function] for function in created.function.tolist())


def test_ranges_begin_and_end_as_the_reference_says(old: Sample) -> None:
    marks = old.trace.range_events
    ours: defaultdict[int, list[tuple[str, str, int, list[tuple[str, int]]]]] = defaultdict(list)
    theirs: defaultdict[int, list[ReferenceEvent]] = defaultdict(list)
    name = ""
    for kind, time, goroutine, string, stack in zip(
        marks.type.tolist(),
        old.to_ns(marks.tick).tolist(),
        marks.goroutine.tolist(),
        marks.name.tolist(),
        marks.stack.tolist(),
        strict=True,
    ):
        if kind == Ev.STW_BEGIN:
            name = f"stop-the-world ({old.trace.strings[string]})"
        what = RANGES.get(Ev(kind), ("RangeEnd" if kind == Ev.STW_END else "RangeBegin", name))
        ours[goroutine].append((*what, time, old.stacks[stack]))
    for event in old.reference:
        if event.kind.startswith("Range"):
            theirs[event.goroutine].append(event)
    assert np.all(np.diff(marks.tick) >= 0)
    # What goroutines on two procs do at the same tick has no order; each one's own has.
    assert {number: len(own) for number, own in ours.items()} == {
        where: len(own) for where, own in theirs.items()
    }
    for number, own in ours.items():
        for (kind, said, time, frames), its in zip(own, theirs[number], strict=True):
            assert (kind, f'Name="{said}"') == (
                its.kind,
                its.text.split(" Scope")[0].strip()[: len(said) + 7],
            )
            assert -EARLY_NS <= its.time - time < LATE_NS
            assert frames == its.stack


@pytest.mark.parametrize(
    ("metric", "name"),
    [
        ("heap", "/memory/classes/heap/objects:bytes"),
        ("heap_goal", "/gc/heap/goal:bytes"),
        ("gomaxprocs", "/sched/gomaxprocs:threads"),
    ],
)
def test_metrics_are_those_of_the_reference(old: Sample, metric: str, name: str) -> None:
    ours: MetricV1 = getattr(old.trace, metric)
    theirs = [event for event in old.reference if f'Name="{name}"' in event.text]
    values = ours.value.tolist()
    times = old.to_ns(ours.tick).tolist()
    if metric == "gomaxprocs":
        # It takes the first, with which the trace begins, for the end of what was so before.
        values, times = values[1:], times[1:]
    # What two procs report at the same tick has no order; within a tick any will do.
    told = [int(event.text.split("Uint64(")[1].split(")")[0]) for event in theirs]
    assert len(told) == len(values)
    assert sorted(zip(times, values, strict=True)) == sorted(zip(times, told, strict=True))
    assert all(
        -EARLY_NS <= its.time - time < LATE_NS for its, time in zip(theirs, times, strict=True)
    )


def _said(event: ReferenceEvent) -> str:
    _, _, what = event.text.partition("->")
    new, _, reason = what.partition(' Reason="')
    return f"{new} {reason.rstrip()[:-1]}"


def _of_proc(change: Change) -> str:
    """Return a proc's state as the reference knows it: without syscalls."""
    return "Running " if change.said == "Syscall " else change.said


def _without_repeats(changes: list[Change]) -> list[Change]:
    """Leave out where a proc only turns to another goroutine, which the reference does not tell."""
    said = ["", *map(_of_proc, changes)]
    return [change for row, change in enumerate(changes) if said[row] != said[row + 1]]


def test_threads_are_in_order_of_time(old: Sample) -> None:
    threads = old.trace.threads
    same = threads.lane[1:] == threads.lane[:-1]
    assert np.all(threads.tick[1:][same] >= threads.tick[:-1][same])
