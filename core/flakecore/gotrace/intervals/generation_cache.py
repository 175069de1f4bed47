"""Intervals of generations, decoded when they are looked at; the last used ones stay cached."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from threading import Lock
from typing import NamedTuple

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


class LaneColumns(NamedTuple):
    """Intervals that lie within one generation, by type of lane, under the trace's numbers."""

    goroutines: IntervalColumns
    procs: IntervalColumns
    threads: IntervalColumns


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
            self._size += _size(columns)
            while self._size > self._capacity and len(self._entries) > _MIN_ENTRIES:
                _, evicted = self._entries.popitem(last=False)
                self._size -= _size(evicted)

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


def _size(columns: LaneColumns) -> int:
    return sum(each.nbytes for each in columns)
