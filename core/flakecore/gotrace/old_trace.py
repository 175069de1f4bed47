"""A trace of before Go 1.22 as a trace like any other: the whole file is one generation."""

from __future__ import annotations

from flakecore.gotrace.clock import TickClock
from flakecore.gotrace.creations import Creations
from flakecore.gotrace.decoding import Decoder, LaneColumns, lane_columns
from flakecore.gotrace.edges import Placed, place_changes
from flakecore.gotrace.generation import Facts, PlacedLanes, lane_facts
from flakecore.gotrace.metrics import Metric
from flakecore.gotrace.names import Names
from flakecore.gotrace.old import OldTrace, read_old
from flakecore.gotrace.ranges import RangeMarks
from flakecore.gotrace.salient import find_salient
from flakecore.gotrace.stacks import StackTable
from flakecore.gotrace.trace import Trace, make_trace
from flakecore.gotrace.transitions import Transitions


def read_old_trace(data: memoryview, *, name: str) -> Trace:
    """Read an execution trace of Go 1.11 to 1.21; it stays in memory as a whole.

    Raises:
        TraceError: the bytes are no trace of such a format.
    """
    old = read_old(data, name=name)
    clock, table = TickClock(old.start_tick, old.frequency), StackTable()
    names = Names(table, old.strings, old.stacks)
    extent = 0, clock.one_to_ns(old.end_tick)

    def placed(transitions: Transitions) -> Placed:
        return place_changes(transitions, clock, extent, names)

    lanes = PlacedLanes(placed(old.goroutines), placed(old.procs), placed(old.threads))
    facts = names.translate(_facts(old, lanes, clock, names, extent))
    columns = lane_columns(lanes, names, 0)

    def decode(_: int) -> LaneColumns:
        return columns

    decoder = Decoder(decode)
    decoder.keep(0, columns)
    return make_trace(
        [facts],
        decoder,
        version=old.version,
        clock=clock,
        snapshots=(),
        table=table,
        whole=True,
        losses=(),
    )


def _facts(
    old: OldTrace, lanes: PlacedLanes, clock: TickClock, names: Names, extent: tuple[int, int]
) -> Facts:
    marks, created = old.marks, old.creations
    return Facts(
        start_ns=extent[0],
        end_ns=extent[1],
        events=old.events,
        goroutines=lane_facts(lanes.goroutines, None, extent),
        procs=lane_facts(lanes.procs, lanes.procs.goroutine, extent),
        threads=lane_facts(lanes.threads, lanes.threads.proc, extent),
        salient=find_salient(lanes.goroutines, names),
        creations=Creations(
            goroutine=created.goroutine,
            creator=created.creator,
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
        heap=Metric(clock.to_ns(old.heap.tick), old.heap.value),
        heap_goal=Metric(clock.to_ns(old.heap_goal.tick), old.heap_goal.value),
        gomaxprocs=Metric(clock.to_ns(old.gomaxprocs.tick), old.gomaxprocs.value),
        losses=old.losses,
    )
