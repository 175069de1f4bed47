"""Sequence numbers: the order of a goroutine's transitions over all procs.

The runtime counts for each goroutine how often it was created, unblocked, started and so on. The
count is written only where the last such event was another proc's; an event that follows its
predecessor on the same proc ("local") has none, and its number is one more than that of the
goroutine's last event in the same stream (``src/runtime/trace.go``, ``gTraceState``;
``tracev1/order.go``).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.events.sequence import lane_order
from flakecore.gotrace.format.varint import IntColumn
from flakecore.gotrace.v1.events import EventsV1
from flakecore.gotrace.v1.format.wire import SEQUENCED, EvV1, of_types

_MAX_NUMBER = (1 << 31) - 1
_LOCAL = of_types(EvV1.GO_START_LOCAL, EvV1.GO_UNBLOCK_LOCAL, EvV1.GO_SYS_EXIT_LOCAL)
_INITIAL = of_types(EvV1.GO_WAITING, EvV1.GO_IN_SYSCALL)
_PIECE = 1 << 19
"""Events numbered at a time, which bounds the memory of temporary columns."""


def read_sequence(events: EventsV1) -> IntColumn:
    """Return the sequence number of each event that names a goroutine, 0 of the others; (n,)."""
    sequence: IntColumn = np.zeros(len(events), np.int32)
    last = _LastNumbers()
    lost = [np.zeros(0, np.int64)]
    for at in range(0, len(events), _PIECE):
        rows = np.flatnonzero(SEQUENCED[events.type[at : at + _PIECE]]) + at
        number, unknown = _numbers(events, rows, last)
        if number.dtype != sequence.dtype:
            sequence = sequence.astype(np.int64, copy=False)
        sequence[rows] = number
        lost.append(rows[unknown])
    unknown = np.concatenate(lost)
    if len(unknown):
        rows = np.flatnonzero(SEQUENCED[events.type])
        is_lost = np.isin(rows, unknown)
        tick, goroutine = events.tick[rows], events.named[rows]
        completed = _interpolated(tick, goroutine, sequence[rows], is_lost)
        sequence = sequence.astype(np.int64)
        sequence[rows] = completed
    return sequence


class _LastNumbers:
    """The last sequence number of each goroutine so far, and the continuous part it was in."""

    def __init__(self) -> None:
        self.goroutine = np.zeros(0, np.int64)
        self.number = np.zeros(0, np.int64)
        self.part = np.zeros(0, np.int64)

    def find(
        self, goroutine: NDArray[np.int64], part: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return the last numbers of goroutines, and which have none in the same part."""
        if not len(self.goroutine):
            return np.zeros(len(goroutine), np.int64), np.ones(len(goroutine), np.bool_)
        index = np.searchsorted(self.goroutine, goroutine)
        index = np.minimum(index, len(self.goroutine) - 1)
        unknown = (self.goroutine[index] != goroutine) | (self.part[index] != part)
        return self.number[index], unknown

    def note(
        self, goroutine: NDArray[np.int64], number: NDArray[np.int64], part: NDArray[np.int64]
    ) -> None:
        """Set the last numbers of goroutines, each given once."""
        old = np.isin(self.goroutine, goroutine, invert=True)
        joined = np.concatenate((self.goroutine[old], goroutine))
        order = np.argsort(joined)
        self.goroutine = joined[order]
        self.number = np.concatenate((self.number[old], number))[order]
        self.part = np.concatenate((self.part[old], part))[order]


def _numbers(
    events: EventsV1, rows: NDArray[np.intp], last: _LastNumbers
) -> tuple[IntColumn, NDArray[np.bool_]]:
    """Return the numbers of successive rows, and which are unknown."""
    kind = events.type[rows]
    number = events.number[rows]
    number = number.astype(np.result_type(number, np.int32))
    number[_INITIAL[kind]] = 1
    lane = events.named[rows]
    lane = lane.astype(np.result_type(lane, np.int32), copy=False)
    order = lane_order(lane, np.zeros(len(rows), np.int32))
    part = np.searchsorted(events.discontinuities, rows, side="right")[order]
    goroutine, local, number = lane[order], _LOCAL[kind[order]], number[order]
    begins = np.ones(len(order), np.bool_)
    begins[1:] = (goroutine[1:] != goroutine[:-1]) | (part[1:] != part[:-1])
    index = np.arange(len(order))
    base = np.maximum.accumulate(np.where(begins | ~local, index, 0))
    following = np.flatnonzero(local)
    number[following] = number[base[following]] + (following - base[following])
    unknown = local[base]
    if unknown.any():
        # Their predecessors are in an earlier piece, or lost.
        before, none = last.find(goroutine[unknown].astype(np.int64), part[unknown])
        since = (index - base)[unknown] + 1
        number[unknown] = np.where(none, since, np.clip(before, 0, _MAX_NUMBER - len(rows)) + since)
        unknown[unknown] = none
    ends = np.append(goroutine[1:] != goroutine[:-1], True)[: len(order)] & ~unknown
    last.note(goroutine[ends].astype(np.int64), number[ends].astype(np.int64), part[ends])
    back = np.empty(len(order), np.intp)
    back[order] = index
    return number[back], unknown[back]


def _interpolated(
    tick: NDArray[np.int64],
    goroutine: IntColumn,
    number: IntColumn,
    lost: NDArray[np.bool_],
) -> NDArray[np.int64]:
    """Return the numbers, with those interpolated whose predecessors were lost to damage.

    By time, each is one more than the last of its goroutine. All columns are (k,), the events that
    have a number, by goroutine; ``lost`` marks the unknown ones.
    """
    order = np.lexsort((tick, goroutine))
    lost_here = lost[order]
    known = np.where(lost_here, 0, np.clip(number[order].astype(np.int64), 0, _MAX_NUMBER))
    begins = np.append(True, np.diff(goroutine[order]) != 0)
    lift = np.cumsum(begins) << 32
    reached = np.maximum.accumulate(known + lift) - lift
    count = np.cumsum(lost_here)
    since: NDArray[np.int64] = count - np.maximum.accumulate(
        np.where(begins | ~lost_here, count - lost_here, 0)
    )
    completed = number.astype(np.int64)
    completed[order[lost_here]] = (reached + since)[lost_here]
    return completed
