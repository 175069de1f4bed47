"""Sequence numbers: in which order events of different procs changed a goroutine.

The runtime counts for each goroutine how often it was created, unblocked, started and so on. The
count is written only where the last such event was another proc's; an event that follows its
predecessor on the same proc ("local") does without, so its number is one more than that of the
goroutine's last event in the same stream (``src/runtime/trace.go``, ``gTraceState``;
``tracev1/order.go``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.old.events import OldEvents, spread
from flakecore.gotrace.old.wire import SEQUENCE_ARGUMENT, Ev, of_types
from flakecore.gotrace.sequence import lane_order
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
_MOST = (1 << 31) - 1
_LOCAL = of_types(Ev.GO_START_LOCAL, Ev.GO_UNBLOCK_LOCAL, Ev.GO_SYS_EXIT_LOCAL)


@dataclass(frozen=True, slots=True)
class Named:
    """What events that name a goroutine say of it; every column (n,), 0 at all other events.

    Attributes:
        goroutine: its number.
        sequence: how often it was changed by such events before.
    """

    goroutine: Places
    sequence: Places


def read_named(events: OldEvents) -> Named:
    """Return which goroutines the events name, with their sequence numbers."""
    rows = np.flatnonzero(SEQUENCED[events.type])
    goroutine = events.argument(0, rows)
    kind = events.type[rows]
    number = events.chosen_argument(SEQUENCE_ARGUMENT, rows)
    number[(kind == Ev.GO_WAITING) | (kind == Ev.GO_IN_SYSCALL)] = 1
    stretch = np.searchsorted(events.renewals, rows, side="right")

    order = lane_order(goroutine, np.zeros(len(rows), np.int32))
    count = len(events)
    named = spread(0, goroutine, rows, count)
    goroutine, stretch, number = goroutine[order], stretch[order], number[order]
    local = _LOCAL[kind[order]]
    place = np.arange(len(order))
    begins = np.ones(len(order), np.bool_)
    begins[1:] = (goroutine[1:] != goroutine[:-1]) | (stretch[1:] != stretch[:-1])
    base = np.maximum.accumulate(np.where(begins | ~local, place, 0))
    following = np.flatnonzero(local)
    number[following] = number[base[following]] + (following - base[following])
    lost = local[base]
    if lost.any():
        number = _completed(events.tick[rows[order]], goroutine, number, lost)
    return Named(named, spread(0, number, rows[order], count))


def _completed(
    tick: NDArray[np.int64],
    goroutine: Places,
    number: Places,
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
