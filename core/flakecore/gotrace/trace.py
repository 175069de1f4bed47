"""A whole trace: its generations joined on one clock, under one table of strings and stacks.

A flight recorder leaves some stretches of a trace and nothing of the time between them. Within one
all is joined as in a whole trace; nothing is joined over what was not recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise

import numpy as np

from flakecore.gotrace.annotations.annotations import Annotations, join_annotations
from flakecore.gotrace.annotations.metrics import Metric
from flakecore.gotrace.annotations.ranges import RangeColumns, pair_ranges
from flakecore.gotrace.format.clock import Extent, TickClock
from flakecore.gotrace.format.columns import one_after_another
from flakecore.gotrace.format.stacks import StackTable
from flakecore.gotrace.format.tables import ClockSnapshot
from flakecore.gotrace.generation import GenerationEvents, GenerationSummary, LaneSummary
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
        clock: converts the file's ticks to nanoseconds; time 0 is the trace's first tick, or of
            what a flight recorder left the moment that it was read with.
        snapshots: moments on both the trace's and the wall clock, in order (Go 1.25 and later).
        end_ns: time of the last event.
        recorded: the stretches of time that it covers, in order; one but for a flight recorder's.
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
    recorded: tuple[Extent, ...]
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

    @property
    def starts_late(self) -> bool:
        """Whether it begins after time 0, as what a flight recorder left does."""
        return self.recorded[0][0] > 0

    def covers(self, time_ns: int) -> bool:
        """Return whether a moment is in one of the stretches that were recorded."""
        return any(start <= time_ns <= end for start, end in self.recorded)


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
    breaks: Collection[int] = (),
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
        breaks: indices of the summaries that do not follow on the one before them.
    """
    end_ns = max(each.end_ns for each in summaries)
    extents = [(each.start_ns, each.end_ns) for each in summaries]
    stretches = [
        _Stretch(summaries[first:until])
        for first, until in pairwise([0, *sorted(breaks), len(summaries)])
    ]
    ends = {first: max(end for _, end in extents[:first]) for first in breaks}
    events = [event for each in stretches for event in each.events]
    retained = join_retained([each.retained for each in summaries])

    def intervals(
        lane_type: LaneType, lanes_of: Callable[[GenerationSummary], LaneSummary]
    ) -> Intervals:
        lanes = [lanes_of(each) for each in summaries]
        ended = np.concatenate([each.edges.ended for each in lanes])
        order = np.argsort(ended, kind="stable")
        ended_at = np.concatenate([each.edges.ended_at for each in lanes])
        return Intervals(
            join_edges([each.edges for each in lanes], end_ns, ends),
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
        recorded=tuple(each.extent for each in stretches),
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
        annotations=_joined([each.annotations() for each in stretches]),
        ranges=one_after_another([each.ranges() for each in stretches]),
        heap=one_after_another([each.heap for each in events]),
        heap_goal=one_after_another([each.heap_goal for each in events]),
        gomaxprocs=one_after_another([each.gomaxprocs for each in events]),
        whole=whole,
        complete=whole and not losses,
        losses=losses,
    )


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Summaries of generations that follow on one another."""

    summaries: Sequence[GenerationSummary]

    @property
    def extent(self) -> Extent:
        return self.summaries[0].start_ns, max(each.end_ns for each in self.summaries)

    @property
    def events(self) -> list[GenerationEvents]:
        return [each.events for each in self.summaries if each.events is not None]

    def annotations(self) -> Annotations:
        start_ns, end_ns = self.extent
        found = [each.annotations for each in self.events]
        return join_annotations(found, end_ns, start_ns=start_ns)

    def ranges(self) -> RangeColumns:
        return pair_ranges([each.range_events for each in self.events], self.extent[1])


def _joined(stretches: Sequence[Annotations]) -> Annotations:
    """Return the annotations of all stretches, which are in order of time."""
    if len(stretches) == 1:
        return stretches[0]
    names = [each.name for each in fields(Annotations)]
    return Annotations(
        *(one_after_another([getattr(each, name) for each in stretches]) for name in names)
    )
