"""The events of a segment in one total order that could have happened.

Given are the order of each proc's stream, of each goroutine's transitions, and of the collections;
all else follows time (``tracev1/order.go``). The end of a syscall that was written late has only
its time, and comes last of all events at that time.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.events.context import NO_GOROUTINE
from flakecore.gotrace.events.order import Chains, order_along
from flakecore.gotrace.events.sequence import lane_order
from flakecore.gotrace.v1.format.wire import SEQUENCED, EvV1, of_types
from flakecore.gotrace.v1.proc_bindings import STOPS
from flakecore.gotrace.v1.segments import Segment

_OWN = STOPS | of_types(EvV1.GO_SYS_CALL)


def true_order(segment: Segment) -> NDArray[np.intp]:
    """Return the rows of a segment in true order: a permutation, (n,)."""
    written = segment.written
    rows = segment.rows[:written]
    tick = segment.events.tick[rows]
    ends = np.searchsorted(rows, segment.events.streams[1:])
    stream = np.repeat(np.arange(len(ends), dtype=np.int32), np.diff(ends, prepend=0))
    order = order_along(tick, stream, _chains(segment))
    passed = np.maximum.accumulate(tick[order])
    index = np.searchsorted(passed, segment.tick[written:], side="right")
    return np.insert(order, index, np.arange(written, len(segment)))


def _chains(segment: Segment) -> Chains:
    kind = segment.type[: segment.written]
    own = _OWN[kind] & (segment.running[: segment.written] != NO_GOROUTINE)
    rows = np.flatnonzero(own | SEQUENCED[kind])
    own = own[rows]
    lane = np.where(own, segment.running[rows], segment.named[rows])
    order = lane_order(lane, 2 * segment.sequence[rows].astype(np.int64) + own)
    lane = lane[order]
    chain = np.zeros(len(order), np.int32)
    chain[1:] = np.cumsum(lane[1:] != lane[:-1], dtype=np.int32)

    collections = np.flatnonzero(kind == EvV1.GC_START)
    number = segment.argument(0, collections)
    collections = collections[np.argsort(number, kind="stable")]
    last = int(chain[-1]) + 1 if len(chain) else 0
    return Chains(
        np.concatenate((rows[order], collections), dtype=np.int32),
        np.concatenate((chain, np.full(len(collections), last, np.int32))),
    )
