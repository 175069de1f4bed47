"""Event fields that depend on earlier events, of the same generation or of one before it.

Most fields follow from an event's own arguments. These do not: the end of a stop-the-world or of a
task does not repeat its name, a proc's status does not state what the proc was before, and whether
a stolen proc was still bound to a thread in a syscall depends on its previous event. The rules are
those of Go's reader (``src/internal/trace/order.go``).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.events.context import Context, Statuses
from flakecore.gotrace.events.event_columns import EventColumns
from flakecore.gotrace.events.event_kinds import (
    GOROUTINE_STATUS_STATE,
    PROC_STATUS_STATE,
    ResourceState,
)
from flakecore.gotrace.events.order import proc_chains
from flakecore.gotrace.format.lazy_tables import LazyTables
from flakecore.gotrace.format.wire import Ev, ProcStatus, of_types

_CREATES = of_types(Ev.GO_CREATE, Ev.GO_CREATE_BLOCKED, Ev.GO_CREATE_SYSCALL)


@dataclass
class CrossGenerationState:
    """State at the end of the generations resolved so far, needed to resolve the next.

    Attributes:
        first: no generation has been resolved yet.
        procs: last status of each proc: SYSCALL, SYSCALL_ABANDONED, or RUNNING for any other.
        stops: by goroutine, reason of the stop-the-world that it has begun and not ended.
        tasks: by task, parent and type of each task that has not ended.
    """

    first: bool = True
    procs: dict[int, ProcStatus] = field(default_factory=dict)
    stops: dict[int, str] = field(default_factory=dict)
    tasks: dict[int, tuple[int, str]] = field(default_factory=dict)

    def copy(self) -> CrossGenerationState:
        """Return a copy that can be advanced independently."""
        return CrossGenerationState(
            self.first, dict(self.procs), dict(self.stops), dict(self.tasks)
        )

    def forget(self) -> None:
        """Begin anew, as something between this generation and the next is not recorded."""
        self.first = True
        self.procs.clear()
        self.stops.clear()


@dataclass(frozen=True, slots=True)
class SparseColumn:
    """An int64 value for each of some event rows; ``rows`` ascend, both columns are (k,)."""

    rows: NDArray[np.intp]
    value: NDArray[np.int64]

    def at(self, rows: NDArray[np.intp]) -> NDArray[np.int64]:
        """Return the values of rows, all of which must be among ``self.rows``; int64."""
        return self.value[np.searchsorted(self.rows, rows)]


def _sparse_column(rows: NDArray[np.intp], value: NDArray[np.int64]) -> SparseColumn:
    order = np.argsort(rows, kind="stable")
    return SparseColumn(rows[order], value[order])


@dataclass(frozen=True, slots=True)
class ResolvedFields:
    """Fields of a generation's events that its own arguments do not hold.

    Attributes:
        before, after: for every status and steal, the ``ResourceState`` it changes from and to.
        stop: for the end of every stop-the-world, the string number of its reason.
        task, parent: for the end of every task, the string number of its type, and its parent.
    """

    before: SparseColumn
    after: SparseColumn
    stop: SparseColumn
    task: SparseColumn
    parent: SparseColumn


def resolve_fields(
    events: EventColumns,
    context: Context,
    statuses: Statuses,
    order: NDArray[np.intp],
    tables: LazyTables,
    state: CrossGenerationState,
) -> ResolvedFields:
    """Resolve a generation's events, and advance ``state`` to the generation's end.

    Args:
        events: those of the generation, or of its first batches.
        context: what was bound to the thread just before each event.
        statuses: the goroutine statuses among the events.
        order: event rows in true order.
        tables: the generation's strings; reasons and types from earlier ones are added to it.
        state: at the end of the generation before; changed in position.
    """
    goroutines = _resolve_goroutine_statuses(events, statuses, state)
    procs = _resolve_procs(events, context, state)
    rows, before, after = (np.concatenate(parts) for parts in zip(goroutines, procs, strict=True))
    stop = _resolve_stop_ends(events, context, order, tables, state)
    task, parent = _resolve_task_ends(events, order, tables, state)
    state.first = False
    return ResolvedFields(
        _sparse_column(rows, before), _sparse_column(rows, after), stop, task, parent
    )


_StateChanges = tuple[NDArray[np.intp], NDArray[np.int64], NDArray[np.int64]]
"""Event rows, and the ``ResourceState`` before and after each."""


def _resolve_goroutine_statuses(
    events: EventColumns, statuses: Statuses, state: CrossGenerationState
) -> _StateChanges:
    after = GOROUTINE_STATUS_STATE[np.clip(statuses.status, 0, 255)].astype(np.int64)
    before = after.copy()
    if state.first:
        created = events.argument(0, events.of_types(_CREATES))
        before[~np.isin(statuses.goroutine, created)] = ResourceState.UNDETERMINED
    return statuses.rows, before, after


def _resolve_procs(
    events: EventColumns, context: Context, state: CrossGenerationState
) -> _StateChanges:
    """Return the states of proc statuses and steals, and update ``state.procs``."""
    rows, proc = proc_chains(events, context)
    kind = events.type[rows]
    stated = np.flatnonzero(kind == Ev.PROC_STATUS)
    status = np.clip(events.argument(1, rows[stated]), 0, 255)
    # The proc's status after each row, as far as the next row depends on it.
    last_status = np.full(len(rows), ProcStatus.RUNNING, np.int64)
    last_status[kind == Ev.GO_SYSCALL_BEGIN] = ProcStatus.SYSCALL
    last_status[kind == Ev.GO_DESTROY_SYSCALL] = ProcStatus.SYSCALL_ABANDONED
    after = PROC_STATUS_STATE[status].astype(np.int64)
    before = after.copy()
    for position, (number, stated_as) in enumerate(
        zip(proc[stated].tolist(), status.tolist(), strict=True)
    ):
        previous = state.procs.get(number)
        in_syscall = stated_as in (ProcStatus.SYSCALL, ProcStatus.SYSCALL_ABANDONED)
        if stated_as == ProcStatus.SYSCALL_ABANDONED and previous is ProcStatus.SYSCALL:
            # The thread that the proc is bound to is known from the generation before.
            before[position] = after[position] = ResourceState.RUNNING
            stated_as = ProcStatus.SYSCALL
        elif previous is None:
            before[position] = (
                ResourceState.UNDETERMINED if state.first else ResourceState.NOT_EXIST
            )
        last_status[stated[position]] = stated_as if in_syscall else ProcStatus.RUNNING
        state.procs[number] = ProcStatus.RUNNING

    steals = np.flatnonzero(kind == Ev.PROC_STEAL)
    before_steal = np.maximum(steals - 1, 0)
    idle = (last_status[before_steal] == ProcStatus.SYSCALL_ABANDONED) & (
        proc[before_steal] == proc[steals]
    )
    stolen_from = np.where(idle, ResourceState.IDLE, ResourceState.RUNNING)
    if len(rows):
        last = np.append(np.flatnonzero(proc[1:] != proc[:-1]), len(rows) - 1)
        for number, left_as in zip(proc[last].tolist(), last_status[last].tolist(), strict=True):
            state.procs[number] = ProcStatus(left_as)
    return (
        np.concatenate((rows[stated], rows[steals])),
        np.concatenate((before, stolen_from)),
        np.concatenate((after, np.full(len(steals), ResourceState.IDLE))),
    )


def _resolve_stop_ends(
    events: EventColumns,
    context: Context,
    order: NDArray[np.intp],
    tables: LazyTables,
    state: CrossGenerationState,
) -> SparseColumn:
    rows = order[of_types(Ev.STW_BEGIN, Ev.STW_END)[events.type[order]]]
    goroutine = context.goroutine[rows].astype(np.int64)
    pairs = _BeginEndPairs(goroutine, events.type[rows] == Ev.STW_END)
    reason = np.zeros(len(rows), np.int64)
    begins = ~pairs.is_end
    reason[begins] = events.argument(0, rows[begins])
    reason[pairs.ends] = reason[pairs.begins]
    for position in pairs.unmatched_ends.tolist():
        reason[position] = tables.add(state.stops.pop(int(goroutine[position]), ""))
    for position in pairs.unmatched_begins.tolist():
        state.stops[int(goroutine[position])] = tables.string(int(reason[position]))
    return _sparse_column(rows[pairs.is_end], reason[pairs.is_end])


def _resolve_task_ends(
    events: EventColumns, order: NDArray[np.intp], tables: LazyTables, state: CrossGenerationState
) -> tuple[SparseColumn, SparseColumn]:
    rows = order[of_types(Ev.USER_TASK_BEGIN, Ev.USER_TASK_END)[events.type[order]]]
    task = events.argument(0, rows).astype(np.int64)
    pairs = _BeginEndPairs(task, events.type[rows] == Ev.USER_TASK_END)
    name, parent = np.zeros(len(rows), np.int64), np.zeros(len(rows), np.int64)
    begins = ~pairs.is_end
    name[begins] = events.argument(2, rows[begins])
    parent[begins] = events.argument(1, rows[begins])
    name[pairs.ends], parent[pairs.ends] = name[pairs.begins], parent[pairs.begins]
    for position in pairs.unmatched_ends.tolist():
        parent[position], text = state.tasks.pop(int(task[position]), (0, ""))
        name[position] = tables.add(text)
    for position in pairs.unmatched_begins.tolist():
        state.tasks[int(task[position])] = int(parent[position]), tables.string(int(name[position]))
    ends = pairs.is_end
    return _sparse_column(rows[ends], name[ends]), _sparse_column(rows[ends], parent[ends])


class _BeginEndPairs:
    """Begin and end events paired: an end with the begin just before it that has the same key.

    Attributes:
        is_end: bool, (n,).
        begins, ends: (k,), positions of the begins that have an end, and of those ends.
        unmatched_ends: positions of ends whose begin is not among the rows.
        unmatched_begins: positions of begins that are the last of their key.
    """

    def __init__(self, key: NDArray[np.int64], is_end: NDArray[np.bool_]) -> None:
        """Pair rows given in true order, by their keys and whether each is an end; both (n,)."""
        by_key = np.argsort(key, kind="stable")
        same = np.zeros(len(key) + 1, np.bool_)
        same[1:-1] = key[by_key[1:]] == key[by_key[:-1]]
        ends = is_end[by_key]
        paired = np.flatnonzero(same[1:-1] & ends[1:] & ~ends[:-1])
        self.is_end = is_end
        self.begins, self.ends = by_key[paired], by_key[paired + 1]
        begun = np.zeros(len(key), np.bool_)
        begun[self.ends] = True
        self.unmatched_ends = np.flatnonzero(is_end & ~begun)
        self.unmatched_begins = by_key[~same[1:] & ~ends]
