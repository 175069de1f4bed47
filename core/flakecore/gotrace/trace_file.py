"""Trace files: opened by their batch headers, then read whole or some generations at a time.

Opening a file reads batch headers and the tables that hold the clock. Reading it decodes generation
after generation and keeps a summary of each (``generation``). Several generations are decoded at
once, by threads: the compiled loops and numpy release the interpreter lock. Measured on 97 million
events and two cores: two threads 1.9 times as fast as one, and a little faster than two processes,
which took a third more memory; two threads that share the work of each generation in turn 1.3
times, so that is done for a generation that is read alone.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from itertools import pairwise

from flakecore.allocator import return_free_memory
from flakecore.errors import TraceError
from flakecore.gotrace.format.batch_index import index_trace
from flakecore.gotrace.format.clock import MOST_NS
from flakecore.gotrace.format.stacks import StackTable
from flakecore.gotrace.format.table_remap import TableRemap
from flakecore.gotrace.format.tables import read_stacks, read_strings
from flakecore.gotrace.format.trace_clock import read_clock
from flakecore.gotrace.format.wire import FIRST_WITH_GENERATIONS, HEADER_SIZE, read_version
from flakecore.gotrace.generation import GenerationSummary, read_generation
from flakecore.gotrace.intervals.generation_cache import GenerationCache, LaneColumns
from flakecore.gotrace.trace import Trace, make_trace

_LARGE_BYTES = 16 << 20
"""Bytes from which on a trace takes longer to read than a person waits without notice: some 0.3 s,
as 78 MB took 1.5 s on two cores."""
_MAX_CONCURRENT = 4
"""Generations decoded at once. Measured on 78 MB in ten generations and 16 cores: 2.29 s one at a
time, 1.48 two, 0.85 four, 0.62 eight; memory grows with them."""
_CONCURRENT_BYTES = 50 << 20
"""Bytes of events in generations decoded at once, unless two are more: decoding takes some nine
times as much memory."""

Progress = Callable[[float], None]
"""Called with the share of generations read, 0 to 1."""


class TraceFile:
    """An execution trace that has been opened and not yet read."""

    def __init__(self, data: memoryview, *, name: str) -> None:
        """Index the batches; raises what ``open_trace`` does."""
        self._data = data
        self._name = name
        self._index = index_trace(data, name=name)
        self._clock, self._snapshots, losses = read_clock(data, self._index, name=name)
        self._losses = (*self._index.losses, *losses)
        if not any(each.events for each in self._index.generations):
            raise _empty(name)

    def generation_at(self, wall_ns: int, since_start_ns: int | None = None) -> int | None:
        """Return the index of the generation at a wall clock time; None where that is unknown.

        A trace from before Go 1.25 holds no wall clock; there the time since the process started
        is used, which is little more than the time since its trace started.
        """
        time = since_start_ns
        if self._snapshots:
            first = self._snapshots[0]
            time = wall_ns - first.wall_ns + self._clock.one_to_ns(first.tick)
        if time is None:
            return None
        starts = [self._clock.one_to_ns(each.start_tick) for each in self._index.generations]
        return max((at for at, start in enumerate(starts) if start <= time), default=0)

    def begin_at(self, wall_ns: int) -> None:
        """Make a moment of the wall clock the trace's time 0; where it has that clock, and later.

        A flight recorder's trace begins anywhere in a run, all of which is to be on one clock.
        """
        if not self._snapshots:
            return
        before = self._clock.one_to_ns(self._snapshots[0].tick)
        ahead = self._snapshots[0].wall_ns - wall_ns - before
        if ahead > 0:
            numerator, denominator = self._clock.ns_a_tick
            ticks = min(ahead, MOST_NS // 2) * denominator // numerator
            self._clock = replace(self._clock, zero=self._clock.zero - ticks)

    @property
    def zero(self) -> int:
        """The tick of the trace's time 0."""
        return self._clock.zero

    @property
    def generations(self) -> int:
        """Number of generations that the file holds."""
        return len(self._index.generations)

    @property
    def large(self) -> bool:
        """Whether reading the whole of it takes longer than a person waits without notice."""
        return len(self._data) >= _LARGE_BYTES and len(self._index.generations) > 1

    def read(
        self,
        progress: Progress | None = None,
        *,
        only: Sequence[int] | None = None,
        totals: bool = False,
    ) -> Trace:
        """Read the trace, or the generations with the indices in ``only``.

        Args:
            progress: called with the share of generations read, 0 to 1.
            only: indices of generations; None for all.
            totals: add up the intervals on the way; otherwise that takes decoding them again.

        Raises:
            TraceError: it holds at most one event.
        """
        indices = range(len(self._index.generations)) if only is None else only
        table = StackTable()
        remaps = [self._remap(index, table) for index in indices]

        def decode(nth: int) -> LaneColumns:
            lanes = self._read(indices[nth], remaps[nth], alone=True)[1]
            assert lanes is not None
            return lanes

        cache = GenerationCache(decode)
        summaries: list[GenerationSummary] = []
        for nth, (found, columns) in enumerate(self._generations(indices, remaps, totals=totals)):
            summaries.append(remaps[nth].translate(found))
            if columns is not None:
                cache.put(nth, columns)
            if progress is not None:
                progress((nth + 1) / len(indices))
        if sum(each.event_count for each in summaries) <= 1:
            raise _empty(self._name)
        return make_trace(
            summaries,
            cache,
            version=self._index.version,
            clock=self._clock,
            snapshots=self._snapshots,
            table=table,
            whole=only is None,
            losses=self._losses,
            breaks=[
                nth
                for nth, (before, after) in enumerate(pairwise(indices), 1)
                if self._number(after) > self._number(before) + 1
            ],
        )

    def _number(self, index: int) -> int:
        return self._index.generations[index].number

    def _generations(
        self, indices: Sequence[int], remaps: Sequence[TableRemap], *, totals: bool
    ) -> Iterator[tuple[GenerationSummary, LaneColumns | None]]:
        """Yield generations in order; with their intervals where memory holds all of these."""
        keeps_columns = not self.large or len(indices) == 1
        count = min(
            _MAX_CONCURRENT,
            os.cpu_count() or 1,
            len(indices),
            self._concurrent_generations(indices),
        )
        pool = ThreadPoolExecutor(max(count, 1))
        waiting = deque(range(len(indices)))
        running = deque[Future[tuple[GenerationSummary, LaneColumns | None]]]()
        try:
            while waiting or running:
                while waiting and len(running) <= count:
                    nth = waiting.popleft()
                    target = remaps[nth] if keeps_columns else None
                    # Hardly any other is decoded beside the last one.
                    last = not waiting
                    task = partial(self._read, indices[nth], target, alone=last, totals=totals)
                    running.append(pool.submit(task))
                yield running.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)
            return_free_memory()

    def _concurrent_generations(self, indices: Sequence[int]) -> int:
        """Return how many generations may be decoded at once within ``_CONCURRENT_BYTES``."""
        generations = (self._index.generations[index] for index in indices)
        sizes = [sum(batch.size for batch in each.events) for each in generations]
        return max(2, _CONCURRENT_BYTES // max(*sizes, 1, 1))

    def _read(
        self, index: int, target: TableRemap | None, *, alone: bool, totals: bool = False
    ) -> tuple[GenerationSummary, LaneColumns | None]:
        generation = self._index.generations[index]
        return read_generation(
            self._data,
            generation,
            self._clock,
            name=self._name,
            target=target,
            alone=alone,
            totals=totals,
        )

    def _remap(self, index: int, table: StackTable) -> TableRemap:
        generation = self._index.generations[index]
        strings, _ = read_strings(self._data, generation, name=self._name)
        stacks, _ = read_stacks(self._data, generation, name=self._name)
        return TableRemap(table, strings, stacks)


def open_trace(data: memoryview, *, name: str) -> TraceFile | None:
    """Open an execution trace; None for one from before Go 1.22, which can only be read whole.

    Raises:
        TraceError: the bytes are no trace of a readable format, or hold no event.
    """
    if read_version(bytes(data[:HEADER_SIZE]), name=name) < FIRST_WITH_GENERATIONS:
        return None
    return TraceFile(data, name=name)


def read_trace(
    data: memoryview | bytes,
    *,
    name: str,
    progress: Progress | None = None,
    totals: bool = False,
) -> Trace:
    """Read a whole execution trace.

    Args:
        data: the file's bytes.
        name: name of the file in errors and losses.
        progress: called with the share of generations read, 0 to 1.
        totals: add up the intervals on the way; otherwise that takes decoding them again.

    Raises:
        TraceError: the bytes are no trace of a readable format, or hold at most one event.
    """
    view = memoryview(data)
    file = open_trace(view, name=name)
    if file is not None:
        return file.read(progress, totals=totals)
    # Imported for traces before Go 1.22 only: it would delay every start of the program.
    from flakecore.gotrace.v1.as_trace import read_trace_v1

    trace = read_trace_v1(view, name=name)
    if trace.events <= 1:
        raise _empty(name)
    if progress is not None:
        progress(1.0)
    return trace


def _empty(name: str) -> TraceError:
    return TraceError(
        f"{name}: holds no events",
        remedy="the process ended before its trace was written out (os.Exit, a signal?)",
    )
