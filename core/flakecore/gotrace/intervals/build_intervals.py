"""Building a generation's intervals: by compiled loops, or in columns where these give up.

Both give the same columns; only their widths may differ.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.events.context import NO_GOROUTINE
from flakecore.gotrace.events.event_columns import EventColumns
from flakecore.gotrace.events.lazy_context import LazyContext
from flakecore.gotrace.format.clock import Extent, TickClock
from flakecore.gotrace.format.columns import everywhere
from flakecore.gotrace.format.table_remap import TableRemap
from flakecore.gotrace.format.varint import IntColumn
from flakecore.gotrace.format.wire import GoStatus
from flakecore.gotrace.intervals.generation_intervals import (
    GenerationIntervals,
    refine_wait_states,
    transition_intervals,
)
from flakecore.gotrace.intervals.states import State
from flakecore.gotrace.intervals.transitions import (
    goroutine_transitions,
    proc_transitions,
    thread_transitions,
)
from flakecore.gotrace.intervals.wait_states import wait_state
from flakecore.gotrace.native import state_changes
from flakecore.gotrace.native.state_changes import Changes


def build_goroutines(
    context: LazyContext, clock: TickClock, extent: Extent, remap: TableRemap
) -> GenerationIntervals:
    """Return the intervals of every goroutine in a generation."""
    events, statuses = context.events, context.statuses
    native = context.native
    changes = None if native is None else state_changes.goroutine_changes(native, clock, extent)
    if changes is None:
        transitions = goroutine_transitions(events, context.full, statuses)
        return transition_intervals(transitions, clock, extent, remap)
    _refine_waits(changes, remap)
    intervals = _change_intervals(changes, events, extent)
    # A status of a goroutine in a syscall may name a thread that has written no event.
    stated = np.flatnonzero(changes.status & (changes.state == State.SYSCALL))
    in_syscall = np.flatnonzero(statuses.status == GoStatus.SYSCALL)
    by_goroutine = in_syscall[np.argsort(statuses.goroutine[in_syscall], kind="stable")]
    return _replace_threads(intervals, stated, statuses.thread[by_goroutine])


def build_procs(
    context: LazyContext, clock: TickClock, extent: Extent, remap: TableRemap
) -> GenerationIntervals:
    """Return the intervals of every proc in a generation, with the goroutine it ran."""
    events, native = context.events, context.native
    changes = None if native is None else state_changes.proc_changes(native, clock, extent)
    if changes is None:
        transitions = proc_transitions(events, context.full, context.statuses)
        return transition_intervals(transitions, clock, extent, remap)
    return _change_intervals(changes, events, extent)


def build_threads(
    context: LazyContext, clock: TickClock, extent: Extent, remap: TableRemap
) -> GenerationIntervals:
    """Return the intervals of every thread that wrote events in a generation."""
    events, native = context.events, context.native
    changes = None if native is None else state_changes.thread_changes(native, clock, extent)
    if changes is None:
        transitions = thread_transitions(events, context.full)
        return transition_intervals(transitions, clock, extent, remap)
    return _change_intervals(changes, events, extent, events.threads)


def _replace_threads(
    intervals: GenerationIntervals, rows: NDArray[np.intp], threads: IntColumn
) -> GenerationIntervals:
    """Return intervals with the threads of some rows replaced."""
    assert intervals.threads is not None
    own = intervals.threads[:-1]
    others = np.setdiff1d(threads, own)
    table = np.concatenate((own, others, intervals.threads[-1:]))
    order = np.argsort(table[:-1], kind="stable")
    thread: IntColumn = intervals.thread
    if len(table) >= 1 << 15:
        thread = thread.astype(np.int32)
    thread[rows] = order[np.searchsorted(table[:-1], threads, sorter=order)]
    return replace(intervals, thread=thread, threads=table)


def _refine_waits(changes: Changes, remap: TableRemap) -> None:
    """Replace each OTHER_WAIT, in place, by the state that its reason and stack give."""
    reason, stack = changes.reason, changes.stack
    assert reason is not None
    assert stack is not None

    def state_of(reason_id: int, stack_id: int) -> int:
        return wait_state(remap.string(reason_id), remap.stack(stack_id))

    if not state_changes.set_wait_states(changes.state, reason, stack, state_of):
        changes.state[:] = refine_wait_states(changes.state, reason, stack, remap)


def _change_intervals(
    changes: Changes, events: EventColumns, extent: Extent, lanes: IntColumn | None = None
) -> GenerationIntervals:
    """Return changes as intervals; ``lanes`` are lane numbers by the values of ``changes.lane``."""
    begins = np.ones(len(changes.lane), np.bool_)
    np.not_equal(changes.lane[1:], changes.lane[:-1], out=begins[1:])
    first = np.flatnonzero(begins)
    lane = changes.lane[first]
    nothing, nobody = everywhere(0, len(begins)), everywhere(NO_GOROUTINE, len(begins))
    return GenerationIntervals(
        lanes=(lane if lanes is None else lanes[lane]).astype(np.int64),
        first=np.append(first, len(begins)),
        origin_ns=extent[0],
        length_ns=extent[1] - extent[0],
        since=changes.since,
        state=changes.state,
        reason=nothing if changes.reason is None else changes.reason,
        stack=nothing if changes.stack is None else changes.stack,
        actor=nobody if changes.actor is None else changes.actor,
        goroutine=changes.lane if changes.goroutine is None else changes.goroutine,
        proc=changes.lane if changes.proc is None else changes.proc,
        thread=changes.stream,
        status=changes.status,
        threads=np.append(events.threads, events.threads.dtype.type(-1)),
    )
