"""One generation, read without the others: what is kept of it, and its intervals.

Decoding a second of a busy program gives a hundred megabytes of intervals. What the whole trace
needs of each generation is little: where its lanes touch its neighbours, sums, the longest waits,
the writes, and events that are few. That is kept; intervals are made when they are looked at.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from flakecore.gotrace.clock import TickClock
from flakecore.gotrace.context import Context, bind, read_statuses
from flakecore.gotrace.creations import Creations, find_creations
from flakecore.gotrace.edges import Edges, Placed, edges_of, place_changes
from flakecore.gotrace.events import EventColumns, decode_events
from flakecore.gotrace.index import GenerationIndex
from flakecore.gotrace.metrics import Metric, find_metric
from flakecore.gotrace.names import Names
from flakecore.gotrace.overview import Sums, sum_up
from flakecore.gotrace.ranges import RangeMarks, find_marks
from flakecore.gotrace.salient import Salient, find_salient
from flakecore.gotrace.soundness import contradictions
from flakecore.gotrace.stacks import StackTable
from flakecore.gotrace.tables import read_stacks, read_strings
from flakecore.gotrace.transitions import (
    Transitions,
    goroutine_transitions,
    proc_transitions,
    thread_transitions,
)
from flakecore.gotrace.varint import Places
from flakecore.gotrace.wire import Ev
from flakecore.loss import Loss


@dataclass(frozen=True, slots=True)
class LaneFacts:
    """What is kept of a generation's lanes of one kind."""

    edges: Edges
    sums: Sums


@dataclass(frozen=True, slots=True)
class Facts:
    """What is kept of a generation, under its own numbers of strings and stacks.

    Attributes:
        start_ns, end_ns: its first and last moment, in nanoseconds since the trace began.
        events: how many timed events it has.
    """

    start_ns: int
    end_ns: int
    events: int
    goroutines: LaneFacts
    procs: LaneFacts
    threads: LaneFacts
    salient: Salient
    creations: Creations
    marks: RangeMarks
    heap: Metric
    heap_goal: Metric
    gomaxprocs: Metric
    losses: tuple[Loss, ...]


@dataclass(frozen=True, slots=True)
class PlacedLanes:
    """A generation's intervals of all kinds of lanes, under its own numbers."""

    goroutines: Placed
    procs: Placed
    threads: Placed


def read_generation(
    data: memoryview, index: GenerationIndex, clock: TickClock, *, name: str, origin: int = 0
) -> tuple[Facts, PlacedLanes]:
    """Decode a generation; ``origin`` is the place in the file at which ``data`` begins."""
    events, event_losses = decode_events(data, index, name=name, origin=origin)
    strings, string_losses = read_strings(data, index, name=name)
    stacks, stack_losses = read_stacks(data, index, name=name)
    statuses = read_statuses(events)
    context = bind(events, statuses)
    losses = [*event_losses, *string_losses, *stack_losses]
    where = f"{name}, generation {index.number}"
    losses += contradictions(events, context, where=where)
    if not index.ended:
        what = "cut off before its end"
        if not index.stacks:
            what += ": its stacks and reasons are lost, its events are kept"
        losses.append(Loss(where, what))
    start_ns = clock.one_to_ns(index.start_tick)
    latest = int(events.tick.max()) if len(events) else index.start_tick
    extent = start_ns, max(start_ns, clock.one_to_ns(latest))
    names = Names(StackTable(), strings, stacks)

    def placed(transitions: Transitions) -> Placed:
        return place_changes(transitions, clock, extent, names)

    lanes = PlacedLanes(
        goroutines=placed(goroutine_transitions(events, context, statuses)),
        procs=placed(proc_transitions(events, context, statuses)),
        threads=placed(thread_transitions(events, context)),
    )
    return _facts(events, context, clock, lanes, names, extent, tuple(losses)), lanes


def _facts(
    events: EventColumns,
    context: Context,
    clock: TickClock,
    lanes: PlacedLanes,
    names: Names,
    extent: tuple[int, int],
    losses: tuple[Loss, ...],
) -> Facts:
    return Facts(
        start_ns=extent[0],
        end_ns=extent[1],
        events=len(events),
        goroutines=lane_facts(lanes.goroutines, None, extent),
        procs=lane_facts(lanes.procs, lanes.procs.goroutine, extent),
        threads=lane_facts(lanes.threads, lanes.threads.proc, extent),
        salient=find_salient(lanes.goroutines, names),
        creations=find_creations(events, context, clock),
        marks=find_marks(events, context, clock.to_ns),
        heap=find_metric(events, Ev.HEAP_ALLOC, clock),
        heap_goal=find_metric(events, Ev.HEAP_GOAL, clock),
        gomaxprocs=find_metric(events, Ev.PROCS_CHANGE, clock),
        losses=losses,
    )


def lane_facts(placed: Placed, occupant: Places | None, extent: tuple[int, int]) -> LaneFacts:
    """Return what is kept of lanes; ``occupant`` is whom they held, where that is shown."""
    rows = placed.within()
    which = np.repeat(np.arange(len(placed.lanes), dtype=np.int32), np.diff(placed.first))
    sums = sum_up(
        placed.lanes,
        which[rows],
        placed.start[rows],
        placed.end[rows],
        placed.state[rows],
        None if occupant is None else occupant[rows],
        start_ns=extent[0],
        end_ns=extent[1],
    )
    return LaneFacts(edges_of(placed), sums)
