"""The intervals of one generation's lanes: by compiled loops, or in columns where those give up.

Both ways give the same columns; only their widths may differ.
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
    place_changes,
    tell_apart,
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
    scheduling: LazyContext, clock: TickClock, extent: Extent, names: TableRemap
) -> GenerationIntervals:
    """Return what every goroutine did in a generation."""
    events, statuses = scheduling.events, scheduling.statuses
    outline = scheduling.outline
    changes = None if outline is None else state_changes.goroutine_changes(outline, clock, extent)
    if changes is None:
        transitions = goroutine_transitions(events, scheduling.context, statuses)
        return place_changes(transitions, clock, extent, names)
    _tell_waits(changes, names)
    placed = _placed(changes, events, extent)
    # A status may tell of a thread that has written nothing.
    stated = np.flatnonzero(changes.status & (changes.state == State.SYSCALL))
    in_syscall = np.flatnonzero(statuses.status == GoStatus.SYSCALL)
    by_goroutine = in_syscall[np.argsort(statuses.goroutine[in_syscall], kind="stable")]
    return _with_threads(placed, stated, statuses.thread[by_goroutine])


def build_procs(
    scheduling: LazyContext, clock: TickClock, extent: Extent, names: TableRemap
) -> GenerationIntervals:
    """Return what every proc did in a generation, and for which goroutine."""
    events, outline = scheduling.events, scheduling.outline
    changes = None if outline is None else state_changes.proc_changes(outline, clock, extent)
    if changes is None:
        transitions = proc_transitions(events, scheduling.context, scheduling.statuses)
        return place_changes(transitions, clock, extent, names)
    return _placed(changes, events, extent)


def build_threads(
    scheduling: LazyContext, clock: TickClock, extent: Extent, names: TableRemap
) -> GenerationIntervals:
    """Return what every thread that wrote events did in a generation."""
    events, outline = scheduling.events, scheduling.outline
    changes = None if outline is None else state_changes.thread_changes(outline, clock, extent)
    if changes is None:
        transitions = thread_transitions(events, scheduling.context)
        return place_changes(transitions, clock, extent, names)
    return _placed(changes, events, extent, events.threads)


def _with_threads(
    placed: GenerationIntervals, rows: NDArray[np.intp], threads: IntColumn
) -> GenerationIntervals:
    """Return intervals with other threads at some rows."""
    assert placed.threads is not None
    known = placed.threads[:-1]
    others = np.setdiff1d(threads, known)
    table = np.concatenate((known, others, placed.threads[-1:]))
    order = np.argsort(table[:-1], kind="stable")
    thread: IntColumn = placed.thread
    if len(table) >= 1 << 15:
        thread = thread.astype(np.int32)
    thread[rows] = order[np.searchsorted(table[:-1], threads, sorter=order)]
    return replace(placed, thread=thread, threads=table)


def _tell_waits(changes: Changes, names: TableRemap) -> None:
    reason, stack = changes.reason, changes.stack
    assert reason is not None
    assert stack is not None

    def told(why: int, where: int) -> int:
        return wait_state(names.string(why), names.stack(where))

    if not state_changes.tell_waits(changes.state, reason, stack, told):
        changes.state[:] = tell_apart(changes.state, reason, stack, names)


def _placed(
    changes: Changes, events: EventColumns, extent: Extent, lanes: IntColumn | None = None
) -> GenerationIntervals:
    """Return changes as intervals; ``lanes`` are the lanes' own numbers where they have others."""
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
