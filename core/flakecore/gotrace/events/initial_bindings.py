"""Bindings of threads at the beginning of a generation, from the generations before it.

Each generation states again which goroutine and proc a thread has, but its first events happen
before those statuses. Go's reader keeps the bindings, so the first statuses of a later generation
happen on what their thread had at the end of the one before. A stream that begins in the middle of
a trace has no such bindings, and its first statuses happen on nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.events.context import NO_GOROUTINE, NO_PROC, Context, Statuses
from flakecore.gotrace.events.event_columns import EventColumns
from flakecore.gotrace.events.order import proc_chains
from flakecore.gotrace.format.varint import IntColumn
from flakecore.gotrace.format.wire import Ev, ProcStatus, of_types

_UNBINDS_GOROUTINE = of_types(
    Ev.GO_STOP, Ev.GO_BLOCK, Ev.GO_DESTROY, Ev.GO_DESTROY_SYSCALL, Ev.GO_SYSCALL_END_BLOCKED
)
_BINDS_GOROUTINE = of_types(Ev.GO_START, Ev.GO_SWITCH, Ev.GO_SWITCH_DESTROY, Ev.GO_CREATE_SYSCALL)
_FREES_PROC = of_types(Ev.PROC_STOP, Ev.PROC_STEAL, Ev.GO_DESTROY_SYSCALL)


@dataclass(frozen=True, slots=True)
class RelocatedStatuses:
    """Statuses whose context is not that of the thread that wrote them; every column (k,).

    Attributes:
        rows: rows of the events, ascending.
        thread, proc, goroutine: int64, their context; -1 for none.
    """

    rows: NDArray[np.intp]
    thread: NDArray[np.int64]
    proc: NDArray[np.int64]
    goroutine: NDArray[np.int64]


@dataclass
class ThreadBindings:
    """Goroutines and procs bound to threads between two generations.

    Attributes:
        goroutines: by thread, its goroutine; NO_GOROUTINE for none.
        procs: by proc bound to a thread, that thread.
    """

    goroutines: dict[int, int] = field(default_factory=dict)
    procs: dict[int, int] = field(default_factory=dict)

    def initial_context(
        self, events: EventColumns, context: Context, order: NDArray[np.intp]
    ) -> tuple[IntColumn, IntColumn]:
        """Return the goroutine and proc of each event, with initial bindings filled in.

        Args:
            events: those of the next generation.
            context: their context within that generation.
            order: their rows in true order, or the first of these.
        """
        goroutine, proc = context.goroutine, _proc_until_stolen(events, context, order)
        threads = events.threads.tolist()
        initial_goroutine = np.array(
            [self.goroutines.get(each, NO_GOROUTINE) for each in threads], np.int64
        )
        proc_of = {thread: number for number, thread in self.procs.items()}
        bound = np.array([proc_of.get(each, NO_PROC) for each in threads], np.int64)
        if (initial_goroutine != NO_GOROUTINE).any():
            goroutine = _fill_leading(goroutine, initial_goroutine, events.streams, NO_GOROUTINE)
        if (bound != NO_PROC).any():
            proc = _fill_leading(proc, bound, events.streams, NO_PROC)
            self._unbind_stolen(proc, context.proc, events, order)
        return goroutine, proc

    def _unbind_stolen(
        self, proc: IntColumn, bound: IntColumn, events: EventColumns, order: NDArray[np.intp]
    ) -> None:
        """Set a thread's initial proc to none, in place, from where another thread steals it."""
        steals = events.of_types(of_types(Ev.PROC_STEAL))
        if not len(steals):
            return
        position = np.empty(len(order), np.int64)
        position[order] = np.arange(len(order))
        number, victim = events.argument(0, steals), events.argument(2, steals)
        streams = np.searchsorted(events.threads, victim)
        for steal, taken, thread, stream in zip(
            steals.tolist(), number.tolist(), victim.tolist(), streams.tolist(), strict=True
        ):
            if self.procs.get(taken) == thread and thread in events.threads:
                rows = slice(int(events.streams[stream]), int(events.streams[stream + 1]))
                gone = (position[rows] > position[steal]) & (bound[rows] == NO_PROC)
                proc[rows][gone & (proc[rows] == taken)] = NO_PROC

    def relocate_statuses(
        self, events: EventColumns, statuses: Statuses, goroutine: IntColumn, proc: IntColumn
    ) -> RelocatedStatuses:
        """Return the statuses of goroutines and procs in a syscall on another thread.

        That of a goroutine keeps its writer's proc, and its writer's goroutine if the thread has
        not been seen before, as in Go's reader. That of a proc is written by another thread only
        where the proc is about to be stolen; it happens on the thread that the proc is bound to.
        """
        of_goroutine = np.flatnonzero(statuses.binds_other)
        rows, thread = statuses.rows[of_goroutine], statuses.thread[of_goroutine].astype(np.int64)
        seen = np.isin(thread, np.array(list(self.goroutines), np.int64))
        on = np.where(seen, statuses.goroutine[of_goroutine], goroutine[rows])

        stated = events.of_types(of_types(Ev.PROC_STATUS))
        lost = events.argument(1, stated) == ProcStatus.SYSCALL_ABANDONED
        stated = stated[lost]
        numbers = events.argument(0, stated).astype(np.int64)
        holder = np.array([self.procs.get(each, -1) for each in numbers.tolist()], np.int64)
        held = np.flatnonzero(holder >= 0)
        running = [self.goroutines.get(each, NO_GOROUTINE) for each in holder[held].tolist()]
        columns = (
            np.concatenate((rows, stated[held])),
            np.concatenate((thread, holder[held])),
            np.concatenate((proc[rows].astype(np.int64), numbers[held])),
            np.concatenate((on.astype(np.int64), np.array(running, np.int64))),
        )
        order = np.argsort(columns[0], kind="stable")
        return RelocatedStatuses(*(column[order] for column in columns))

    def advance(
        self, events: EventColumns, context: Context, statuses: Statuses, goroutine: IntColumn
    ) -> None:
        """Advance to the end of a generation; ``goroutine`` is from ``initial_context``."""
        for number, thread in zip(
            statuses.goroutine[statuses.binds_other].tolist(),
            statuses.thread[statuses.binds_other].tolist(),
            strict=True,
        ):
            self.goroutines[thread] = number
        last = events.streams[1:] - 1
        last = last[np.diff(events.streams) > 0]
        kind = events.type[last]
        goroutine_after = goroutine[last].astype(np.int64)
        goroutine_after[_UNBINDS_GOROUTINE[kind]] = NO_GOROUTINE
        takes = np.flatnonzero(_BINDS_GOROUTINE[kind])
        goroutine_after[takes] = events.argument(0, last[takes])
        position = np.minimum(np.searchsorted(statuses.rows, last), max(len(statuses.rows) - 1, 0))
        if len(statuses.rows):
            binds_writer = (statuses.rows[position] == last) & statuses.binds_writer[position]
            goroutine_after[binds_writer] = statuses.goroutine[position[binds_writer]]
        self.goroutines |= dict(
            zip(events.thread(last).tolist(), goroutine_after.tolist(), strict=True)
        )

        rows, proc = proc_chains(events, context)
        if not len(rows):
            return
        final = np.append(np.flatnonzero(proc[1:] != proc[:-1]), len(rows) - 1)
        rows, proc = rows[final], proc[final]
        kind = events.type[rows]
        status = np.flatnonzero(kind == Ev.PROC_STATUS)
        proc_status = np.zeros(len(rows), np.int64)
        proc_status[status] = events.argument(1, rows[status])
        free = _FREES_PROC[kind] | (proc_status == ProcStatus.IDLE)
        # Written by another thread: the proc stays bound to the thread from before, if any.
        stays = (proc_status == ProcStatus.SYSCALL_ABANDONED) | (kind == Ev.GC_SWEEP_ACTIVE)
        threads = events.thread(rows)
        for number in proc[free].tolist():
            self.procs.pop(number, None)
        is_bound = ~free & ~stays
        self.procs |= dict(zip(proc[is_bound].tolist(), threads[is_bound].tolist(), strict=True))


def _proc_until_stolen(
    events: EventColumns, context: Context, order: NDArray[np.intp]
) -> IntColumn:
    """Return the proc bound just before each event, NO_PROC where it has been stolen by then.

    A thread whose proc was stolen in a syscall starts another, and may write the status of that one
    just before: the order of events decides whether the steal came before the status.
    """
    rows = np.flatnonzero(events.type == Ev.PROC_START) - 1
    rows = rows[rows > 0]
    rows = rows[events.type[rows] == Ev.PROC_STATUS]
    rows = rows[events.type[rows - 1] == Ev.GO_SYSCALL_BEGIN]
    rows = rows[context.proc[rows] != NO_PROC]
    if not len(rows):
        return context.proc
    chain, lane = proc_chains(events, context)
    place = np.zeros(len(events), np.intp)
    place[chain] = np.arange(len(chain))
    entered = place[rows - 1]
    after = np.minimum(entered + 1, len(chain) - 1)
    position = np.full(len(events), len(order))
    position[order] = np.arange(len(order))
    stolen = (events.type[chain[after]] == Ev.PROC_STEAL) & (lane[after] == lane[entered])
    stolen &= position[chain[after]] < position[rows]
    proc = context.proc.copy()
    proc[rows[stolen]] = NO_PROC
    return proc


def _fill_leading(
    bound: IntColumn, before: NDArray[np.int64], streams: NDArray[np.int64], none: int
) -> IntColumn:
    """Return a column with each stream's rows before its first binding set to ``before``."""
    bound_rows = np.append(np.flatnonzero(bound != none), len(bound))
    first = np.minimum(bound_rows[np.searchsorted(bound_rows, streams[:-1])], streams[1:])
    lengths = first - streams[:-1]
    rows = np.repeat(streams[:-1] - np.cumsum(lengths) + lengths, lengths)
    rows += np.arange(len(rows))
    filled = bound.astype(np.result_type(bound, np.int64 if before.max() >= 1 << 31 else np.int32))
    filled[rows] = np.repeat(before, lengths)
    return filled
