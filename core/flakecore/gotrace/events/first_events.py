"""The first events of a generation, in true order before the rest of it is decoded.

Ordering a whole generation of some million events takes a second, which is how long the first line
of output would take. The first events need only the first batches of each thread. They must be the
first ones of the whole generation's order too: those before some tick, none of which waits for an
event after it. Threads' clocks may disagree, so this is verified: sequence numbers of goroutines
and procs have no gap, each state follows from the one before, and no thread shows a proc as lost
before another steals it. Where that fails, the prefix is empty.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.events.context import Context, Statuses
from flakecore.gotrace.events.event_columns import EventColumns
from flakecore.gotrace.events.event_kinds import (
    FROM_STATE,
    GOROUTINE_STATUS_STATE,
    TO_STATE,
    ResourceState,
)
from flakecore.gotrace.events.order import goroutine_chains, proc_chains
from flakecore.gotrace.events.validation import context_losses
from flakecore.gotrace.format.batch_index import Batch, GenerationIndex
from flakecore.gotrace.format.varint import IntColumn
from flakecore.gotrace.format.wire import Ev, GoStatus, ProcStatus, of_types

_PREFIX_BYTES = 1 << 20
"""Bytes of batches that are decoded first; a generation of less than four times as much is decoded
at once. The time to the first block grows with it."""

_GOROUTINE_SEQUENCED = of_types(Ev.GO_START, Ev.GO_UNBLOCK, Ev.GO_SWITCH, Ev.GO_SWITCH_DESTROY)
_SWITCH = of_types(Ev.GO_SWITCH, Ev.GO_SWITCH_DESTROY)
_STATUS = of_types(Ev.GO_STATUS, Ev.GO_STATUS_STACK)
_ASSIST = of_types(Ev.GC_MARK_ASSIST_ACTIVE, Ev.GC_MARK_ASSIST_BEGIN, Ev.GC_MARK_ASSIST_END)
_COLLECTOR = of_types(Ev.GC_ACTIVE, Ev.GC_BEGIN, Ev.GC_END)
_FREES_PROC = of_types(Ev.PROC_STOP, Ev.PROC_STEAL)
_SHOWS_LOSS = of_types(Ev.PROC_START, Ev.GO_SYSCALL_END_BLOCKED)


def first_batches(index: GenerationIndex) -> tuple[GenerationIndex, int] | None:
    """Return a generation's first batches, and the tick before which their events may be settled.

    They are all batches that begin before twice that tick, counted from the generation's start.
    None where the generation is too small.
    """
    sizes = np.array([batch.size for batch in index.events], np.int64)
    ticks = np.array([batch.tick for batch in index.events], np.int64)
    if sizes.sum() < 4 * _PREFIX_BYTES:
        return None
    by_tick = np.argsort(ticks, kind="stable")
    last = by_tick[np.searchsorted(np.cumsum(sizes[by_tick]), _PREFIX_BYTES)]
    until = int(ticks[last])
    excluded: set[int] = set()
    first: list[Batch] = []
    for batch in index.events:
        if batch.tick >= until:
            excluded.add(batch.thread)
        elif batch.thread not in excluded:
            first.append(batch)
    start = index.start_tick
    return replace(index, events=tuple(first)), start + (until - start) // 2


def settled_prefix(
    events: EventColumns,
    context: Context,
    statuses: Statuses,
    order: NDArray[np.intp],
    until: int,
) -> NDArray[np.intp]:
    """Return the first rows of ``order`` whose order no later batch can change.

    Args:
        events: those of a generation's first batches.
        context: their context.
        statuses: the goroutine statuses among them.
        order: their rows in true order.
        until: only events before this tick.

    Returns:
        A prefix of ``order``; empty where events of later batches could come before some of it.
    """
    latest = np.maximum.accumulate(events.tick[order])
    prefix = order[: np.searchsorted(latest, until)]
    in_prefix = np.zeros(len(events), np.bool_)
    in_prefix[prefix] = True
    verified = (
        not context_losses(events, context, where="")
        and _goroutines_consistent(events, context, statuses, in_prefix)
        and _procs_consistent(events, context, in_prefix)
        and _phases_consistent(events, in_prefix)
    )
    return prefix if verified else prefix[:0]


def _goroutines_consistent(
    events: EventColumns, context: Context, statuses: Statuses, in_prefix: NDArray[np.bool_]
) -> bool:
    """Return whether goroutines' numbers have no gap and their states follow one another."""
    rows, lane = goroutine_chains(events, context)
    in_prefix_rows = in_prefix[rows] & ~_ASSIST[events.type[rows]]
    rows, lane = rows[in_prefix_rows], lane[in_prefix_rows]
    if not len(rows):
        return True
    kind = events.type[rows]
    # A switch has two rows: of the goroutine that it leaves, and of the one that it names.
    switch = _SWITCH[kind]
    named = switch & (lane != context.goroutine[rows])
    before = np.where(switch & ~named, ResourceState.RUNNING, FROM_STATE[kind])
    after = np.where(named, ResourceState.RUNNING, TO_STATE[kind])
    leaves = np.where(kind == Ev.GO_SWITCH, ResourceState.WAITING, ResourceState.NOT_EXIST)
    after = np.where(switch & ~named, leaves, after)
    status = np.flatnonzero(_STATUS[kind])
    status_value = statuses.status[np.searchsorted(statuses.rows, rows[status])]
    after[status] = GOROUTINE_STATUS_STATE[np.clip(status_value, 0, len(GoStatus))]
    begins = np.append(True, lane[1:] != lane[:-1])
    initial = _STATUS[kind] | (before == ResourceState.NOT_EXIST)
    follows = np.append(True, before[1:] == after[:-1])
    sequenced = np.flatnonzero(_GOROUTINE_SEQUENCED[kind] & (named | ~switch))
    numbers = events.argument(1, rows[sequenced])
    return bool(np.where(begins, initial, follows).all()) and _gapless(lane[sequenced], numbers)


def _procs_consistent(events: EventColumns, context: Context, in_prefix: NDArray[np.bool_]) -> bool:
    """Return whether procs' numbers have no gap, and each is idle where it is started."""
    rows, lane = proc_chains(events, context)
    in_prefix_rows = in_prefix[rows]
    rows, lane = rows[in_prefix_rows], lane[in_prefix_rows]
    if not len(rows):
        return True
    kind = events.type[rows]
    begins, starts = kind == Ev.GO_SYSCALL_BEGIN, kind == Ev.PROC_START
    status = np.flatnonzero(kind == Ev.PROC_STATUS)
    status_value = np.zeros(len(rows), np.int64)
    status_value[status] = events.argument(1, rows[status])
    free = _FREES_PROC[kind] | (status_value == ProcStatus.IDLE)
    new = np.append(True, lane[1:] != lane[:-1])
    follows = np.where(new, status_value > 0, ~starts | np.append(False, free[:-1]))
    if not follows.all():
        return False
    syscalls, others = np.flatnonzero(begins), np.flatnonzero(starts | (kind == Ev.PROC_STEAL))
    sequenced = np.concatenate((syscalls, others))
    numbers = np.concatenate(
        (events.argument(0, rows[syscalls]), events.argument(1, rows[others])), dtype=np.int64
    )
    # A thread whose proc is last seen in a syscall may not show it as lost: the steal is missing.
    last = np.append(lane[1:] != lane[:-1], True)
    inside = rows[last & (begins | (status_value == ProcStatus.SYSCALL))]
    signs = np.flatnonzero(_SHOWS_LOSS[events.type] & in_prefix)
    sign = np.searchsorted(signs, inside + 1)
    inside, sign = inside[sign < len(signs)], sign[sign < len(signs)]
    lost = bool(np.any(events.thread(signs[sign]) == events.thread(inside)))
    return not lost and _gapless(lane[sequenced], numbers)


def _phases_consistent(events: EventColumns, in_prefix: NDArray[np.bool_]) -> bool:
    """Return whether the collector's sequence numbers have no gap."""
    phases = np.flatnonzero(_COLLECTOR[events.type] & in_prefix)
    numbers = np.sort(events.argument(0, phases))
    return bool(np.all(np.diff(numbers) == 1))


def _gapless(lane: IntColumn, number: IntColumn) -> bool:
    """Return whether the numbers of each lane are 1, 2, 3 and so on."""
    order = np.lexsort((number, lane))
    lane, number = lane[order], number[order]
    begins = np.append(True, lane[1:] != lane[:-1])[: len(lane)]
    expected = np.append(0, number[:-1])[: len(lane)] + 1
    return bool(np.all(number == np.where(begins, 1, expected)))
