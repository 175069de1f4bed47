"""Ranges of the collector and the runtime, paired over generations."""

from __future__ import annotations

from flakecore.gotrace import RangeKind, Trace, read_trace
from flakecore.gotrace.annotations.ranges import pair_ranges
from gotrace.constructed import Threads, starts, trace_of


def _trace(*generations: Threads) -> Trace:
    return read_trace(trace_of(*generations, strings=["GOMAXPROCS"]), name="trace")


def _ranges(trace: Trace, kind: RangeKind) -> list[tuple[int, int]]:
    rows = trace.ranges.kind == kind
    return list(
        zip(trace.ranges.start[rows].tolist(), trace.ranges.end[rows].tolist(), strict=True)
    )


def test_a_range_that_goes_on_in_the_next_generation_is_one_range() -> None:
    begins = [*starts(1, 7, 0), "GCBegin dt=1 gc_seq=1 stack=0"]
    ends = [*starts(1, 7, 0), "GCActive dt=1 gc_seq=2", "GCEnd dt=1 gc_seq=3"]
    trace = _trace({1: begins}, {1: ends})
    assert _ranges(trace, RangeKind.COLLECTION) == [(3, 1_004)]


def test_a_range_of_which_only_an_active_event_is_there_begins_with_it() -> None:
    ends = [*starts(1, 7, 0), "GCActive dt=1 gc_seq=1", "GCEnd dt=1 gc_seq=2"]
    assert _ranges(_trace({1: ends}), RangeKind.COLLECTION) == [(3, 4)]


def test_an_end_without_a_begin_is_no_range() -> None:
    trace = _trace({1: [*starts(1, 7, 0), "GCMarkAssistEnd dt=1", "HeapAlloc dt=1 value=4"]})
    assert len(trace.ranges) == 0


def test_a_range_without_an_end_ends_with_the_trace() -> None:
    trace = _trace({1: [*starts(1, 7, 0), "GCSweepBegin dt=1 stack=0", "HeapAlloc dt=9 value=4"]})
    assert _ranges(trace, RangeKind.SWEEP) == [(3, trace.end_ns)]


def test_a_mark_assist_belongs_to_its_goroutine_and_a_sweep_to_its_proc() -> None:
    assists = [*starts(1, 7, 0), "GCMarkAssistBegin dt=1 stack=0", "GCMarkAssistEnd dt=9"]
    sweeps = [*starts(2, 8, 1), "GCSweepBegin dt=4 stack=0", "GCSweepEnd dt=2 swept=1 reclaimed=0"]
    trace = _trace({1: assists, 2: sweeps})
    assert _ranges(trace, RangeKind.ASSIST) == [(3, 12)]
    assert _ranges(trace, RangeKind.SWEEP) == [(6, 8)]
    by_kind = dict(zip(trace.ranges.kind.tolist(), range(2), strict=True))
    assert trace.ranges.goroutine[by_kind[RangeKind.ASSIST]] == 7
    assert trace.ranges.proc[by_kind[RangeKind.SWEEP]] == 1


def test_a_stop_the_world_has_its_reason() -> None:
    trace = _trace({1: [*starts(1, 7, 0), "STWBegin dt=1 kind=1 stack=0", "STWEnd dt=5"]})
    assert trace.table.string(int(trace.ranges.name[0])) == "GOMAXPROCS"


def test_no_generations_have_no_ranges() -> None:
    assert len(pair_ranges([], 100)) == 0
