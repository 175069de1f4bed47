"""Intervals of generations, decoded when they are looked at; the last used ones stay cached."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from threading import Lock

from flakecore.gotrace.format.table_remap import TableRemap
from flakecore.gotrace.intervals.generation_edges import inner_columns
from flakecore.gotrace.intervals.generation_intervals import GenerationIntervals
from flakecore.gotrace.intervals.intervals import IntervalColumns

_CAPACITY = 128 << 20
"""Bytes of intervals that stay cached; chosen: a busy second has about a hundred megabytes (22
million events in ten generations), and a trace of 603 MB has to be explored in 450 MB."""
_MIN_ENTRIES = 4
"""Generations that stay cached however large: three that a window touches, and the cursor's."""


class LaneType(IntEnum):
    """Type of a lane; its value is the index of that type's columns in ``LaneColumns``."""

    GOROUTINES = 0
    PROCS = 1
    THREADS = 2


@dataclass(frozen=True, slots=True)
class DecodedIntervals:
    """A generation's intervals of one type of lane as they were decoded.

    Attributes:
        intervals: under the generation's numbers, with those that touch its edges.
        target: maps its string and stack numbers to the trace's.
    """

    intervals: GenerationIntervals
    target: TableRemap

    @property
    def nbytes(self) -> int:
        """Bytes of memory that they take."""
        return self.intervals.nbytes


class LaneColumns:
    """Intervals that lie within one generation, by type of lane, under the trace's numbers.

    They are put into columns when they are first looked at, which takes a third of the time of
    reading a trace of one generation, and much of a trace is never looked at closely.

    Attributes:
        nbytes: bytes of memory that they took at first; in columns they take about as much.
    """

    def __init__(self, *by_type: DecodedIntervals | IntervalColumns) -> None:
        """Take the intervals of goroutines, procs and threads."""
        self._by_type = list(by_type)
        self._lock = Lock()
        self.nbytes = sum(each.nbytes for each in by_type)

    def __getitem__(self, lane_type: LaneType) -> IntervalColumns:
        """Return the columns of one type of lane; safe across threads."""
        found = self._by_type[lane_type]
        if isinstance(found, IntervalColumns):
            return found
        with self._lock:
            found = self._by_type[lane_type]
            if isinstance(found, DecodedIntervals):
                found = self._by_type[lane_type] = inner_columns(found.intervals, found.target)
            return found


class GenerationCache:
    """Least recently used cache of a trace's generations, by their index; safe across threads."""

    def __init__(self, decode: Callable[[int], LaneColumns], *, capacity: int = _CAPACITY) -> None:
        """Take what decodes a generation by its index, and how many bytes stay cached."""
        self._decode = decode
        self._capacity = capacity
        self._entries: OrderedDict[int, LaneColumns] = OrderedDict()
        self._size = 0
        self._lock = Lock()
        self._decoding = Lock()

    def put(self, generation: int, columns: LaneColumns) -> None:
        """Add a generation that has been decoded already."""
        with self._lock:
            if generation in self._entries:
                return
            self._entries[generation] = columns
            self._size += columns.nbytes
            while self._size > self._capacity and len(self._entries) > _MIN_ENTRIES:
                _, evicted = self._entries.popitem(last=False)
                self._size -= evicted.nbytes

    def is_cached(self, generation: int) -> bool:
        """Return whether a generation's intervals are cached."""
        return generation in self._entries

    def get(self, generation: int) -> LaneColumns:
        """Return a generation's intervals, decoding it unless it is cached."""
        columns = self._lookup(generation)
        if columns is None:
            # One decode at a time; cached generations can be read meanwhile.
            with self._decoding:
                columns = self._lookup(generation) or self._decode(generation)
                self.put(generation, columns)
        return columns

    def _lookup(self, generation: int) -> LaneColumns | None:
        with self._lock:
            columns = self._entries.get(generation)
            if columns is not None:
                self._entries.move_to_end(generation)
            return columns


@dataclass(frozen=True, slots=True)
class LaneTypeColumns:
    """The columns of one type of lane, of each generation in a cache."""

    cache: GenerationCache
    lane_type: LaneType

    def __call__(self, generation: int) -> IntervalColumns:
        """Return a generation's intervals, decoding it unless it is cached."""
        return self.cache.get(generation)[self.lane_type]

    def is_cached(self, generation: int) -> bool:
        """Return whether a generation's intervals are cached."""
        return self.cache.is_cached(generation)
