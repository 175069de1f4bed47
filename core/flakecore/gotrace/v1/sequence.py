"""Sequence numbers: in which order events of different procs changed a goroutine.

The runtime counts for each goroutine how often it was created, unblocked, started and so on. The
count is written only where the last such event was another proc's; an event that follows its
predecessor on the same proc ("local") does without, so its number is one more than that of the
goroutine's last event in the same stream (``src/runtime/trace.go``, ``gTraceState``;
``tracev1/order.go``).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.events.sequence import lane_order
from flakecore.gotrace.format.varint import IntColumn
from flakecore.gotrace.v1.events import OldEvents
from flakecore.gotrace.v1.format.wire import SEQUENCED, EvV1, of_types

_MOST = (1 << 31) - 1
_LOCAL = of_types(EvV1.GO_START_LOCAL, EvV1.GO_UNBLOCK_LOCAL, EvV1.GO_SYS_EXIT_LOCAL)
_INITIAL = of_types(EvV1.GO_WAITING, EvV1.GO_IN_SYSCALL)
_PIECE = 1 << 19
"""Events looked at together."""


def read_sequence(events: OldEvents) -> IntColumn:
    """Return how often the goroutine that each event names was changed before; 0 at the others."""
    sequence: IntColumn = np.zeros(len(events), np.int32)
    last = _Last()
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
        completed = _completed(tick, goroutine, sequence[rows], is_lost)
        sequence = sequence.astype(np.int64)
        sequence[rows] = completed
    return sequence


class _Last:
    """The last number of each goroutine so far, and in which stretch it was."""

    def __init__(self) -> None:
        self.goroutine = np.zeros(0, np.int64)
        self.number = np.zeros(0, np.int64)
        self.stretch = np.zeros(0, np.int64)

    def find(
        self, goroutine: NDArray[np.int64], stretch: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return the last numbers of goroutines, and where there is none in the same stretch."""
        if not len(self.goroutine):
            return np.zeros(len(goroutine), np.int64), np.ones(len(goroutine), np.bool_)
        place = np.searchsorted(self.goroutine, goroutine)
        place = np.minimum(place, len(self.goroutine) - 1)
        unknown = (self.goroutine[place] != goroutine) | (self.stretch[place] != stretch)
        return self.number[place], unknown

    def note(
        self, goroutine: NDArray[np.int64], number: NDArray[np.int64], stretch: NDArray[np.int64]
    ) -> None:
        """Take what came last; each goroutine is given once."""
        old = np.isin(self.goroutine, goroutine, invert=True)
        joined = np.concatenate((self.goroutine[old], goroutine))
        order = np.argsort(joined)
        self.goroutine = joined[order]
        self.number = np.concatenate((self.number[old], number))[order]
        self.stretch = np.concatenate((self.stretch[old], stretch))[order]


def _numbers(
    events: OldEvents, rows: NDArray[np.intp], last: _Last
) -> tuple[IntColumn, NDArray[np.bool_]]:
    """Return the numbers of rows that follow one another, and which are not known."""
    kind = events.type[rows]
    number = events.number[rows]
    number = number.astype(np.result_type(number, np.int32))
    number[_INITIAL[kind]] = 1
    lane = events.named[rows]
    lane = lane.astype(np.result_type(lane, np.int32), copy=False)
    order = lane_order(lane, np.zeros(len(rows), np.int32))
    stretch = np.searchsorted(events.renewals, rows, side="right")[order]
    goroutine, local, number = lane[order], _LOCAL[kind[order]], number[order]
    begins = np.ones(len(order), np.bool_)
    begins[1:] = (goroutine[1:] != goroutine[:-1]) | (stretch[1:] != stretch[:-1])
    place = np.arange(len(order))
    base = np.maximum.accumulate(np.where(begins | ~local, place, 0))
    following = np.flatnonzero(local)
    number[following] = number[base[following]] + (following - base[following])
    unknown = local[base]
    if unknown.any():
        # What these follow stands further back, or is lost.
        before, none = last.find(goroutine[unknown].astype(np.int64), stretch[unknown])
        since = (place - base)[unknown] + 1
        number[unknown] = np.where(none, since, np.clip(before, 0, _MOST - len(rows)) + since)
        unknown[unknown] = none
    ends = np.append(goroutine[1:] != goroutine[:-1], True)[: len(order)] & ~unknown
    last.note(goroutine[ends].astype(np.int64), number[ends].astype(np.int64), stretch[ends])
    back = np.empty(len(order), np.intp)
    back[order] = place
    return number[back], unknown[back]


def _completed(
    tick: NDArray[np.int64],
    goroutine: IntColumn,
    number: IntColumn,
    lost: NDArray[np.bool_],
) -> NDArray[np.int64]:
    """Return the numbers with those filled in whose predecessors were lost to damage.

    By time, each is one more than the last of its goroutine. All events that have a number are
    given, by goroutine.
    """
    order = np.lexsort((tick, goroutine))
    lost_here = lost[order]
    known = np.where(lost_here, 0, np.clip(number[order].astype(np.int64), 0, _MOST))
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
