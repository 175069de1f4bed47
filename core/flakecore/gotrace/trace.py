"""A whole trace: its generations decoded and joined on one clock, under one set of numbers."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from os import cpu_count

import numpy as np
from numpy.typing import NDArray

from flakecore.errors import TraceError
from flakecore.gotrace import context as contexts
from flakecore.gotrace.clock import DEFAULT_FREQUENCY, TickClock
from flakecore.gotrace.events import EventColumns, decode_events
from flakecore.gotrace.index import GenerationIndex, TraceIndex, index_trace
from flakecore.gotrace.intervals import Intervals
from flakecore.gotrace.joining import IntervalBuilder, place
from flakecore.gotrace.old import read_old
from flakecore.gotrace.ranges import RangeColumns, RangeMarks, find_marks, pair
from flakecore.gotrace.stacks import Renumbering, StackTable
from flakecore.gotrace.tables import (
    ClockSnapshot,
    RawFrame,
    read_stacks,
    read_strings,
    read_sync,
)
from flakecore.gotrace.transitions import (
    Transitions,
    goroutine_transitions,
    proc_transitions,
    thread_transitions,
)
from flakecore.gotrace.wire import (
    FIRST_WITH_GENERATIONS,
    HEADER_SIZE,
    Ev,
    of_types,
    read_version,
)
from flakecore.loss import Loss

_THREADS = min(2, cpu_count() or 1)
_CREATES = of_types(Ev.GO_CREATE, Ev.GO_CREATE_BLOCKED)


@dataclass(frozen=True, slots=True)
class Creations:
    """Goroutines whose creation the trace holds, by number; every column (n,).

    Attributes:
        goroutine: int64, ascending.
        creator: int64; -1 where no goroutine did it.
        time: int64, nanoseconds since the trace began.
        stack: int32, stack number of the ``go`` statement.
        function: int32, stack number of what it starts with (a stack of its first function).
    """

    goroutine: NDArray[np.int64]
    creator: NDArray[np.int64]
    time: NDArray[np.int64]
    stack: NDArray[np.int32]
    function: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Metric:
    """A number that changed over time: int64 columns of nanoseconds and values, (n,)."""

    time: NDArray[np.int64]
    value: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Trace:
    """What the runtime did, from one execution trace.

    Attributes:
        version: minor Go version of the format (a newer Go may write an older format).
        clock: what turns the file's ticks into nanoseconds; time 0 is the trace's first tick.
        snapshots: moments known on the trace's clock and on the wall clock, in order.
        end_ns: time of the last event.
        events: how many timed events were decoded.
        generations: when each generation began.
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
    ranges: RangeColumns
    heap: Metric
    heap_goal: Metric
    gomaxprocs: Metric
    complete: bool
    losses: tuple[Loss, ...]


@dataclass(frozen=True, slots=True)
class _Generation:
    """One generation as far as it can be read without the others."""

    index: GenerationIndex
    events: EventColumns
    context: contexts.Context
    goroutines: Transitions
    procs: Transitions
    threads: Transitions
    strings: dict[int, str]
    stacks: dict[int, tuple[RawFrame, ...]]
    losses: tuple[Loss, ...]


def read_trace(
    data: memoryview | bytes,
    *,
    name: str,
    progress: Callable[[float], None] | None = None,
) -> Trace:
    """Read a whole execution trace.

    Args:
        data: the file's bytes.
        name: what to call the file in errors and losses.
        progress: called with the share of generations read, 0 to 1.

    Raises:
        TraceError: the bytes are no trace of a readable format, or hold at most one event.
    """
    view = memoryview(data)
    if read_version(bytes(view[:HEADER_SIZE]), name=name) < FIRST_WITH_GENERATIONS:
        trace = _read_old_trace(view, name)
        if progress is not None:
            progress(1.0)
        return trace
    index = index_trace(view, name=name)
    clock, snapshots = _clock(view, index)
    reader = _Joiner(clock)
    for done, generation in enumerate(_read_generations(view, index, name), 1):
        reader.add(generation)
        if progress is not None:
            progress(done / len(index.generations))
    _refuse_empty(reader.events, name)
    return reader.trace(index, snapshots)


def _refuse_empty(events: int, name: str) -> None:
    if events <= 1:
        raise TraceError(
            f"{name}: holds no events",
            remedy="the process ended before its trace was written out (os.Exit, a signal?)",
        )


def _read_old_trace(data: memoryview, name: str) -> Trace:
    """Read a trace of before Go 1.22: the whole file is one generation."""
    old = read_old(data, name=name)
    _refuse_empty(old.events, name)
    clock, table = TickClock(old.start_tick, old.frequency), StackTable()
    strings, stacks = table.add_strings(old.strings), table.add_stacks(old.stacks, old.strings)
    end = clock.one_to_ns(old.end_tick)

    def intervals(transitions: Transitions) -> Intervals:
        builder = IntervalBuilder(table)
        builder.add(place(transitions, clock.to_ns, strings, stacks, 0))
        return builder.finish(end)

    marks, created = old.marks, old.creations
    marked = clock.to_ns(marks.tick), marks.goroutine, marks.proc
    order = np.argsort(created.goroutine, kind="stable")
    return Trace(
        version=old.version,
        clock=clock,
        snapshots=(),
        end_ns=end,
        events=old.events,
        generations=(0,),
        table=table,
        goroutines=intervals(old.goroutines),
        procs=intervals(old.procs),
        threads=intervals(old.threads),
        creations=Creations(
            goroutine=created.goroutine[order],
            creator=created.creator[order],
            time=clock.to_ns(created.tick[order]),
            stack=stacks(created.stack[order]),
            function=stacks(created.function[order]),
        ),
        ranges=pair(
            [RangeMarks(marks.type, *marked, strings(marks.name), stacks(marks.stack))], end
        ),
        heap=Metric(clock.to_ns(old.heap.tick), old.heap.value),
        heap_goal=Metric(clock.to_ns(old.heap_goal.tick), old.heap_goal.value),
        gomaxprocs=Metric(clock.to_ns(old.gomaxprocs.tick), old.gomaxprocs.value),
        complete=not old.losses,
        losses=old.losses,
    )


def _read_generations(data: memoryview, index: TraceIndex, name: str) -> Iterator[_Generation]:
    """Yield the generations in order, a few of them read ahead; none is held for longer."""
    waiting = deque(index.generations)
    running: deque[Future[_Generation]] = deque()
    # Two threads: numpy lets go of the interpreter in the long calls, and only there.
    with ThreadPoolExecutor(_THREADS) as pool:
        while waiting or running:
            while waiting and len(running) <= _THREADS:
                running.append(pool.submit(_read_generation, data, waiting.popleft(), name))
            yield running.popleft().result()


def _clock(data: memoryview, index: TraceIndex) -> tuple[TickClock, tuple[ClockSnapshot, ...]]:
    syncs = [read_sync(data, generation) for generation in index.generations]
    frequency = next((sync.frequency for sync in syncs if sync.frequency > 0), DEFAULT_FREQUENCY)
    zero = index.generations[0].start_tick if index.generations else 0
    snapshots = tuple(sync.snapshot for sync in syncs if sync.snapshot is not None)
    return TickClock(zero, frequency), snapshots


def _read_generation(data: memoryview, index: GenerationIndex, name: str) -> _Generation:
    events, event_losses = decode_events(data, index, name=name)
    statuses = contexts.read_statuses(events)
    context = contexts.bind(events, statuses)
    strings, string_losses = read_strings(data, index, name=name)
    stacks, stack_losses = read_stacks(data, index, name=name)
    losses = [*event_losses, *string_losses, *stack_losses]
    if not index.ended:
        what = "cut off before its end"
        if not index.stacks:
            what += ": its stacks and reasons are lost, its events are kept"
        losses.append(Loss(f"{name}, generation {index.number}", what))
    return _Generation(
        index=index,
        events=events,
        context=context,
        goroutines=goroutine_transitions(events, context, statuses),
        procs=proc_transitions(events, context, statuses),
        threads=thread_transitions(events, context),
        strings=strings,
        stacks=stacks,
        losses=tuple(losses),
    )


class _Joiner:
    """Takes generations in their order and joins them into a trace."""

    def __init__(self, clock: TickClock) -> None:
        self._clock = clock
        self._table = StackTable()
        self._goroutines = IntervalBuilder(self._table)
        self._procs = IntervalBuilder(self._table)
        self._threads = IntervalBuilder(self._table)
        self._marks: list[RangeMarks] = []
        self._created: list[tuple[NDArray[np.int64], ...]] = []
        self._metrics: dict[Ev, list[NDArray[np.int64]]] = {
            Ev.HEAP_ALLOC: [],
            Ev.HEAP_GOAL: [],
            Ev.PROCS_CHANGE: [],
        }
        self._starts: list[int] = []
        self._losses: list[Loss] = []
        self._end_ns = 0
        self.events = 0

    def add(self, generation: _Generation) -> None:
        events = generation.events
        self._losses.extend(generation.losses)
        strings = self._table.add_strings(generation.strings)
        stacks = self._table.add_stacks(generation.stacks, generation.strings)
        start = self._clock.one_to_ns(generation.index.start_tick)
        self._starts.append(start)
        self.events += len(events)
        if not len(events):
            return
        to_ns = self._clock.to_ns
        self._end_ns = max(self._end_ns, self._clock.one_to_ns(int(events.tick.max())))
        self._goroutines.add(place(generation.goroutines, to_ns, strings, stacks, start))
        self._procs.add(place(generation.procs, to_ns, strings, stacks, start))
        self._threads.add(place(generation.threads, to_ns, strings, stacks, start))
        self._marks.append(find_marks(events, generation.context, to_ns, strings, stacks))
        self._add_creations(generation, stacks)
        for kind, parts in self._metrics.items():
            rows = np.flatnonzero(events.type == kind)
            order = np.argsort(events.tick[rows], kind="stable")
            time = to_ns(events.tick[rows])
            parts.append(np.stack((time, events.argument(0, rows)))[:, order])

    def _add_creations(self, generation: _Generation, stacks: Renumbering) -> None:
        events, creator = generation.events, generation.context.goroutine
        rows = np.flatnonzero(_CREATES[events.type])
        function, stack = events.argument(1, rows), events.argument(2, rows)
        time = self._clock.to_ns(events.tick[rows])
        self._created.append(
            (
                events.argument(0, rows).astype(np.int64),
                creator[rows].astype(np.int64),
                time,
                stacks(stack).astype(np.int64),
                stacks(function).astype(np.int64),
            )
        )

    def trace(self, index: TraceIndex, snapshots: tuple[ClockSnapshot, ...]) -> Trace:
        end, table = self._end_ns, self._table
        losses = (*index.losses, *self._losses)
        return Trace(
            version=index.version,
            clock=self._clock,
            snapshots=snapshots,
            end_ns=end,
            events=self.events,
            generations=tuple(self._starts),
            table=table,
            goroutines=self._goroutines.finish(end),
            procs=self._procs.finish(end),
            threads=self._threads.finish(end),
            creations=self._creations(),
            ranges=pair(self._marks, end),
            heap=self._metric(Ev.HEAP_ALLOC),
            heap_goal=self._metric(Ev.HEAP_GOAL),
            gomaxprocs=self._metric(Ev.PROCS_CHANGE),
            complete=not losses,
            losses=losses,
        )

    def _creations(self) -> Creations:
        columns = [np.concatenate(parts) for parts in zip(*self._created, strict=True)]
        order = np.argsort(columns[0], kind="stable")
        goroutine, creator, time, stack, function = (column[order] for column in columns)
        return Creations(
            goroutine, creator, time, stack.astype(np.int32), function.astype(np.int32)
        )

    def _metric(self, kind: Ev) -> Metric:
        time, value = np.concatenate(self._metrics[kind], axis=1)
        return Metric(time, value)
