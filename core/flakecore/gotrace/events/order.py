"""The events of a generation in one total order that could have happened.

The problem: threads write separate streams, their clocks tie and may disagree, so neither the
file's order nor time is the order of events. Certain are chains: each thread's own stream; the
events of one goroutine or proc, which have sequence numbers wherever two threads could have raced;
the collector's phases; and a proc that is stolen from a thread in a syscall is stolen before that
thread's next event without it (``src/internal/trace/order.go`` waits for just these). All else
follows time.

Go's reader merges the threads event by event and holds back events that may not happen yet. Here
time is relaxed instead: every event is raised to the latest time before it on any of its chains,
by a running maximum along all chains at once, until nothing changes. Real clocks hardly ever need
that; each pass goes the whole length of every chain, so their number is that of changes between
chains on a path, not that of its events. What is left are ties, whose rows are taken in waves: each
thread goes on until an event that must follow one of another thread which an earlier wave has not
taken. A trace whose ticks are all equal, one tie, needs some hundred.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.events.context import NO_GOROUTINE, NO_PROC, Context
from flakecore.gotrace.events.event_columns import EventColumns
from flakecore.gotrace.events.sequence import lane_order
from flakecore.gotrace.format.varint import IntColumn
from flakecore.gotrace.format.wire import CHANGES_OWN_STATE, Ev, ProcStatus, of_types

_PASSES, _PASS_WORK = 100, 100_000_000
"""At least so many passes are allowed, and more while rows times passes stay below so much work.
Clocks of threads that disagree by a millisecond need four. Only damage needs more, and cycles,
which only damage makes."""

_WAVE_WORK, _WAVE_COST = 100_000_000, 2_000
"""So many links may be looked at in waves, each of which costs as much as so many links: three
seconds in all. A trace of 190,000 events with all ticks set to zero needs a fiftieth."""

_LINKS_AT_ONCE, _MOST_LINKS = 32, 1 << 20
"""Links of a run that one wave looks at, and of all together beyond the first of each; chosen."""

_GOROUTINE_OWN = CHANGES_OWN_STATE | of_types(Ev.GC_MARK_ASSIST_END)
_GOROUTINE_SEQUENCED = of_types(Ev.GO_START, Ev.GO_UNBLOCK, Ev.GO_SWITCH, Ev.GO_SWITCH_DESTROY)
_STATUS = of_types(Ev.GO_STATUS, Ev.GO_STATUS_STACK, Ev.GC_MARK_ASSIST_ACTIVE)
_GOROUTINE_NAMED = (
    _GOROUTINE_SEQUENCED
    | _STATUS
    | of_types(Ev.GO_CREATE, Ev.GO_CREATE_BLOCKED, Ev.GO_CREATE_SYSCALL)
)
_PROC_OWN = of_types(Ev.PROC_STOP, Ev.GO_SYSCALL_END, Ev.GO_DESTROY_SYSCALL, Ev.GC_SWEEP_END)
_PROC_SEQUENCED = of_types(Ev.PROC_START, Ev.PROC_STEAL)
_PROC_NAMED = _PROC_SEQUENCED | of_types(Ev.PROC_STATUS, Ev.GC_SWEEP_ACTIVE)
_COLLECTOR = of_types(Ev.GC_ACTIVE, Ev.GC_BEGIN, Ev.GC_END)
_SHOWS_LOSS = of_types(Ev.PROC_START, Ev.GO_SYSCALL_END_BLOCKED)


@dataclass(frozen=True, slots=True)
class Chains:
    """Rows that must follow one another, chain after chain.

    Attributes:
        rows: int32, (k,), event rows; one may be on several chains.
        chain: int32, (k,), which chain each is on, ascending from 0.
    """

    rows: NDArray[np.int32]
    chain: NDArray[np.int32]


def true_order(events: EventColumns, context: Context) -> NDArray[np.intp]:
    """Return the rows of a generation's events in an order that could have happened.

    It respects each thread's stream, and the sequence numbers of goroutines, procs and the
    collector; otherwise it follows time. Damaged events whose chains contradict each other keep
    at least the order of their threads.

    Returns:
        (n,), a permutation of the rows.
    """
    stream = np.repeat(np.arange(len(events.threads), dtype=np.int32), np.diff(events.streams))
    return order_along(events.tick, stream, _chains(events, context))


def order_along(tick: NDArray[np.int64], stream: IntColumn, chains: Chains) -> NDArray[np.intp]:
    """Return the rows by time, except where streams and chains require another order.

    Args:
        tick: (n,), time of each row by its own clock.
        stream: (n,), ascending, the stream of each row, which are in order within it.
        chains: further rows that must follow one another.
    """
    order = np.argsort(tick, kind="stable")
    if not len(order):
        return order
    # Ticks become dense levels, so that no damaged tick overflows.
    level = np.zeros(len(order), np.int32)
    level[order[1:]] = np.cumsum(np.diff(tick[order]) > 0, dtype=np.int32)
    if _decreases(level, stream) or _decreases(level[chains.rows], chains.chain):
        level = _lift(level, stream, chains)
        order = np.argsort(level, kind="stable")
    return _break_ties(order, level, stream, chains)


def _decreases(level: IntColumn, part: IntColumn) -> bool:
    """Return whether a level is below the one before it in its part."""
    return bool(np.any((level[1:] < level[:-1]) & (part[1:] == part[:-1])))


def _lift(level: IntColumn, stream: IntColumn, chains: Chains) -> IntColumn:
    """Return the levels raised so that none is below one before it on a stream or chain."""
    for _ in range(max(_PASSES, _PASS_WORK // len(level))):
        level = _running_maximum(level, stream)
        along = level[chains.rows]
        reached = _running_maximum(along, chains.chain)
        raised = np.flatnonzero(reached > along)
        if not len(raised):
            return level
        # For a row on two chains either value may be set here; the next pass sets the maximum.
        level[chains.rows[raised]] = reached[raised]
    return _running_maximum(level, stream)


def _break_ties(
    order: NDArray[np.intp], level: IntColumn, stream: IntColumn, chains: Chains
) -> NDArray[np.intp]:
    """Return the order with the rows of one level put in the order of their chains.

    Levels whose rows are in order already are left as they are.
    """
    position = np.empty(len(order), np.int32)
    position[order] = np.arange(len(order), dtype=np.int32)
    place = position[chains.rows]
    wrong = (place[1:] < place[:-1]) & (chains.chain[1:] == chains.chain[:-1])
    if not wrong.any():
        return order
    tied = np.zeros(len(order), np.bool_)
    tied[level[chains.rows[1:][wrong]]] = True
    within = tied[level]
    rows = np.flatnonzero(within)
    chained = np.flatnonzero(within[chains.rows])
    index = (np.cumsum(within) - 1)[chains.rows[chained]]
    run = _run_numbers(stream[rows], level[rows])
    linked = _run_numbers(chains.chain[chained], level[chains.rows[chained]])
    follows = (linked[1:] == linked[:-1]) & (run[index[1:]] != run[index[:-1]])
    wave = _waves(run, index[:-1][follows], index[1:][follows])
    order[within[order]] = rows[np.lexsort((wave, level[rows]))]
    return order


def _waves(run: IntColumn, before: NDArray[np.intp], after: NDArray[np.intp]) -> NDArray[np.int64]:
    """Return the number of the wave in which each row is taken, from 0.

    A wave takes the next rows of each run whose links lead from rows of earlier waves. Rows that
    are in a cycle, or behind one, are all of the last wave.

    Args:
        run: (n,), ascending from 0 without gaps, the run of each row; its rows are in order.
        before: (k,), the row that each link leads from.
        after: (k,), the row of another run that must come after it.
    """
    by_row = np.argsort(after, kind="stable")
    before, after = before[by_row], after[by_row]
    ends = np.flatnonzero(np.diff(run, append=-1)) + 1
    last = np.searchsorted(after, ends)
    link = np.append(0, last[:-1])
    next_row = np.append(after, len(run))
    taken = np.minimum(next_row[link], ends)
    opened = np.full(len(after), -1)
    waiting, number, work = np.flatnonzero(link < last), 1, 0
    while len(waiting) and work < _WAVE_WORK:
        needed = before[link[waiting]]
        free = waiting[taken[run[needed]] > needed]
        if not len(free):
            break
        width = min(_LINKS_AT_ONCE, 1 + _MOST_LINKS // len(free))
        ahead = link[free, None] + np.arange(width)
        needed = before[np.minimum(ahead, len(before) - 1)]
        passed = (taken[run[needed]] > needed) & (ahead < last[free, None])
        passed = np.logical_and.accumulate(passed, axis=1)
        opened[ahead[passed]] = number
        link[free] += passed.sum(axis=1)
        taken[free] = np.minimum(next_row[link[free]], ends[free])
        waiting = waiting[link[waiting] < last[waiting]]
        work += _WAVE_COST + len(waiting) + ahead.size
        number += 1
    opened[opened < 0] = number
    wave = np.zeros(len(run), np.int64)
    wave[after] = opened
    return _running_maximum(wave, run)


def _running_maximum(value: IntColumn, part: IntColumn) -> NDArray[np.int64]:
    """Return the running maximum within each part; parts ascend."""
    if not len(value):
        return value.astype(np.int64)
    offset = part * np.int64(int(value.max()) - int(value.min()) + 1)
    running: NDArray[np.int64] = np.maximum.accumulate(value + offset)
    running -= offset
    return running


def _run_numbers(*keys: IntColumn) -> NDArray[np.int32]:
    """Return the number of the run that each row is in, from 0; a run ends where a key changes."""
    begins = np.zeros(len(keys[0]), np.bool_)
    for key in keys:
        begins[1:] |= key[1:] != key[:-1]
    return np.cumsum(begins, dtype=np.int32)


def _chains(events: EventColumns, context: Context) -> Chains:
    goroutine, of_goroutine = goroutine_chains(events, context)
    proc, of_proc = proc_chains(events, context)
    phases = events.of_types(_COLLECTOR)
    phases = phases[np.argsort(events.argument(0, phases), kind="stable")]
    thefts = _steal_pairs(events, context, proc, of_proc)
    parts = [
        (goroutine, _run_numbers(of_goroutine)),
        (proc, _run_numbers(of_proc)),
        (phases, np.zeros(len(phases), np.int32)),
        (thefts.ravel(), np.repeat(np.arange(len(thefts), dtype=np.int32), 2)),
    ]
    chain, chain_count = [], 0
    for _, numbers in parts:
        chain.append(numbers + chain_count)
        chain_count += int(numbers[-1]) + 1 if len(numbers) else 0
    rows = np.concatenate([rows for rows, _ in parts], dtype=np.int32)
    return Chains(rows, np.concatenate(chain, dtype=np.int32))


def goroutine_chains(events: EventColumns, context: Context) -> tuple[NDArray[np.intp], IntColumn]:
    """Return the rows that change goroutines, by goroutine and in true order, and the goroutines.

    An event that names a goroutine is at its sequence number; the goroutine's own events on the
    thread where it runs come after that and before the next number.
    """
    kind = events.type
    own = _GOROUTINE_OWN[kind] & (context.goroutine != NO_GOROUTINE)
    rows = np.flatnonzero(own | _GOROUTINE_NAMED[kind])
    own = own[rows]
    switches = np.flatnonzero(own & _GOROUTINE_NAMED[kind[rows]])
    if len(switches):
        # A switch changes two goroutines: the one it leaves, then the one it names.
        rows = np.insert(rows, switches + 1, rows[switches])
        own = np.insert(own, switches + 1, False)
    types, named = kind[rows], np.flatnonzero(~own)
    names = events.argument(0, rows[named])
    lane = context.goroutine[rows].astype(np.result_type(names, context.goroutine))
    lane[named] = names
    place = 2 * context.goroutine_span[rows].astype(np.int64) + 1
    place[named] = 0
    sequenced = named[_GOROUTINE_SEQUENCED[types[named]]]
    place[sequenced] = 2 * events.argument(1, rows[sequenced]).astype(np.int64)
    created = lane[types == Ev.GO_CREATE_SYSCALL]
    if len(created):
        # A goroutine created in a syscall in this generation has its status after that event.
        status = np.flatnonzero(_STATUS[types])
        place[status] += np.isin(lane[status], created)
    order = lane_order(lane, place)
    return rows[order], lane[order]


def proc_chains(events: EventColumns, context: Context) -> tuple[NDArray[np.intp], IntColumn]:
    """Return the rows that change procs, by proc and in true order, and the procs."""
    kind, on_proc = events.type, context.proc != NO_PROC
    own = np.flatnonzero(_PROC_OWN[kind] & on_proc)
    begins = np.flatnonzero((kind == Ev.GO_SYSCALL_BEGIN) & on_proc)
    named = np.flatnonzero(_PROC_NAMED[kind])
    numbered = np.zeros(len(named), np.int64)
    sequenced = np.flatnonzero(_PROC_SEQUENCED[kind[named]])
    numbered[sequenced] = events.argument(1, named[sequenced])
    parts = (context.proc_span[own], events.argument(0, begins), numbered)
    place = 2 * np.concatenate(parts, dtype=np.int64)
    place[: len(own)] += 1
    lane = np.concatenate((context.proc[own], context.proc[begins], events.argument(0, named)))
    return _along(np.concatenate((own, begins, named)), lane, place)


def _along(
    rows: NDArray[np.intp], lane: IntColumn, place: NDArray[np.int64]
) -> tuple[NDArray[np.intp], IntColumn]:
    """Return rows and their lanes by lane, then place, then row."""
    order = np.argsort(rows, kind="stable")
    order = order[lane_order(lane[order], place[order])]
    return rows[order], lane[order]


def _steal_pairs(
    events: EventColumns,
    context: Context,
    rows: NDArray[np.intp],
    proc: IntColumn,
) -> NDArray[np.intp]:
    """Return pairs of a steal and the victim's first event that shows the proc lost, (k, 2).

    ``rows`` and ``proc`` are from ``proc_chains``.
    """
    at = np.flatnonzero(events.type[rows] == Ev.PROC_STEAL)
    at = at[at > 0]
    at = at[proc[at] == proc[at - 1]]
    steals, entered = rows[at], rows[at - 1]
    victim = events.argument(2, steals)
    kind = events.type[entered]
    status = np.flatnonzero(kind == Ev.PROC_STATUS)
    status_value = np.zeros(len(at), np.int64)
    status_value[status] = events.argument(1, entered[status])

    # The victim's events after it entered the syscall; if that was in an earlier generation, and
    # another thread wrote the status, all of its stream.
    here = (kind == Ev.GO_SYSCALL_BEGIN) | (status_value == ProcStatus.SYSCALL)
    here &= events.thread(entered) == victim
    stream = np.searchsorted(events.threads, victim)
    stream = np.minimum(stream, len(events.threads) - 1)
    before = (status_value == ProcStatus.SYSCALL_ABANDONED) & (events.threads[stream] == victim)
    from_row = np.where(here, entered + 1, events.streams[stream])

    # A thread that begins with a goroutine created in a syscall is a new one of the same number.
    signs = events.of_types(_SHOWS_LOSS | of_types(Ev.GO_CREATE_SYSCALL))
    if not len(signs):
        return np.zeros((0, 2), np.intp)
    sign = np.searchsorted(signs, from_row)
    found = sign < len(signs)
    shows = signs[np.minimum(sign, len(signs) - 1)]
    found &= _SHOWS_LOSS[events.type[shows]] & (events.thread(shows) == victim)
    found &= here | (before & (context.goroutine[shows] != NO_GOROUTINE))
    found &= ~before | here | (context.goroutine_span[shows] == 0)
    found &= events.thread(steals) != victim
    return np.stack((steals[found], shows[found]), axis=1)
