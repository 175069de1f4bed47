"""Decodes generations when they are looked at, and keeps those that were looked at last."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from threading import RLock

from flakecore.gotrace.generation import Lanes
from flakecore.gotrace.intervals import IntervalColumns

_KEPT = 256 << 20
"""Bytes of intervals kept; the last generation asked for is kept however large it is."""


class Kind(IntEnum):
    """A kind of lane, as a place among a generation's columns."""

    GOROUTINES = 0
    PROCS = 1
    THREADS = 2


class Decoder:
    """Gives a trace's generations by their place; threads may share it."""

    def __init__(self, decode: Callable[[int], Lanes], *, kept: int = _KEPT) -> None:
        """Take what decodes the generation at a place, and how many bytes to keep."""
        self._decode = decode
        self._most = kept
        self._kept: OrderedDict[int, Lanes] = OrderedDict()
        self._size = 0
        self._lock = RLock()

    def keep(self, generation: int, columns: Lanes) -> None:
        """Take in a generation that has been decoded already."""
        with self._lock:
            if generation in self._kept:
                return
            self._kept[generation] = columns
            self._size += _size(columns)
            while self._size > self._most and len(self._kept) > 1:
                _, dropped = self._kept.popitem(last=False)
                self._size -= _size(dropped)

    def has_room(self, columns: Lanes) -> bool:
        """Return whether a generation can be kept without letting another go."""
        with self._lock:
            return self._size + _size(columns) <= self._most

    def at_hand(self, generation: int) -> bool:
        """Return whether a generation takes no decoding."""
        return generation in self._kept

    def columns(self, generation: int) -> Lanes:
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


def _size(columns: Lanes) -> int:
    return sum(each.nbytes for each in columns)
