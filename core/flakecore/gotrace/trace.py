"""A whole trace: its generations joined on one clock, under one set of numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from flakecore.gotrace.annotations.annotations import Annotations
from flakecore.gotrace.annotations.annotations import join as join_annotations
from flakecore.gotrace.annotations.metrics import Metric
from flakecore.gotrace.annotations.ranges import RangeColumns, pair
from flakecore.gotrace.format.clock import TickClock
from flakecore.gotrace.format.columns import one_after_another
from flakecore.gotrace.format.stacks import StackTable
from flakecore.gotrace.format.tables import ClockSnapshot
from flakecore.gotrace.generation import Facts, LaneFacts
from flakecore.gotrace.intervals.creations import Creations, join_creations
from flakecore.gotrace.intervals.generation_cache import Decoder, KindColumns, LaneType
from flakecore.gotrace.intervals.intervals import Intervals
from flakecore.gotrace.intervals.join_generations import join
from flakecore.gotrace.intervals.overview import Overview
from flakecore.gotrace.intervals.retained_events import FirstStacks, Waits, Writes, join_retained
from flakecore.loss import Loss


@dataclass(frozen=True, slots=True)
class Trace:
    """What the runtime did, from one execution trace or from some of its generations.

    Attributes:
        version: minor Go version of the format (a newer Go may write an older format).
        clock: what turns the file's ticks into nanoseconds; time 0 is the trace's first tick.
        snapshots: moments known on the trace's clock and on the wall clock, in order.
        end_ns: time of the last event.
        events: how many timed events there are.
        generations: when each generation began.
        waits: the longest waits of each generation that lie within it.
        writes: system calls that may have written to a file.
        first_stacks: what goroutines were first seen at.
        annotations: what the program and its profiler wrote into it.
        whole: every generation of the file has been read.
        complete: the trace was ended by the program and nothing of it is damaged.
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
    facts: Sequence[Facts],
    decoder: Decoder,
    *,
    version: int,
    clock: TickClock,
    snapshots: tuple[ClockSnapshot, ...],
    table: StackTable,
    whole: bool,
    losses: Sequence[Loss],
) -> Trace:
    """Join what is known of generations, in their order; there must be at least one.

    Args:
        facts: under the numbers of ``table``.
        decoder: gives their intervals, by their places in ``facts``.
        version: minor Go version of the format.
        clock: the trace's.
        snapshots: moments known on both clocks.
        table: its strings and stacks.
        whole: these are all of the file's generations.
        losses: of the file, beside those of the generations.
    """
    end_ns = max(each.end_ns for each in facts)
    extents = [(each.start_ns, each.end_ns) for each in facts]
    happened = [each.happened for each in facts if each.happened is not None]
    salient = join_retained([each.salient for each in facts])

    def intervals(kind: LaneType, of: Callable[[Facts], LaneFacts]) -> Intervals:
        lanes = [of(each) for each in facts]
        gone = np.concatenate([each.edges.gone for each in lanes])
        order = np.argsort(gone, kind="stable")
        gone_at = np.concatenate([each.edges.gone_at for each in lanes])
        return Intervals(
            join([each.edges for each in lanes], end_ns),
            KindColumns(decoder, kind),
            extents,
            Overview([each.sums for each in lanes]),
            (gone[order], gone_at[order]),
        )

    losses = (*losses, *(loss for each in facts for loss in each.losses))
    return Trace(
        version=version,
        clock=clock,
        snapshots=snapshots,
        end_ns=end_ns,
        events=sum(each.events for each in facts),
        generations=tuple(each.start_ns for each in facts),
        table=table,
        goroutines=intervals(LaneType.GOROUTINES, lambda each: each.goroutines),
        procs=intervals(LaneType.PROCS, lambda each: each.procs),
        threads=intervals(LaneType.THREADS, lambda each: each.threads),
        creations=join_creations([each.creations for each in happened]),
        waits=salient.waits,
        writes=salient.writes,
        first_stacks=salient.first_stacks,
        annotations=join_annotations([each.annotated for each in happened], end_ns),
        ranges=pair([each.marks for each in happened], end_ns),
        heap=one_after_another([each.heap for each in happened]),
        heap_goal=one_after_another([each.heap_goal for each in happened]),
        gomaxprocs=one_after_another([each.gomaxprocs for each in happened]),
        whole=whole,
        complete=whole and not losses,
        losses=losses,
    )
