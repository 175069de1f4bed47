"""The intervals of one generation's lanes: by compiled loops, or in columns where those give up.

Both ways give the same columns; only their widths may differ.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.clock import Extent, TickClock
from flakecore.gotrace.columns import everywhere
from flakecore.gotrace.context import NO_GOROUTINE
from flakecore.gotrace.event_columns import EventColumns
from flakecore.gotrace.kernel import changing
from flakecore.gotrace.kernel.changing import Changes
from flakecore.gotrace.names import Names
from flakecore.gotrace.placed import Placed, place_changes, tell_apart
from flakecore.gotrace.scheduling import Scheduling
from flakecore.gotrace.states import State
from flakecore.gotrace.transitions import (
    goroutine_transitions,
    proc_transitions,
    thread_transitions,
)
from flakecore.gotrace.varint import Places
from flakecore.gotrace.waits import wait_state
from flakecore.gotrace.wire import GoStatus


def place_goroutines(
    scheduling: Scheduling, clock: TickClock, extent: Extent, names: Names
) -> Placed:
    """Return what every goroutine did in a generation."""
    events, statuses = scheduling.events, scheduling.statuses
    outline = scheduling.outline
    changes = None if outline is None else changing.goroutine_changes(outline, clock, extent)
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


def place_procs(scheduling: Scheduling, clock: TickClock, extent: Extent, names: Names) -> Placed:
    """Return what every proc did in a generation, and for which goroutine."""
    events, outline = scheduling.events, scheduling.outline
    changes = None if outline is None else changing.proc_changes(outline, clock, extent)
    if changes is None:
        transitions = proc_transitions(events, scheduling.context, scheduling.statuses)
        return place_changes(transitions, clock, extent, names)
    return _placed(changes, events, extent)


def place_threads(scheduling: Scheduling, clock: TickClock, extent: Extent, names: Names) -> Placed:
    """Return what every thread that wrote events did in a generation."""
    events, outline = scheduling.events, scheduling.outline
    changes = None if outline is None else changing.thread_changes(outline, clock, extent)
    if changes is None:
        transitions = thread_transitions(events, scheduling.context)
        return place_changes(transitions, clock, extent, names)
    return _placed(changes, events, extent, events.threads)


def _with_threads(placed: Placed, rows: NDArray[np.intp], threads: Places) -> Placed:
    """Return intervals with other threads at some rows."""
    assert placed.threads is not None
    known = placed.threads[:-1]
    others = np.setdiff1d(threads, known)
    table = np.concatenate((known, others, placed.threads[-1:]))
    order = np.argsort(table[:-1], kind="stable")
    thread: Places = placed.thread
    if len(table) >= 1 << 15:
        thread = thread.astype(np.int32)
    thread[rows] = order[np.searchsorted(table[:-1], threads, sorter=order)]
    return replace(placed, thread=thread, threads=table)


def _tell_waits(changes: Changes, names: Names) -> None:
    reason, stack = changes.reason, changes.stack
    assert reason is not None
    assert stack is not None

    def told(why: int, where: int) -> int:
        return wait_state(names.string(why), names.stack(where))

    if not changing.tell_waits(changes.state, reason, stack, told):
        changes.state[:] = tell_apart(changes.state, reason, stack, names)


def _placed(
    changes: Changes, events: EventColumns, extent: Extent, lanes: Places | None = None
) -> Placed:
    """Return changes as intervals; ``lanes`` are the lanes' own numbers where they have others."""
    begins = np.ones(len(changes.lane), np.bool_)
    np.not_equal(changes.lane[1:], changes.lane[:-1], out=begins[1:])
    first = np.flatnonzero(begins)
    lane = changes.lane[first]
    nothing, nobody = everywhere(0, len(begins)), everywhere(NO_GOROUTINE, len(begins))
    return Placed(
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
