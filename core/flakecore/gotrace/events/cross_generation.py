"""What an event means because of an earlier one: within its generation or one before it.

A generation can be decoded alone, but some of its events can only be worded with what came
before: the end of a stop-the-world or a task does not repeat its name, a proc's status does not
say what it was, and a proc is stolen from a syscall that a status may only have hinted at.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.events.context import Context, Statuses
from flakecore.gotrace.events.event_columns import EventColumns
from flakecore.gotrace.events.event_kinds import GOROUTINE_STAND, PROC_STAND, Stand
from flakecore.gotrace.events.order import proc_chains
from flakecore.gotrace.format.lazy_tables import LazyTables
from flakecore.gotrace.format.wire import Ev, ProcStatus, of_types

_CREATES = of_types(Ev.GO_CREATE, Ev.GO_CREATE_BLOCKED, Ev.GO_CREATE_SYSCALL)


@dataclass
class Carried:
    """What the generations so far leave to the next.

    Attributes:
        first: none came before.
        procs: the status each proc was left in, as far as it matters: SYSCALL, ABANDONED, or
            RUNNING for all else.
        stops: reason of the stop-the-world that a goroutine has begun.
        tasks: parent and type of each task that has not ended.
    """

    first: bool = True
    procs: dict[int, ProcStatus] = field(default_factory=dict)
    stops: dict[int, str] = field(default_factory=dict)
    tasks: dict[int, tuple[int, str]] = field(default_factory=dict)

    def copy(self) -> Carried:
        """Return the same to go on from in two ways."""
        return Carried(self.first, dict(self.procs), dict(self.stops), dict(self.tasks))


@dataclass(frozen=True, slots=True)
class Sparse:
    """Values of a few event rows: rows ascending, (k,), and a value of each, int64."""

    rows: NDArray[np.intp]
    value: NDArray[np.int64]

    def of(self, rows: NDArray[np.intp]) -> NDArray[np.int64]:
        """Return the values of rows that all have one."""
        return self.value[np.searchsorted(self.rows, rows)]


def _sparse(rows: NDArray[np.intp], value: NDArray[np.int64]) -> Sparse:
    order = np.argsort(rows, kind="stable")
    return Sparse(rows[order], value[order])


@dataclass(frozen=True, slots=True)
class Meanings:
    """What the events of a generation mean where their own arguments do not say it.

    Attributes:
        before, after: of every status and every steal, the ``Stand`` it changes from and to.
        stop: of the end of every stop-the-world, the string number of its reason.
        task, parent: of the end of every task, the string number of its type, and its parent.
    """

    before: Sparse
    after: Sparse
    stop: Sparse
    task: Sparse
    parent: Sparse


def understand(
    events: EventColumns,
    context: Context,
    statuses: Statuses,
    order: NDArray[np.intp],
    words: LazyTables,
    carried: Carried,
) -> Meanings:
    """Return what a generation's events mean, and bring ``carried`` to the generation's end.

    ``order`` is the rows in true order; text from earlier generations is added to ``words``.
    """
    goroutines = _goroutine_statuses(events, statuses, carried)
    procs = _proc_changes(events, context, carried)
    rows, before, after = (np.concatenate(parts) for parts in zip(goroutines, procs, strict=True))
    stop = _stops(events, context, order, words, carried)
    task, parent = _tasks(events, order, words, carried)
    carried.first = False
    return Meanings(_sparse(rows, before), _sparse(rows, after), stop, task, parent)


_Changes = tuple[NDArray[np.intp], NDArray[np.int64], NDArray[np.int64]]
"""Rows, and the stand before and after each."""


def _goroutine_statuses(events: EventColumns, statuses: Statuses, carried: Carried) -> _Changes:
    after = GOROUTINE_STAND[np.clip(statuses.status, 0, 255)].astype(np.int64)
    before = after.copy()
    if carried.first:
        created = events.argument(0, events.of_types(_CREATES))
        before[~np.isin(statuses.goroutine, created)] = Stand.UNDETERMINED
    return statuses.rows, before, after


def _proc_changes(events: EventColumns, context: Context, carried: Carried) -> _Changes:
    """Return the statuses and steals of procs, and carry on how each proc was left."""
    rows, proc = proc_chains(events, context)
    kind = events.type[rows]
    stated = np.flatnonzero(kind == Ev.PROC_STATUS)
    told = np.clip(events.argument(1, rows[stated]), 0, 255)
    # In what way was each proc left by each row? Only three ways make a difference.
    left = np.full(len(rows), ProcStatus.RUNNING, np.int64)
    left[kind == Ev.GO_SYSCALL_BEGIN] = ProcStatus.SYSCALL
    left[kind == Ev.GO_DESTROY_SYSCALL] = ProcStatus.SYSCALL_ABANDONED
    after = PROC_STAND[told].astype(np.int64)
    before = after.copy()
    for place, (number, status) in enumerate(
        zip(proc[stated].tolist(), told.tolist(), strict=True)
    ):
        was = carried.procs.get(number)
        known = status in (ProcStatus.SYSCALL, ProcStatus.SYSCALL_ABANDONED)
        if status == ProcStatus.SYSCALL_ABANDONED and was is ProcStatus.SYSCALL:
            # Nothing was lost: the thread it is bound to is known from before.
            before[place] = after[place] = Stand.RUNNING
            status = ProcStatus.SYSCALL
        elif was is None:
            before[place] = Stand.UNDETERMINED if carried.first else Stand.NOT_EXIST
        left[stated[place]] = status if known else ProcStatus.RUNNING
        carried.procs[number] = ProcStatus.RUNNING

    steals = np.flatnonzero(kind == Ev.PROC_STEAL)
    robbed = np.maximum(steals - 1, 0)
    idle = (left[robbed] == ProcStatus.SYSCALL_ABANDONED) & (proc[robbed] == proc[steals])
    stolen_from = np.where(idle, Stand.IDLE, Stand.RUNNING)
    if len(rows):
        last = np.append(np.flatnonzero(proc[1:] != proc[:-1]), len(rows) - 1)
        for number, status in zip(proc[last].tolist(), left[last].tolist(), strict=True):
            carried.procs[number] = ProcStatus(status)
    return (
        np.concatenate((rows[stated], rows[steals])),
        np.concatenate((before, stolen_from)),
        np.concatenate((after, np.full(len(steals), Stand.IDLE))),
    )


def _stops(
    events: EventColumns,
    context: Context,
    order: NDArray[np.intp],
    words: LazyTables,
    carried: Carried,
) -> Sparse:
    rows = order[of_types(Ev.STW_BEGIN, Ev.STW_END)[events.type[order]]]
    goroutine = context.goroutine[rows].astype(np.int64)
    pairs = _Pairs(goroutine, events.type[rows] == Ev.STW_END)
    reason = np.zeros(len(rows), np.int64)
    begins = ~pairs.is_end
    reason[begins] = events.argument(0, rows[begins])
    reason[pairs.ends] = reason[pairs.begins]
    for place in pairs.unbegun.tolist():
        reason[place] = words.add(carried.stops.pop(int(goroutine[place]), ""))
    for place in pairs.unended.tolist():
        carried.stops[int(goroutine[place])] = words.string(int(reason[place]))
    return _sparse(rows[pairs.is_end], reason[pairs.is_end])


def _tasks(
    events: EventColumns, order: NDArray[np.intp], words: LazyTables, carried: Carried
) -> tuple[Sparse, Sparse]:
    rows = order[of_types(Ev.USER_TASK_BEGIN, Ev.USER_TASK_END)[events.type[order]]]
    task = events.argument(0, rows).astype(np.int64)
    pairs = _Pairs(task, events.type[rows] == Ev.USER_TASK_END)
    name, parent = np.zeros(len(rows), np.int64), np.zeros(len(rows), np.int64)
    begins = ~pairs.is_end
    name[begins] = events.argument(2, rows[begins])
    parent[begins] = events.argument(1, rows[begins])
    name[pairs.ends], parent[pairs.ends] = name[pairs.begins], parent[pairs.begins]
    for place in pairs.unbegun.tolist():
        parent[place], text = carried.tasks.pop(int(task[place]), (0, ""))
        name[place] = words.add(text)
    for place in pairs.unended.tolist():
        carried.tasks[int(task[place])] = int(parent[place]), words.string(int(name[place]))
    ends = pairs.is_end
    return _sparse(rows[ends], name[ends]), _sparse(rows[ends], parent[ends])


class _Pairs:
    """Begins and ends that belong together: those of one key that follow one another.

    Attributes:
        is_end: bool, (n,).
        begins, ends: places of begins and of the ends that follow them, (k,).
        unbegun: places of ends whose begin is not among the rows.
        unended: places of begins that are the last of their key.
    """

    def __init__(self, key: NDArray[np.int64], is_end: NDArray[np.bool_]) -> None:
        """Take the rows' keys, in true order, and which of them are ends."""
        by_key = np.argsort(key, kind="stable")
        same = np.zeros(len(key) + 1, np.bool_)
        same[1:-1] = key[by_key[1:]] == key[by_key[:-1]]
        ends = is_end[by_key]
        paired = np.flatnonzero(same[1:-1] & ends[1:] & ~ends[:-1])
        self.is_end = is_end
        self.begins, self.ends = by_key[paired], by_key[paired + 1]
        begun = np.zeros(len(key), np.bool_)
        begun[self.ends] = True
        self.unbegun = np.flatnonzero(is_end & ~begun)
        self.unended = by_key[~same[1:] & ~ends]
