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

from flakecore.gotrace.old.context import spread
from flakecore.gotrace.old.events import OldEvents
from flakecore.gotrace.old.wire import SEQUENCE_ARGUMENT, Ev, of_types
from flakecore.gotrace.transitions import lane_order
from flakecore.gotrace.varint import Places

SEQUENCED = of_types(
    Ev.GO_CREATE,
    Ev.GO_WAITING,
    Ev.GO_IN_SYSCALL,
    Ev.GO_START,
    Ev.GO_START_LOCAL,
    Ev.GO_START_LABEL,
    Ev.GO_UNBLOCK,
    Ev.GO_UNBLOCK_LOCAL,
    Ev.GO_SYS_EXIT,
    Ev.GO_SYS_EXIT_LOCAL,
)
"""Types that name a goroutine, first of all arguments, and count up its sequence number."""
_LOCAL = of_types(Ev.GO_START_LOCAL, Ev.GO_UNBLOCK_LOCAL, Ev.GO_SYS_EXIT_LOCAL)


def sequence_numbers(events: OldEvents) -> Places:
    """Return the sequence number of each event that has one, 0 for the others; (n,)."""
    rows = np.flatnonzero(SEQUENCED[events.type])
    goroutine = events.argument(0, rows)
    kind = events.type[rows]
    number = events.chosen_argument(SEQUENCE_ARGUMENT, rows)
    number[(kind == Ev.GO_WAITING) | (kind == Ev.GO_IN_SYSCALL)] = 1
    stretch = np.searchsorted(events.renewals, rows, side="right")

    order = lane_order(goroutine, np.zeros(len(rows), np.int32))
    goroutine, stretch, number = goroutine[order], stretch[order], number[order]
    local = _LOCAL[kind[order]]
    place = np.arange(len(order))
    begins = np.ones(len(order), np.bool_)
    begins[1:] = (goroutine[1:] != goroutine[:-1]) | (stretch[1:] != stretch[:-1])
    base = np.maximum.accumulate(np.where(begins | ~local, place, 0))
    lost = local[base]
    if lost.any():
        number[lost] = _by_time(events.tick[rows[order]], goroutine, number, lost)[base[lost]]
    following = np.flatnonzero(local)
    number[following] = number[base[following]] + (following - base[following])
    return spread(0, number, rows[order], len(events))


def _by_time(
    tick: NDArray[np.int64],
    goroutine: Places,
    number: Places,
    lost: NDArray[np.bool_],
) -> NDArray[np.int64]:
    """Return for each event the largest number its goroutine had reached before its time.

    It stands in for the number of a local event whose predecessor was lost to damage; all events
    that have a number are given, by goroutine.
    """
    order = np.lexsort((tick, goroutine))
    known = np.where(lost, 0, np.clip(number, 0, 1 << 31))[order]
    part = np.cumsum(np.append(False, np.diff(goroutine[order]) != 0))
    reached = np.maximum.accumulate((part << 32) + known) - (part << 32)
    by_event = np.zeros(len(order), np.int64)
    by_event[order] = reached
    return by_event
