"""The first moments of a generation, told before the rest of it has been looked at.

Putting a whole generation of some million events in order takes a second, and whoever waits for
the first line waits for all of it. The first moments need but the first batches of each thread.
What is told ahead must be what the whole generation would have told first: events whose clocks
lie before some moment, and of which none waits for an event from after it. Clocks of two threads
may be at odds, so that is not believed but proved: by the numbers of goroutines and procs, which
have no gap, by their states, which follow from one another, and by procs that nobody has lost
before somebody took them. Where the proof fails, nothing is told ahead.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.events.context import Context, Statuses
from flakecore.gotrace.events.event_columns import EventColumns
from flakecore.gotrace.events.event_kinds import AFTER, BEFORE, GOROUTINE_STAND, Stand
from flakecore.gotrace.events.order import goroutine_chains, proc_chains
from flakecore.gotrace.events.validation import contradictions
from flakecore.gotrace.format.batch_index import Batch, GenerationIndex
from flakecore.gotrace.format.varint import IntColumn
from flakecore.gotrace.format.wire import Ev, GoStatus, ProcStatus, of_types

_ENOUGH = 1 << 20
"""Bytes of batches that are looked at first; a generation with less is told in one go."""

_GOROUTINE_SEQUENCED = of_types(Ev.GO_START, Ev.GO_UNBLOCK, Ev.GO_SWITCH, Ev.GO_SWITCH_DESTROY)
_SWITCH = of_types(Ev.GO_SWITCH, Ev.GO_SWITCH_DESTROY)
_STATUS = of_types(Ev.GO_STATUS, Ev.GO_STATUS_STACK)
_ASSIST = of_types(Ev.GC_MARK_ASSIST_ACTIVE, Ev.GC_MARK_ASSIST_BEGIN, Ev.GC_MARK_ASSIST_END)
_COLLECTOR = of_types(Ev.GC_ACTIVE, Ev.GC_BEGIN, Ev.GC_END)
_FREES_PROC = of_types(Ev.PROC_STOP, Ev.PROC_STEAL)
_SHOWS_LOSS = of_types(Ev.PROC_START, Ev.GO_SYSCALL_END_BLOCKED)


def opening_of(index: GenerationIndex) -> tuple[GenerationIndex, int] | None:
    """Return a generation's first batches, and the tick up to which they may be told.

    All batches that begin before twice that time are among them. None if there are few others.
    """
    sizes = np.array([batch.size for batch in index.events], np.int64)
    ticks = np.array([batch.tick for batch in index.events], np.int64)
    if sizes.sum() < 4 * _ENOUGH:
        return None
    by_tick = np.argsort(ticks, kind="stable")
    last = by_tick[np.searchsorted(np.cumsum(sizes[by_tick]), _ENOUGH)]
    until = int(ticks[last])
    left: set[int] = set()
    first: list[Batch] = []
    for batch in index.events:
        if batch.tick >= until:
            left.add(batch.thread)
        elif batch.thread not in left:
            first.append(batch)
    start = index.start_tick
    return replace(index, events=tuple(first)), start + (until - start) // 2


def told_ahead(
    events: EventColumns,
    context: Context,
    statuses: Statuses,
    order: NDArray[np.intp],
    until: int,
) -> NDArray[np.intp]:
    """Return the rows of first batches that can be told before the others are known, in order.

    Args:
        events: those of a generation's first batches.
        context: what was bound when they happened.
        statuses: the goroutine statuses among them.
        order: their rows in true order.
        until: only what happened before this tick.

    Returns:
        The first of ``order``; none where others could come before them.
    """
    passed = np.maximum.accumulate(events.tick[order])
    ahead = order[: np.searchsorted(passed, until)]
    among = np.zeros(len(events), np.bool_)
    among[ahead] = True
    proved = (
        not contradictions(events, context, where="")
        and _goroutines_follow(events, context, statuses, among)
        and _procs_follow(events, context, among)
        and _phases_follow(events, among)
    )
    return ahead if proved else ahead[:0]


def _goroutines_follow(
    events: EventColumns, context: Context, statuses: Statuses, among: NDArray[np.bool_]
) -> bool:
    """Whether each goroutine's numbers have no gap, and each of its states the one before it."""
    rows, lane = goroutine_chains(events, context)
    kept = among[rows] & ~_ASSIST[events.type[rows]]
    rows, lane = rows[kept], lane[kept]
    if not len(rows):
        return True
    kind = events.type[rows]
    # A switch stands here for the goroutine that it leaves, and for the one that it names.
    switch = _SWITCH[kind]
    named = switch & (lane != context.goroutine[rows])
    before = np.where(switch & ~named, Stand.RUNNING, BEFORE[kind])
    after = np.where(named, Stand.RUNNING, AFTER[kind])
    leaves = np.where(kind == Ev.GO_SWITCH, Stand.WAITING, Stand.NOT_EXIST)
    after = np.where(switch & ~named, leaves, after)
    status = np.flatnonzero(_STATUS[kind])
    told = statuses.status[np.searchsorted(statuses.rows, rows[status])]
    after[status] = GOROUTINE_STAND[np.clip(told, 0, len(GoStatus))]
    begins = np.append(True, lane[1:] != lane[:-1])
    known = _STATUS[kind] | (before == Stand.NOT_EXIST)
    follows = np.append(True, before[1:] == after[:-1])
    sequenced = np.flatnonzero(_GOROUTINE_SEQUENCED[kind] & (named | ~switch))
    numbers = events.argument(1, rows[sequenced])
    return bool(np.where(begins, known, follows).all()) and _gapless(lane[sequenced], numbers)


def _procs_follow(events: EventColumns, context: Context, among: NDArray[np.bool_]) -> bool:
    """Whether each proc's numbers have no gap, and it is free where it is started."""
    rows, lane = proc_chains(events, context)
    kept = among[rows]
    rows, lane = rows[kept], lane[kept]
    if not len(rows):
        return True
    kind = events.type[rows]
    begins, starts = kind == Ev.GO_SYSCALL_BEGIN, kind == Ev.PROC_START
    status = np.flatnonzero(kind == Ev.PROC_STATUS)
    told = np.zeros(len(rows), np.int64)
    told[status] = events.argument(1, rows[status])
    free = _FREES_PROC[kind] | (told == ProcStatus.IDLE)
    new = np.append(True, lane[1:] != lane[:-1])
    follows = np.where(new, told > 0, ~starts | np.append(False, free[:-1]))
    if not follows.all():
        return False
    syscalls, others = np.flatnonzero(begins), np.flatnonzero(starts | (kind == Ev.PROC_STEAL))
    sequenced = np.concatenate((syscalls, others))
    numbers = np.concatenate(
        (events.argument(0, rows[syscalls]), events.argument(1, rows[others])), dtype=np.int64
    )
    # A proc that is in a syscall at last may not show that it was lost: somebody has to take it.
    last = np.append(lane[1:] != lane[:-1], True)
    inside = rows[last & (begins | (told == ProcStatus.SYSCALL))]
    signs = np.flatnonzero(_SHOWS_LOSS[events.type] & among)
    sign = np.searchsorted(signs, inside + 1)
    inside, sign = inside[sign < len(signs)], sign[sign < len(signs)]
    lost = bool(np.any(events.thread(signs[sign]) == events.thread(inside)))
    return not lost and _gapless(lane[sequenced], numbers)


def _phases_follow(events: EventColumns, among: NDArray[np.bool_]) -> bool:
    phases = np.flatnonzero(_COLLECTOR[events.type] & among)
    numbers = np.sort(events.argument(0, phases))
    return bool(np.all(np.diff(numbers) == 1))


def _gapless(lane: IntColumn, number: IntColumn) -> bool:
    """Whether the numbers of each lane are 1, 2, 3 and so on."""
    order = np.lexsort((number, lane))
    lane, number = lane[order], number[order]
    begins = np.append(True, lane[1:] != lane[:-1])[: len(lane)]
    expected = np.append(0, number[:-1])[: len(lane)] + 1
    return bool(np.all(number == np.where(begins, 1, expected)))
