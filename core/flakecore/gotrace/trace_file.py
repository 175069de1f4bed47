"""From a trace's bytes to the trace: all of it, or only the generations that are wanted first.

Opening a file reads batch headers and the small tables that say what the clock is. Reading it
decodes generation after generation and keeps what the whole trace needs of each (``generation``).
Several generations are decoded at once, by threads: the compiled loops and numpy let go of the
interpreter. Measured on 97 million events and two cores: two threads 1.9 times as fast as one, and
a little faster than two processes, which took a third more memory; two threads that share the work
of each generation in turn 1.3 times, so that is for a generation that is read alone.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from flakecore.errors import TraceError
from flakecore.gotrace.format.batch_index import index_trace
from flakecore.gotrace.format.stacks import StackTable
from flakecore.gotrace.format.table_remap import TableRemap
from flakecore.gotrace.format.tables import read_stacks, read_strings
from flakecore.gotrace.format.trace_clock import read_clock
from flakecore.gotrace.format.wire import FIRST_WITH_GENERATIONS, HEADER_SIZE, read_version
from flakecore.gotrace.generation import Facts, Lanes, read_generation
from flakecore.gotrace.intervals.generation_cache import Decoder
from flakecore.gotrace.native.memory import give_back, share_memory
from flakecore.gotrace.trace import Trace, make_trace

_LARGE = 16 << 20
"""Bytes of a trace from which on reading it takes long enough to be noticed."""
_MOST = 4
"""Generations decoded at once, at most."""
_TOGETHER = 50 << 20
"""Bytes of generations decoded at once, where two are not more: they take nine times as much."""

Progress = Callable[[float], None]
"""Called with the share of generations read, 0 to 1."""


class TraceFile:
    """An execution trace that has been opened and not yet read."""

    def __init__(self, data: memoryview, *, name: str) -> None:
        """Read the headers; ``open_trace`` tells what they may raise."""
        self._data = data
        self._name = name
        self._index = index_trace(data, name=name)
        self._clock, self._snapshots, losses = read_clock(data, self._index, name=name)
        self._losses = (*self._index.losses, *losses)
        if not any(each.events for each in self._index.generations):
            raise _empty(name)

    def generation_at(self, wall_ns: int, since_start_ns: int | None = None) -> int | None:
        """Return the place of the generation at a wall clock time; None where that is unknown.

        A trace of before Go 1.25 holds no wall clock; there the time since the process was started
        serves, which is little more than the time since its trace was.
        """
        time = since_start_ns
        if self._snapshots:
            first = self._snapshots[0]
            time = wall_ns - first.wall_ns + self._clock.one_to_ns(first.tick)
        if time is None:
            return None
        starts = [self._clock.one_to_ns(each.start_tick) for each in self._index.generations]
        return max((at for at, start in enumerate(starts) if start <= time), default=0)

    @property
    def generations(self) -> int:
        """How many generations the file holds."""
        return len(self._index.generations)

    @property
    def large(self) -> bool:
        """Whether reading the whole of it takes longer than a person waits without a word."""
        return len(self._data) >= _LARGE and len(self._index.generations) > 1

    def read(self, progress: Progress | None = None, *, only: Sequence[int] | None = None) -> Trace:
        """Read the trace, or some of its generations by their places.

        Raises:
            TraceError: it holds at most one event.
        """
        places = range(len(self._index.generations)) if only is None else only
        table = StackTable()
        names = [self._names(place, table) for place in places]

        def decode(nth: int) -> Lanes:
            lanes = self._read(places[nth], names[nth], alone=True)[1]
            assert lanes is not None
            return lanes

        decoder = Decoder(decode)
        facts: list[Facts] = []
        for nth, (found, columns) in enumerate(self._generations(places, names)):
            facts.append(names[nth].translate(found))
            if columns is not None:
                decoder.keep(nth, columns)
            if progress is not None:
                progress((nth + 1) / len(places))
        if sum(each.events for each in facts) <= 1:
            raise _empty(self._name)
        return make_trace(
            facts,
            decoder,
            version=self._index.version,
            clock=self._clock,
            snapshots=self._snapshots,
            table=table,
            whole=only is None,
            losses=self._losses,
        )

    def _generations(
        self, places: Sequence[int], names: Sequence[TableRemap]
    ) -> Iterator[tuple[Facts, Lanes | None]]:
        """Yield generations in order; with their intervals where all of these can be kept."""
        kept = not self.large or len(places) == 1
        count = min(_MOST, os.cpu_count() or 1, len(places), self._at_once(places))
        share_memory()
        pool = ThreadPoolExecutor(max(count, 1))
        waiting, running = deque(range(len(places))), deque[Future[tuple[Facts, Lanes | None]]]()
        try:
            while waiting or running:
                while waiting and len(running) <= count:
                    nth = waiting.popleft()
                    into = names[nth] if kept else None
                    # The last one has no other beside it, or not for long.
                    last = not waiting
                    running.append(pool.submit(self._read, places[nth], into, alone=last))
                yield running.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)
            give_back()

    def _at_once(self, places: Sequence[int]) -> int:
        """Return how many generations may be decoded at once for the memory that takes."""
        generations = (self._index.generations[place] for place in places)
        sizes = [sum(batch.size for batch in each.events) for each in generations]
        return max(2, _TOGETHER // max(*sizes, 1, 1))

    def _read(
        self, place: int, into: TableRemap | None, *, alone: bool
    ) -> tuple[Facts, Lanes | None]:
        index = self._index.generations[place]
        return read_generation(
            self._data, index, self._clock, name=self._name, into=into, alone=alone
        )

    def _names(self, place: int, table: StackTable) -> TableRemap:
        index = self._index.generations[place]
        strings, _ = read_strings(self._data, index, name=self._name)
        stacks, _ = read_stacks(self._data, index, name=self._name)
        return TableRemap(table, strings, stacks)


def open_trace(data: memoryview, *, name: str) -> TraceFile | None:
    """Open an execution trace; None for one of before Go 1.22, which can only be read whole.

    Raises:
        TraceError: the bytes are no trace of a readable format, or hold no event.
    """
    if read_version(bytes(data[:HEADER_SIZE]), name=name) < FIRST_WITH_GENERATIONS:
        return None
    return TraceFile(data, name=name)


def read_trace(data: memoryview | bytes, *, name: str, progress: Progress | None = None) -> Trace:
    """Read a whole execution trace.

    Args:
        data: the file's bytes.
        name: what to call the file in errors and losses.
        progress: called with the share of generations read, 0 to 1.

    Raises:
        TraceError: the bytes are no trace of a readable format, or hold at most one event.
    """
    view = memoryview(data)
    file = open_trace(view, name=name)
    if file is not None:
        return file.read(progress)
    # Loaded for old traces only: every start of the program would wait for it.
    from flakecore.gotrace.v1.as_trace import read_old_trace

    trace = read_old_trace(view, name=name)
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
