"""A whole trace: its generations joined on one clock, under one table of strings and stacks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from flakecore.gotrace.annotations.annotations import Annotations
from flakecore.gotrace.annotations.annotations import join_annotations as join_annotations
from flakecore.gotrace.annotations.metrics import Metric
from flakecore.gotrace.annotations.ranges import RangeColumns, pair_ranges
from flakecore.gotrace.format.clock import TickClock
from flakecore.gotrace.format.columns import one_after_another
from flakecore.gotrace.format.stacks import StackTable
from flakecore.gotrace.format.tables import ClockSnapshot
from flakecore.gotrace.generation import GenerationSummary, LaneSummary
from flakecore.gotrace.intervals.creations import Creations, join_creations
from flakecore.gotrace.intervals.generation_cache import GenerationCache, LaneType, LaneTypeColumns
from flakecore.gotrace.intervals.generation_totals import TraceTotals
from flakecore.gotrace.intervals.intervals import Intervals
from flakecore.gotrace.intervals.join_generations import join_edges
from flakecore.gotrace.intervals.overview import Overview
from flakecore.gotrace.intervals.retained_events import FirstStacks, Waits, Writes, join_retained
from flakecore.loss import Loss


@dataclass(frozen=True, slots=True)
class Trace:
    """An execution trace, or some of its generations. Times are nanoseconds since it began.

    Attributes:
        version: minor Go version of the format (a newer Go may write an older format).
        clock: converts the file's ticks to nanoseconds; time 0 is the trace's first tick.
        snapshots: moments on both the trace's and the wall clock, in order (Go 1.25 and later).
        end_ns: time of the last event.
        events: number of timed events.
        generations: time at which each generation began.
        table: its strings and stacks, by the numbers that columns hold.
        goroutines, procs, threads: intervals of each type of lane.
        totals: what the intervals of each generation add up to.
        creations: goroutines whose creation it holds.
        waits: the longest waits of each generation, up to ``MAX_WAITS``, that lie within it.
        writes: system calls that may have written to a file.
        first_stacks: first stack of each goroutine's own.
        ranges: stop-the-worlds, mark phases, sweeps and mark assists.
        annotations: user tasks, regions and logs, labels and CPU samples.
        heap, heap_goal: in bytes.
        gomaxprocs: number of procs.
        whole: every generation of the file has been read.
        complete: the program ended the trace, and nothing of it is damaged.
        losses: what of it could not be read.
    """

    version: int
    clock: TickClock
    snapshots: tuple[ClockSnapshot, ...]
    end_ns: int
    events: int
    generations: tuple[int, ...]
    table: StackTable
    goroutines: Intervals
    procs: Intervals
    threads: Intervals
    totals: TraceTotals
    creations: Creations
    waits: Waits
    writes: Writes
    first_stacks: FirstStacks
    ranges: RangeColumns
    annotations: Annotations
    heap: Metric
    heap_goal: Metric
    gomaxprocs: Metric
    whole: bool
    complete: bool
    losses: tuple[Loss, ...]


def make_trace(
    summaries: Sequence[GenerationSummary],
    cache: GenerationCache,
    *,
    version: int,
    clock: TickClock,
    snapshots: tuple[ClockSnapshot, ...],
    table: StackTable,
    whole: bool,
    losses: Sequence[Loss],
) -> Trace:
    """Join the summaries of generations, in their order; there must be at least one.

    Args:
        summaries: under the numbers of ``table``.
        cache: gives the generations' intervals, by their index in ``summaries``.
        version: minor Go version of the format.
        clock: the trace's.
        snapshots: moments on both clocks.
        table: the trace's strings and stacks.
        whole: these are all of the file's generations.
        losses: of the file, beside those of the generations.
    """
    end_ns = max(each.end_ns for each in summaries)
    extents = [(each.start_ns, each.end_ns) for each in summaries]
    events = [each.events for each in summaries if each.events is not None]
    retained = join_retained([each.retained for each in summaries])

    def intervals(
        lane_type: LaneType, lanes_of: Callable[[GenerationSummary], LaneSummary]
    ) -> Intervals:
        lanes = [lanes_of(each) for each in summaries]
        ended = np.concatenate([each.edges.ended for each in lanes])
        order = np.argsort(ended, kind="stable")
        ended_at = np.concatenate([each.edges.ended_at for each in lanes])
        return Intervals(
            join_edges([each.edges for each in lanes], end_ns),
            LaneTypeColumns(cache, lane_type),
            extents,
            Overview([each.sums for each in lanes]),
            (ended[order], ended_at[order]),
        )

    losses = (*losses, *(loss for each in summaries for loss in each.losses))
    goroutines = intervals(LaneType.GOROUTINES, lambda each: each.goroutines)
    procs = intervals(LaneType.PROCS, lambda each: each.procs)
    return Trace(
        version=version,
        clock=clock,
        snapshots=snapshots,
        end_ns=end_ns,
        events=sum(each.event_count for each in summaries),
        generations=tuple(each.start_ns for each in summaries),
        table=table,
        goroutines=goroutines,
        procs=procs,
        threads=intervals(LaneType.THREADS, lambda each: each.threads),
        totals=TraceTotals([each.totals for each in summaries], goroutines, procs, table),
        creations=join_creations([each.creations for each in events]),
        waits=retained.waits,
        writes=retained.writes,
        first_stacks=retained.first_stacks,
        annotations=join_annotations([each.annotations for each in events], end_ns),
        ranges=pair_ranges([each.range_events for each in events], end_ns),
        heap=one_after_another([each.heap for each in events]),
        heap_goal=one_after_another([each.heap_goal for each in events]),
        gomaxprocs=one_after_another([each.gomaxprocs for each in events]),
        whole=whole,
        complete=whole and not losses,
        losses=losses,
    )
