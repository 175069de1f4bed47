"""One generation, decoded without the others: its summary and its intervals.

Decoding a second of a busy program gives a hundred megabytes of intervals. The whole trace needs
little of each generation: the intervals at its edges, sums by state, the longest waits, the writes,
and rare events. These make up the summary; intervals are decoded again when they are looked at.

What was tried and what it gave, in columns on a generation of 2.3 million events: inserting the few
rows that stand twice instead of sorting them all, a tenth of the time; keeping where each event's
arguments begin, not where every number ends, a fifth of the memory and a tenth of the time;
goroutines in parts that fit the cache, a tenth more time. Compiled loops then took the time to a
third (``native``), and the memory from 88 bytes an event to some 50.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TypeVar

from flakecore.gotrace.annotations.annotation_rows import find_annotations
from flakecore.gotrace.annotations.annotations import GenerationAnnotations
from flakecore.gotrace.annotations.metrics import Metric, find_metric
from flakecore.gotrace.annotations.ranges import RangeEvents, find_range_events
from flakecore.gotrace.events.context import read_statuses
from flakecore.gotrace.events.decode_events import decode_events
from flakecore.gotrace.events.lazy_context import LazyContext
from flakecore.gotrace.format.batch_index import GenerationIndex
from flakecore.gotrace.format.clock import TickClock
from flakecore.gotrace.format.stacks import StackTable
from flakecore.gotrace.format.table_remap import TableRemap
from flakecore.gotrace.format.tables import read_cpu_samples, read_stacks, read_strings
from flakecore.gotrace.format.varint import IntColumn
from flakecore.gotrace.format.wire import Ev
from flakecore.gotrace.intervals.build_intervals import build_goroutines, build_procs, build_threads
from flakecore.gotrace.intervals.creations import Creations, find_creations
from flakecore.gotrace.intervals.generation_cache import DecodedIntervals, LaneColumns
from flakecore.gotrace.intervals.generation_edges import Edges, find_edges
from flakecore.gotrace.intervals.generation_intervals import GenerationIntervals
from flakecore.gotrace.intervals.generation_totals import (
    GenerationTotals,
    GoroutineTotals,
    ProcTotals,
    goroutine_totals,
    preempted_reasons,
    proc_totals,
)
from flakecore.gotrace.intervals.overview import StateSums, sum_states
from flakecore.gotrace.intervals.retained_events import RetainedEvents, find_retained
from flakecore.loss import Loss


@dataclass(frozen=True, slots=True)
class LaneSummary:
    """Summary of a generation's lanes of one type."""

    edges: Edges
    sums: StateSums


@dataclass(frozen=True, slots=True)
class GenerationEvents:
    """Events of a generation that change no lane's state, under its string and stack numbers."""

    creations: Creations
    range_events: RangeEvents
    annotations: GenerationAnnotations
    heap: Metric
    heap_goal: Metric
    gomaxprocs: Metric


@dataclass(frozen=True, slots=True)
class GenerationSummary:
    """What a trace keeps of a generation, under the generation's string and stack numbers.

    Attributes:
        start_ns, end_ns: its first and last moment, in nanoseconds since the trace began.
        event_count: how many timed events it has.
        goroutines, procs, threads: of each type of lane.
        retained: rows of goroutines that are looked up over the whole trace.
        events: None where another generation's summary holds them (traces before Go 1.22).
        losses: what of it could not be read.
        totals: what its intervals add up to; None where that was not asked for.
    """

    start_ns: int
    end_ns: int
    event_count: int
    goroutines: LaneSummary
    procs: LaneSummary
    threads: LaneSummary
    retained: RetainedEvents
    events: GenerationEvents | None
    losses: tuple[Loss, ...]
    totals: GenerationTotals | None = None


def read_generation(
    data: memoryview,
    index: GenerationIndex,
    clock: TickClock,
    *,
    name: str,
    target: TableRemap | None = None,
    alone: bool = False,
    totals: bool = False,
) -> tuple[GenerationSummary, LaneColumns | None]:
    """Decode a generation; return its summary, and its intervals where ``target`` is given.

    Args:
        data: the file's bytes.
        index: where the generation's batches are in them.
        clock: the trace's.
        name: name of the file in losses.
        target: maps the generation's string and stack numbers to the trace's, for the intervals.
        alone: no other generation is decoded at the same time, so a second thread may be used.
        totals: add up the intervals.
    """
    events, event_losses = decode_events(data, index, name=name)
    strings, string_losses = read_strings(data, index, name=name)
    stacks, stack_losses = read_stacks(data, index, name=name)
    context = LazyContext(events, read_statuses(events))
    where = f"{name}, generation {index.number}"
    losses = [*event_losses, *string_losses, *stack_losses]
    losses += context.losses(where)
    if not index.ended:
        what = "cut off before its end"
        if not index.stacks:
            what += ": its stacks and reasons are lost, its events are kept"
        losses.append(Loss(where, what))
    start_ns = clock.one_to_ns(index.start_tick)
    last_tick = int(events.tick.max()) if len(events) else index.start_tick
    extent = start_ns, max(start_ns, clock.one_to_ns(last_tick))
    own = TableRemap(StackTable(), strings, stacks)

    def goroutines() -> tuple[
        LaneSummary, DecodedIntervals | None, RetainedEvents, GoroutineTotals | None
    ]:
        intervals = build_goroutines(context, clock, extent, own)
        preempted = preempted_reasons(strings, own.string) if totals else []
        added = goroutine_totals(intervals, preempted) if totals else None
        return *_summarize(intervals, None, target), find_retained(intervals, own), added

    def procs() -> tuple[LaneSummary, DecodedIntervals | None, ProcTotals | None]:
        intervals = build_procs(context, clock, extent, own)
        added = proc_totals(intervals) if totals else None
        return *_summarize(intervals, intervals.goroutine, target), added

    def threads() -> tuple[LaneSummary, DecodedIntervals | None]:
        intervals = build_threads(context, clock, extent, own)
        return _summarize(intervals, intervals.proc, target)

    def other_events() -> GenerationEvents:
        return GenerationEvents(
            creations=find_creations(context, clock),
            range_events=find_range_events(context, clock.to_ns),
            annotations=find_annotations(context, read_cpu_samples(data, index), clock.to_ns),
            heap=find_metric(events, Ev.HEAP_ALLOC, clock),
            heap_goal=find_metric(events, Ev.HEAP_GOAL, clock),
            gomaxprocs=find_metric(events, Ev.PROCS_CHANGE, clock),
        )

    # In turn they take less memory; in two threads less time (trace_file.py has the figures).
    with ThreadPoolExecutor(1) if alone else nullcontext() as pool:
        proc_task, thread_task = _submit(pool, procs), _submit(pool, threads)
        of_goroutines, goroutine_columns, retained, goroutines_added = goroutines()
        of_procs, proc_columns, procs_added = proc_task()
        of_threads, thread_columns = thread_task()
    added = None
    if goroutines_added is not None and procs_added is not None:
        added = GenerationTotals(goroutines_added, procs_added)
    summary = GenerationSummary(
        start_ns=extent[0],
        end_ns=extent[1],
        event_count=len(events),
        goroutines=of_goroutines,
        procs=of_procs,
        threads=of_threads,
        retained=retained,
        events=other_events(),
        losses=tuple(losses),
        totals=added,
    )
    columns = [
        each for each in (goroutine_columns, proc_columns, thread_columns) if each is not None
    ]
    return summary, None if target is None else LaneColumns(*columns)


Result = TypeVar("Result")


def _submit(pool: ThreadPoolExecutor | None, task: Callable[[], Result]) -> Callable[[], Result]:
    """Start a task in a pool, or leave it for later without one; return what gives its result."""
    return task if pool is None else pool.submit(task).result


def _summarize(
    intervals: GenerationIntervals, occupant: IntColumn | None, target: TableRemap | None
) -> tuple[LaneSummary, DecodedIntervals | None]:
    decoded = None if target is None else DecodedIntervals(intervals, target)
    return summarize_lanes(intervals, occupant), decoded


def summarize_lanes(intervals: GenerationIntervals, occupant: IntColumn | None) -> LaneSummary:
    """Return the summary of lanes of one type.

    ``occupant`` is (n,), the goroutine or proc that each interval's lane held; None for goroutines.
    """
    return LaneSummary(find_edges(intervals), sum_states(intervals, occupant))
