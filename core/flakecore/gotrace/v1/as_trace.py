"""A trace of Go 1.11 to 1.21 as a ``Trace``: its segments take the place of generations."""

from __future__ import annotations

from dataclasses import replace
from sys import maxsize

import numpy as np

from flakecore.gotrace.annotations.metrics import Metric
from flakecore.gotrace.annotations.ranges import RangeEvents
from flakecore.gotrace.format.clock import TickClock
from flakecore.gotrace.format.stacks import StackTable
from flakecore.gotrace.format.table_remap import TableRemap
from flakecore.gotrace.generation import GenerationEvents, GenerationSummary, summarize_lanes
from flakecore.gotrace.intervals.creations import Creations
from flakecore.gotrace.intervals.generation_cache import GenerationCache, LaneColumns
from flakecore.gotrace.intervals.generation_edges import inner_columns
from flakecore.gotrace.intervals.generation_intervals import (
    GenerationIntervals,
    transition_intervals,
)
from flakecore.gotrace.intervals.retained_events import find_retained
from flakecore.gotrace.intervals.transitions import Transitions
from flakecore.gotrace.trace import Trace, make_trace
from flakecore.gotrace.v1 import TraceV1, read_v1
from flakecore.gotrace.v1.trace import TransitionsV1


def read_trace_v1(data: memoryview, *, name: str) -> Trace:
    """Read an execution trace of Go 1.11 to 1.21; all its intervals stay in memory.

    Raises:
        TraceError: the bytes are no trace of such a format.
    """
    parsed = read_v1(data, name=name)
    clock, table = TickClock(parsed.start_tick, parsed.frequency), StackTable()
    remap = TableRemap(table, parsed.strings, parsed.stacks)
    events: GenerationEvents | None = _generation_events(parsed, clock)
    summaries: list[GenerationSummary] = []
    columns: list[LaneColumns] = []
    start_ns = 0
    for segment in parsed.segments():
        end_ns = max(start_ns, clock.one_to_ns(_last_tick(segment)))
        found, lanes = _read(segment, clock, remap, (start_ns, end_ns))
        # Events are found for the whole file; the first segment's summary holds them.
        summaries.append(remap.translate(replace(found, events=events)))
        columns.append(lanes)
        events, start_ns = None, end_ns
    summaries[0] = replace(summaries[0], event_count=parsed.events)
    summaries[-1] = replace(summaries[-1], end_ns=max(start_ns, clock.one_to_ns(parsed.end_tick)))
    cache = GenerationCache(columns.__getitem__, capacity=maxsize)
    for index, lanes in enumerate(columns):
        cache.put(index, lanes)
    return make_trace(
        summaries,
        cache,
        version=parsed.version,
        clock=clock,
        snapshots=(),
        table=table,
        whole=True,
        losses=parsed.losses,
    )


def _read(
    segment: TransitionsV1, clock: TickClock, remap: TableRemap, extent: tuple[int, int]
) -> tuple[GenerationSummary, LaneColumns]:
    def intervals_of(transitions: Transitions) -> GenerationIntervals:
        return transition_intervals(transitions, clock, extent, remap)

    goroutines, procs = intervals_of(segment.goroutines), intervals_of(segment.procs)
    threads = intervals_of(segment.threads)
    summary = GenerationSummary(
        start_ns=extent[0],
        end_ns=extent[1],
        event_count=0,
        goroutines=summarize_lanes(goroutines, None),
        procs=summarize_lanes(procs, procs.goroutine),
        threads=summarize_lanes(threads, threads.proc),
        retained=find_retained(goroutines, remap),
        events=None,
        losses=(),
    )
    return summary, LaneColumns(
        *(inner_columns(each, remap) for each in (goroutines, procs, threads))
    )


def _last_tick(segment: TransitionsV1) -> int:
    lanes = (segment.goroutines, segment.procs, segment.threads)
    return max(int(each.tick.max(initial=0)) for each in lanes)


def _generation_events(parsed: TraceV1, clock: TickClock) -> GenerationEvents:
    range_events, created = parsed.range_events, parsed.creations
    return GenerationEvents(
        creations=Creations(
            goroutine=created.goroutine.astype(np.int64),
            creator=created.creator.astype(np.int64),
            time=clock.to_ns(created.tick),
            stack=created.stack,
            function=created.function,
        ),
        range_events=RangeEvents(
            type=range_events.type,
            time=clock.to_ns(range_events.tick),
            goroutine=range_events.goroutine,
            proc=range_events.proc,
            name=range_events.name,
            stack=range_events.stack,
        ),
        annotations=parsed.annotations,
        heap=Metric(clock.to_ns(parsed.heap.tick), parsed.heap.value),
        heap_goal=Metric(clock.to_ns(parsed.heap_goal.tick), parsed.heap_goal.value),
        gomaxprocs=Metric(clock.to_ns(parsed.gomaxprocs.tick), parsed.gomaxprocs.value),
    )
