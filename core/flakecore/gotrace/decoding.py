"""Decodes generations when they are looked at, and keeps those that were looked at last."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from threading import RLock

from flakecore.gotrace.edges import columns_within
from flakecore.gotrace.generation import PlacedLanes
from flakecore.gotrace.intervals import IntervalColumns
from flakecore.gotrace.names import Names

_KEPT = 256 << 20
"""Bytes of intervals kept; the last generation asked for is kept however large it is."""


class Kind(IntEnum):
    """A kind of lane, as a place among a generation's columns."""

    GOROUTINES = 0
    PROCS = 1
    THREADS = 2


LaneColumns = tuple[IntervalColumns, IntervalColumns, IntervalColumns]
"""A generation's own intervals: of goroutines, procs, threads."""


def lane_columns(placed: PlacedLanes, names: Names, origin_ns: int) -> LaneColumns:
    """Return the intervals of a generation that touch no other, under the trace's numbers."""
    return (
        columns_within(placed.goroutines, names, origin_ns),
        columns_within(placed.procs, names, origin_ns),
        columns_within(placed.threads, names, origin_ns),
    )


class Decoder:
    """Gives a trace's generations by their place; threads may share it."""

    def __init__(self, decode: Callable[[int], LaneColumns]) -> None:
        """Take what decodes the generation at a place."""
        self._decode = decode
        self._kept: OrderedDict[int, LaneColumns] = OrderedDict()
        self._size = 0
        self._lock = RLock()

    def keep(self, generation: int, columns: LaneColumns) -> None:
        """Take in a generation that has been decoded already."""
        with self._lock:
            if generation in self._kept:
                return
            self._kept[generation] = columns
            self._size += _size(columns)
            while self._size > _KEPT and len(self._kept) > 1:
                _, dropped = self._kept.popitem(last=False)
                self._size -= _size(dropped)

    def has_room(self, columns: LaneColumns) -> bool:
        """Return whether a generation can be kept without letting another go."""
        with self._lock:
            return self._size + _size(columns) <= _KEPT

    def at_hand(self, generation: int) -> bool:
        """Return whether a generation takes no decoding."""
        return generation in self._kept

    def columns(self, generation: int) -> LaneColumns:
        """Return a generation's intervals."""
        with self._lock:
            columns = self._kept.get(generation)
            if columns is None:
                columns = self._decode(generation)
                self.keep(generation, columns)
            else:
                self._kept.move_to_end(generation)
            return columns


@dataclass(frozen=True, slots=True)
class KindColumns:
    """A decoder's columns of one kind of lane."""

    decoder: Decoder
    kind: Kind

    def __call__(self, generation: int) -> IntervalColumns:
        """Return a generation's intervals."""
        return self.decoder.columns(generation)[self.kind]

    def at_hand(self, generation: int) -> bool:
        """Return whether a generation takes no decoding."""
        return self.decoder.at_hand(generation)


def _size(columns: LaneColumns) -> int:
    return sum(each.nbytes for each in columns)
