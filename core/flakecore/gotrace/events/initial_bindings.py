"""What was bound to each thread when a generation began, known from the generations before it.

Each generation tells anew which goroutine and which proc a thread has, and its first events happen
before it has told. The reference remembers; so a status in a later generation happens on what its
thread had at the end of the one before. A stream that begins in the middle of a trace does not
know, and its first statuses happen on nothing.
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

_LEAVES = of_types(
    Ev.GO_STOP, Ev.GO_BLOCK, Ev.GO_DESTROY, Ev.GO_DESTROY_SYSCALL, Ev.GO_SYSCALL_END_BLOCKED
)
_TAKES = of_types(Ev.GO_START, Ev.GO_SWITCH, Ev.GO_SWITCH_DESTROY, Ev.GO_CREATE_SYSCALL)
_FREES_PROC = of_types(Ev.PROC_STOP, Ev.PROC_STEAL, Ev.GO_DESTROY_SYSCALL)


@dataclass(frozen=True, slots=True)
class Moved:
    """Statuses that happen elsewhere than on the thread that wrote them; every column (k,).

    Attributes:
        rows: which events they are, ascending.
        thread, proc, goroutine: int64, where they happen; -1 for none.
    """

    rows: NDArray[np.intp]
    thread: NDArray[np.int64]
    proc: NDArray[np.int64]
    goroutine: NDArray[np.int64]


@dataclass
class Bindings:
    """Threads, and what each has at a moment between two generations.

    Attributes:
        goroutines: the goroutine of each thread that has been seen; NO_GOROUTINE for none.
        procs: the thread of each proc that is bound to one.
    """

    goroutines: dict[int, int] = field(default_factory=dict)
    procs: dict[int, int] = field(default_factory=dict)

    def before(
        self, events: EventColumns, context: Context, order: NDArray[np.intp]
    ) -> tuple[IntColumn, IntColumn]:
        """Return the goroutine and the proc bound just before each event, where it is known.

        Args:
            events: those of the generation that follows.
            context: what they tell themselves.
            order: their true order, or the first of it.
        """
        goroutine, proc = context.goroutine, _until_stolen(events, context, order)
        threads = events.threads.tolist()
        had = np.array([self.goroutines.get(each, NO_GOROUTINE) for each in threads], np.int64)
        proc_of = {thread: number for number, thread in self.procs.items()}
        bound = np.array([proc_of.get(each, NO_PROC) for each in threads], np.int64)
        if (had != NO_GOROUTINE).any():
            goroutine = _filled(goroutine, had, events.streams, NO_GOROUTINE)
        if (bound != NO_PROC).any():
            proc = _filled(proc, bound, events.streams, NO_PROC)
            self._take_stolen(proc, context.proc, events, order)
        return goroutine, proc

    def _take_stolen(
        self, proc: IntColumn, told: IntColumn, events: EventColumns, order: NDArray[np.intp]
    ) -> None:
        """Leave a thread without its proc from where another takes it."""
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
                gone = (position[rows] > position[steal]) & (told[rows] == NO_PROC)
                proc[rows][gone & (proc[rows] == taken)] = NO_PROC

    def moved(
        self, events: EventColumns, statuses: Statuses, goroutine: IntColumn, proc: IntColumn
    ) -> Moved:
        """Return the statuses of what another thread is in a syscall with.

        One of a goroutine keeps its writer's proc, and its writer's goroutine if nothing was known
        of the thread, as it does for the reference. One of a proc is told on a thread other than
        its own only where it is about to be stolen, and that thread is known.
        """
        of_goroutine = np.flatnonzero(statuses.elsewhere)
        rows, thread = statuses.rows[of_goroutine], statuses.thread[of_goroutine].astype(np.int64)
        known = np.isin(thread, np.array(list(self.goroutines), np.int64))
        on = np.where(known, statuses.goroutine[of_goroutine], goroutine[rows])

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
        return Moved(*(column[order] for column in columns))

    def go_on(
        self, events: EventColumns, context: Context, statuses: Statuses, goroutine: IntColumn
    ) -> None:
        """Take in a generation; ``goroutine`` is what ``before`` returned for it."""
        for number, thread in zip(
            statuses.goroutine[statuses.elsewhere].tolist(),
            statuses.thread[statuses.elsewhere].tolist(),
            strict=True,
        ):
            self.goroutines[thread] = number
        last = events.streams[1:] - 1
        last = last[np.diff(events.streams) > 0]
        kind = events.type[last]
        left = goroutine[last].astype(np.int64)
        left[_LEAVES[kind]] = NO_GOROUTINE
        takes = np.flatnonzero(_TAKES[kind])
        left[takes] = events.argument(0, last[takes])
        place = np.minimum(np.searchsorted(statuses.rows, last), max(len(statuses.rows) - 1, 0))
        if len(statuses.rows):
            here = (statuses.rows[place] == last) & statuses.here[place]
            left[here] = statuses.goroutine[place[here]]
        self.goroutines |= dict(zip(events.thread(last).tolist(), left.tolist(), strict=True))

        rows, proc = proc_chains(events, context)
        if not len(rows):
            return
        final = np.append(np.flatnonzero(proc[1:] != proc[:-1]), len(rows) - 1)
        rows, proc = rows[final], proc[final]
        kind = events.type[rows]
        status = np.flatnonzero(kind == Ev.PROC_STATUS)
        told = np.zeros(len(rows), np.int64)
        told[status] = events.argument(1, rows[status])
        free = _FREES_PROC[kind] | (told == ProcStatus.IDLE)
        # Its thread is the one from before, if any: another wrote this status.
        kept = (told == ProcStatus.SYSCALL_ABANDONED) | (kind == Ev.GC_SWEEP_ACTIVE)
        threads = events.thread(rows)
        for number in proc[free].tolist():
            self.procs.pop(number, None)
        moved = ~free & ~kept
        self.procs |= dict(zip(proc[moved].tolist(), threads[moved].tolist(), strict=True))


def _until_stolen(events: EventColumns, context: Context, order: NDArray[np.intp]) -> IntColumn:
    """Return the proc bound just before each event, none where it has been stolen by then.

    A thread shows that its proc was stolen in a syscall where it starts another, of which it may
    tell the status just before: by then the theft may have happened, or not.
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


def _filled(
    told: IntColumn, before: NDArray[np.int64], streams: NDArray[np.int64], none: int
) -> IntColumn:
    """Return a column with ``before`` where each stream has not told anything yet."""
    known = np.append(np.flatnonzero(told != none), len(told))
    first = np.minimum(known[np.searchsorted(known, streams[:-1])], streams[1:])
    lengths = first - streams[:-1]
    rows = np.repeat(streams[:-1] - np.cumsum(lengths) + lengths, lengths)
    rows += np.arange(len(rows))
    filled = told.astype(np.result_type(told, np.int64 if before.max() >= 1 << 31 else np.int32))
    filled[rows] = np.repeat(before, lengths)
    return filled
