"""A trace of before Go 1.22 as a trace like any other: its stretches of time are generations."""

from __future__ import annotations

from dataclasses import replace
from sys import maxsize

import numpy as np

from flakecore.gotrace.annotations.metrics import Metric
from flakecore.gotrace.annotations.ranges import RangeMarks
from flakecore.gotrace.format.clock import TickClock
from flakecore.gotrace.format.stacks import StackTable
from flakecore.gotrace.format.table_remap import TableRemap
from flakecore.gotrace.generation import Facts, Happenings, Lanes, lane_facts
from flakecore.gotrace.intervals.creations import Creations
from flakecore.gotrace.intervals.generation_cache import Decoder
from flakecore.gotrace.intervals.generation_edges import columns_within
from flakecore.gotrace.intervals.generation_intervals import GenerationIntervals, place_changes
from flakecore.gotrace.intervals.retained_events import find_retained
from flakecore.gotrace.intervals.transitions import Transitions
from flakecore.gotrace.trace import Trace, make_trace
from flakecore.gotrace.v1 import OldTrace, read_old
from flakecore.gotrace.v1.trace import OldLanes


def read_old_trace(data: memoryview, *, name: str) -> Trace:
    """Read an execution trace of Go 1.11 to 1.21; its intervals stay in memory as a whole.

    Raises:
        TraceError: the bytes are no trace of such a format.
    """
    old = read_old(data, name=name)
    clock, table = TickClock(old.start_tick, old.frequency), StackTable()
    names = TableRemap(table, old.strings, old.stacks)
    happened: Happenings | None = _happenings(old, clock)
    facts: list[Facts] = []
    columns: list[Lanes] = []
    start_ns = 0
    for stretch in old.stretches():
        end_ns = max(start_ns, clock.one_to_ns(_last_tick(stretch)))
        found, lanes = _read(stretch, clock, names, (start_ns, end_ns))
        # What stands in the file as a whole is told with its first stretch.
        facts.append(names.translate(replace(found, happened=happened)))
        columns.append(lanes)
        happened, start_ns = None, end_ns
    facts[0] = replace(facts[0], events=old.events)
    facts[-1] = replace(facts[-1], end_ns=max(start_ns, clock.one_to_ns(old.end_tick)))
    decoder = Decoder(columns.__getitem__, kept=maxsize)
    for place, lanes in enumerate(columns):
        decoder.keep(place, lanes)
    return make_trace(
        facts,
        decoder,
        version=old.version,
        clock=clock,
        snapshots=(),
        table=table,
        whole=True,
        losses=old.losses,
    )


def _read(
    stretch: OldLanes, clock: TickClock, names: TableRemap, extent: tuple[int, int]
) -> tuple[Facts, Lanes]:
    def placed(transitions: Transitions) -> GenerationIntervals:
        return place_changes(transitions, clock, extent, names)

    goroutines, procs = placed(stretch.goroutines), placed(stretch.procs)
    threads = placed(stretch.threads)
    facts = Facts(
        start_ns=extent[0],
        end_ns=extent[1],
        events=0,
        goroutines=lane_facts(goroutines, None),
        procs=lane_facts(procs, procs.goroutine),
        threads=lane_facts(threads, threads.proc),
        salient=find_retained(goroutines, names),
        happened=None,
        losses=(),
    )
    return facts, Lanes(*(columns_within(each, names) for each in (goroutines, procs, threads)))


def _last_tick(stretch: OldLanes) -> int:
    lanes = (stretch.goroutines, stretch.procs, stretch.threads)
    return max(int(each.tick.max(initial=0)) for each in lanes)


def _happenings(old: OldTrace, clock: TickClock) -> Happenings:
    marks, created = old.marks, old.creations
    return Happenings(
        creations=Creations(
            goroutine=created.goroutine.astype(np.int64),
            creator=created.creator.astype(np.int64),
            time=clock.to_ns(created.tick),
            stack=created.stack,
            function=created.function,
        ),
        marks=RangeMarks(
            type=marks.type,
            time=clock.to_ns(marks.tick),
            goroutine=marks.goroutine,
            proc=marks.proc,
            name=marks.name,
            stack=marks.stack,
        ),
        annotated=old.annotated,
        heap=Metric(clock.to_ns(old.heap.tick), old.heap.value),
        heap_goal=Metric(clock.to_ns(old.heap_goal.tick), old.heap_goal.value),
        gomaxprocs=Metric(clock.to_ns(old.gomaxprocs.tick), old.gomaxprocs.value),
    )
