"""The events of a stretch of time in one order that could have happened.

Certain are each proc's own stream, the order in which a goroutine changed, and that of the
collections; everything else goes by time (``tracev1/order.go``). The end of a syscall that was
written late has no other place than its time, and comes last of what happened then.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.events.context import NO_GOROUTINE
from flakecore.gotrace.events.order import Chains, order_along
from flakecore.gotrace.events.sequence import lane_order
from flakecore.gotrace.v1.format.wire import SEQUENCED, EvV1, of_types
from flakecore.gotrace.v1.segments import STOPS, Segment

_OWN = STOPS | of_types(EvV1.GO_SYS_CALL)


def true_order(stretch: Segment) -> NDArray[np.intp]:
    """Return the events of a stretch in true order: a permutation, (n,)."""
    written = stretch.written
    rows = stretch.rows[:written]
    tick = stretch.events.tick[rows]
    ends = np.searchsorted(rows, stretch.events.streams[1:])
    stream = np.repeat(np.arange(len(ends), dtype=np.int32), np.diff(ends, prepend=0))
    order = order_along(tick, stream, _chains(stretch))
    passed = np.maximum.accumulate(tick[order])
    place = np.searchsorted(passed, stretch.tick[written:], side="right")
    return np.insert(order, place, np.arange(written, len(stretch)))


def _chains(stretch: Segment) -> Chains:
    kind = stretch.type[: stretch.written]
    own = _OWN[kind] & (stretch.running[: stretch.written] != NO_GOROUTINE)
    rows = np.flatnonzero(own | SEQUENCED[kind])
    own = own[rows]
    lane = np.where(own, stretch.running[rows], stretch.named[rows])
    order = lane_order(lane, 2 * stretch.sequence[rows].astype(np.int64) + own)
    lane = lane[order]
    chain = np.zeros(len(order), np.int32)
    chain[1:] = np.cumsum(lane[1:] != lane[:-1], dtype=np.int32)

    collections = np.flatnonzero(kind == EvV1.GC_START)
    number = stretch.argument(0, collections)
    collections = collections[np.argsort(number, kind="stable")]
    last = int(chain[-1]) + 1 if len(chain) else 0
    return Chains(
        np.concatenate((rows[order], collections), dtype=np.int32),
        np.concatenate((chain, np.full(len(collections), last, np.int32))),
    )
