"""One generation, read without the others: what is kept of it, and its intervals.

Decoding a second of a busy program gives a hundred megabytes of intervals. What the whole trace
needs of each generation is little: where its lanes touch its neighbours, sums, the longest waits,
the writes, and events that are few. That is kept; intervals are made when they are looked at.

What was tried and what it gave, in columns on a generation of 2.3 million events: inserting the few
rows that stand twice instead of sorting them all, a tenth of the time; keeping where each event's
arguments begin, not where every number ends, a fifth of the memory and a tenth of the time;
goroutines in parts that fit the cache, a tenth more time. Compiled loops then took the time to a
third (``kernel``), and the memory from 88 bytes an event to some 50.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from flakecore.gotrace.annotations.annotation_rows import find_annotations
from flakecore.gotrace.annotations.annotations import Annotated
from flakecore.gotrace.annotations.metrics import Metric, find_metric
from flakecore.gotrace.annotations.ranges import RangeMarks, find_marks
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
from flakecore.gotrace.intervals.generation_edges import Edges, columns_within, edges_of
from flakecore.gotrace.intervals.generation_intervals import GenerationIntervals
from flakecore.gotrace.intervals.intervals import IntervalColumns
from flakecore.gotrace.intervals.overview import Sums, sum_up
from flakecore.gotrace.intervals.retained_events import RetainedEvents, find_retained
from flakecore.loss import Loss


@dataclass(frozen=True, slots=True)
class LaneFacts:
    """What is kept of a generation's lanes of one kind."""

    edges: Edges
    sums: Sums


@dataclass(frozen=True, slots=True)
class Happenings:
    """What of a generation is no interval of a lane, under its own numbers."""

    creations: Creations
    marks: RangeMarks
    annotated: Annotated
    heap: Metric
    heap_goal: Metric
    gomaxprocs: Metric


@dataclass(frozen=True, slots=True)
class Facts:
    """What is kept of a generation, under its own numbers of strings and stacks.

    Attributes:
        start_ns, end_ns: its first and last moment, in nanoseconds since the trace began.
        events: how many timed events it has.
        happened: None where it is told with another generation.
    """

    start_ns: int
    end_ns: int
    events: int
    goroutines: LaneFacts
    procs: LaneFacts
    threads: LaneFacts
    salient: RetainedEvents
    happened: Happenings | None
    losses: tuple[Loss, ...]


class Lanes(NamedTuple):
    """A generation's own intervals of all kinds of lanes, under the numbers of its trace."""

    goroutines: IntervalColumns
    procs: IntervalColumns
    threads: IntervalColumns


def read_generation(
    data: memoryview,
    index: GenerationIndex,
    clock: TickClock,
    *,
    name: str,
    into: TableRemap | None = None,
    alone: bool = False,
) -> tuple[Facts, Lanes | None]:
    """Decode a generation.

    Args:
        data: the file's bytes.
        index: where the generation's batches stand in them.
        clock: the trace's.
        name: what to call the file in losses.
        into: the trace's numbers, where the intervals themselves are wanted.
        alone: no other generation is decoded meanwhile, so this one may take a second thread.
    """
    events, event_losses = decode_events(data, index, name=name)
    strings, string_losses = read_strings(data, index, name=name)
    stacks, stack_losses = read_stacks(data, index, name=name)
    scheduling = LazyContext(events, read_statuses(events))
    where = f"{name}, generation {index.number}"
    losses = [*event_losses, *string_losses, *stack_losses]
    losses += scheduling.contradictions(where)
    if not index.ended:
        what = "cut off before its end"
        if not index.stacks:
            what += ": its stacks and reasons are lost, its events are kept"
        losses.append(Loss(where, what))
    start_ns = clock.one_to_ns(index.start_tick)
    latest = int(events.tick.max()) if len(events) else index.start_tick
    extent = start_ns, max(start_ns, clock.one_to_ns(latest))
    names = TableRemap(StackTable(), strings, stacks)

    def goroutines() -> tuple[LaneFacts, IntervalColumns | None, RetainedEvents]:
        placed = build_goroutines(scheduling, clock, extent, names)
        return *_kept(placed, None, into), find_retained(placed, names)

    def procs() -> tuple[LaneFacts, IntervalColumns | None]:
        placed = build_procs(scheduling, clock, extent, names)
        return _kept(placed, placed.goroutine, into)

    def threads() -> tuple[LaneFacts, IntervalColumns | None]:
        placed = build_threads(scheduling, clock, extent, names)
        return _kept(placed, placed.proc, into)

    def others() -> Happenings:
        return Happenings(
            creations=find_creations(scheduling, clock),
            marks=find_marks(scheduling, clock.to_ns),
            annotated=find_annotations(scheduling, read_cpu_samples(data, index), clock.to_ns),
            heap=find_metric(events, Ev.HEAP_ALLOC, clock),
            heap_goal=find_metric(events, Ev.HEAP_GOAL, clock),
            gomaxprocs=find_metric(events, Ev.PROCS_CHANGE, clock),
        )

    # One kind after another takes less memory; beside one another they are there sooner.
    with ThreadPoolExecutor(1) if alone else nullcontext() as helper:
        rest = [_start(helper, task) for task in (procs, threads)]
        of_goroutines, goroutine_columns, salient = goroutines()
        (of_procs, proc_columns), (of_threads, thread_columns) = (task() for task in rest)
    facts = Facts(
        start_ns=extent[0],
        end_ns=extent[1],
        events=len(events),
        goroutines=of_goroutines,
        procs=of_procs,
        threads=of_threads,
        salient=salient,
        happened=others(),
        losses=tuple(losses),
    )
    columns = [
        each for each in (goroutine_columns, proc_columns, thread_columns) if each is not None
    ]
    return facts, None if into is None else Lanes(*columns)


Result = TypeVar("Result")


def _start(helper: ThreadPoolExecutor | None, task: Callable[[], Result]) -> Callable[[], Result]:
    """Have a task begun by a helper, if there is one; return what gives its result."""
    return task if helper is None else helper.submit(task).result


def _kept(
    placed: GenerationIntervals, occupant: IntColumn | None, into: TableRemap | None
) -> tuple[LaneFacts, IntervalColumns | None]:
    return lane_facts(placed, occupant), None if into is None else columns_within(placed, into)


def lane_facts(placed: GenerationIntervals, occupant: IntColumn | None) -> LaneFacts:
    """Return what is kept of lanes; ``occupant`` is whom they held, where that is shown."""
    return LaneFacts(edges_of(placed), sum_up(placed, occupant))
