"""Decodes generations when they are looked at, and keeps those that were looked at last."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from threading import Lock

from flakecore.gotrace.generation import Lanes
from flakecore.gotrace.intervals.intervals import IntervalColumns

_KEPT = 128 << 20
"""Bytes of intervals kept beyond those of the last few generations."""
_LEAST = 4
"""Generations kept however large they are: a window over three of them, and the cursor's."""


class LaneType(IntEnum):
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
        self._lock = Lock()
        self._decoding = Lock()

    def keep(self, generation: int, columns: Lanes) -> None:
        """Take in a generation that has been decoded already."""
        with self._lock:
            if generation in self._kept:
                return
            self._kept[generation] = columns
            self._size += _size(columns)
            while self._size > self._most and len(self._kept) > _LEAST:
                _, dropped = self._kept.popitem(last=False)
                self._size -= _size(dropped)

    def at_hand(self, generation: int) -> bool:
        """Return whether a generation takes no decoding."""
        return generation in self._kept

    def columns(self, generation: int) -> Lanes:
        """Return a generation's intervals."""
        columns = self._get(generation)
        if columns is None:
            # One at a time, and while that takes, what is at hand can still be looked at.
            with self._decoding:
                columns = self._get(generation) or self._decode(generation)
                self.keep(generation, columns)
        return columns

    def _get(self, generation: int) -> Lanes | None:
        with self._lock:
            columns = self._kept.get(generation)
            if columns is not None:
                self._kept.move_to_end(generation)
            return columns


@dataclass(frozen=True, slots=True)
class KindColumns:
    """A decoder's columns of one kind of lane."""

    decoder: Decoder
    kind: LaneType

    def __call__(self, generation: int) -> IntervalColumns:
        """Return a generation's intervals."""
        return self.decoder.columns(generation)[self.kind]

    def at_hand(self, generation: int) -> bool:
        """Return whether a generation takes no decoding."""
        return self.decoder.at_hand(generation)


def _size(columns: Lanes) -> int:
    return sum(each.nbytes for each in columns)
