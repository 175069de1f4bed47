"""Blocks of events: a generation's rows in the terms of Go's own reader."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.events.context import NO_GOROUTINE
from flakecore.gotrace.events.cross_generation import ResolvedFields
from flakecore.gotrace.events.event_kinds import (
    FIXED_NAMES,
    FROM_STATE,
    KIND,
    NAMES_RESOURCE,
    RESOURCE_KIND,
    TO_STATE,
    ResourceKind,
    SyntheticCode,
)
from flakecore.gotrace.events.event_rows import EventRows
from flakecore.gotrace.events.initial_bindings import RelocatedStatuses
from flakecore.gotrace.format.clock import TickClock
from flakecore.gotrace.format.lazy_tables import LazyTables
from flakecore.gotrace.format.varint import IntColumn
from flakecore.gotrace.format.wire import Ev, of_types

_HAS_STATES = of_types(Ev.GO_STATUS, Ev.GO_STATUS_STACK, Ev.PROC_STATUS, Ev.PROC_STEAL)
_CREATE = of_types(Ev.GO_CREATE, Ev.GO_CREATE_BLOCKED)
_STATUS = of_types(Ev.GO_STATUS, Ev.GO_STATUS_STACK, Ev.PROC_STATUS)
# By type: the index of the argument that is the name's string number, the second value, the reason.
_NAME = {
    Ev.GO_LABEL: 0,
    Ev.USER_TASK_BEGIN: 2,
    Ev.USER_REGION_BEGIN: 1,
    Ev.USER_REGION_END: 1,
    Ev.USER_LOG: 1,
}
VALUE = {
    Ev.PROCS_CHANGE: 0,
    Ev.HEAP_ALLOC: 0,
    Ev.HEAP_GOAL: 0,
    Ev.GC_SWEEP_END: 0,
    Ev.USER_TASK_BEGIN: 0,
    Ev.USER_TASK_END: 0,
    Ev.USER_REGION_BEGIN: 0,
    Ev.USER_REGION_END: 0,
    Ev.USER_LOG: 0,
}
"""The index of the argument that is the value, of both formats."""
_SECOND_VALUE = {Ev.GC_SWEEP_END: 1, Ev.USER_TASK_BEGIN: 1, Ev.USER_LOG: 2}
_REASON = {Ev.GO_STOP: 0, Ev.GO_BLOCK: 0}


@dataclass(frozen=True, slots=True)
class EventBlock:
    """Events in true order; every column (n,), -1 for none.

    Attributes:
        time: int64, nanoseconds since the trace began, by the clock of the thread.
        thread, proc, goroutine: int64, what was bound together just before the event.
        kind: uint8, ``EventKind``.
        resource_kind: uint8, ``ResourceKind`` of what the event is about.
        resource: int64, number of that goroutine or proc.
        from_state, to_state: uint8, ``ResourceState``; NONE where the state does not change.
        reason: int64, string number of the reason for a stop or a wait; 0 for none.
        name: int64, string number of the name of a metric, range, label, task or region, of a
            log's category, or of the first function of a created goroutine; 0 for none.
        value: int64, of a metric; of a sweep's end the bytes swept; of a task, region or log the
            task's number.
        second_value: int64, of a sweep's end the bytes reclaimed, of a task its parent (0 for
            none), of a log the string number of its message.
        stack: int64, number of the stack it happened at; 0 for none.
        tables: the strings and stacks that the numbers stand for.
    """

    time: NDArray[np.int64]
    thread: NDArray[np.int64]
    proc: NDArray[np.int64]
    goroutine: NDArray[np.int64]
    kind: NDArray[np.uint8]
    resource_kind: NDArray[np.uint8]
    resource: NDArray[np.int64]
    from_state: NDArray[np.uint8]
    to_state: NDArray[np.uint8]
    reason: NDArray[np.int64]
    name: NDArray[np.int64]
    value: NDArray[np.int64]
    second_value: NDArray[np.int64]
    stack: NDArray[np.int64]
    tables: LazyTables

    def __len__(self) -> int:
        return len(self.time)

    def rows(self, which: NDArray[np.bool_]) -> EventBlock:
        """Return the events for which ``which`` is true."""
        columns = (field.name for field in fields(self) if field.name != "tables")
        return replace(self, **{name: getattr(self, name)[which] for name in columns})


@dataclass(frozen=True, slots=True)
class EventBlockBuilder:
    """Builds blocks of the rows of one generation."""

    rows: EventRows
    resolved: ResolvedFields
    relocated: RelocatedStatuses
    tables: LazyTables
    clock: TickClock

    def block(self, rows: NDArray[np.intp]) -> EventBlock:
        """Return the block of some rows, in the order in which they are given."""
        rows, code = self._split_rows(rows)
        events = self.rows.events
        thread, stack = self._threads_and_stacks(rows, code)
        proc, goroutine = _as_int64(self.rows.proc[rows]), _as_int64(self.rows.goroutine[rows])
        goroutine[code == SyntheticCode.SWITCH_START] = NO_GOROUTINE
        elsewhere = np.flatnonzero(_STATUS[code])
        self._relocate(elsewhere, rows, thread, proc, goroutine)
        resource_kind = RESOURCE_KIND[code]
        resource = np.full(len(rows), -1, np.int64)
        on_context = ~NAMES_RESOURCE[code]
        for kind, column in ((ResourceKind.GOROUTINE, goroutine), (ResourceKind.PROC, proc)):
            which = on_context & (resource_kind == kind)
            resource[which] = column[which]
        named = np.flatnonzero(~on_context)
        resource[named] = events.argument(0, rows[named])
        from_state, to_state = FROM_STATE[code], TO_STATE[code]
        status_rows = np.flatnonzero(_HAS_STATES[code])
        from_state[status_rows] = self.resolved.before.at(rows[status_rows])
        to_state[status_rows] = self.resolved.after.at(rows[status_rows])
        value, second_value = (
            self._arguments(VALUE, rows, code),
            self._arguments(_SECOND_VALUE, rows, code),
        )
        ends = np.flatnonzero(code == Ev.USER_TASK_END)
        second_value[ends] = self.resolved.parent.at(rows[ends])
        return EventBlock(
            time=self.clock.to_ns(self.rows.tick[rows]),
            thread=thread,
            proc=proc,
            goroutine=goroutine,
            kind=KIND[code],
            resource_kind=resource_kind,
            resource=resource,
            from_state=from_state,
            to_state=to_state,
            reason=self._arguments(_REASON, rows, code),
            name=self._names(rows, code),
            value=value,
            second_value=second_value,
            stack=stack,
            tables=self.tables,
        )

    def _split_rows(self, rows: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.uint8]]:
        """Return the row and code of each event; rows that are several transitions are repeated."""
        code = self.rows.code[rows]
        switches, loses = self.rows.switches(rows), self.rows.loses_proc(rows)
        if not (switches.any() or loses.any()):
            return rows, code
        copies = 1 + 2 * switches + loses
        place = np.cumsum(copies) - copies
        rows, code = np.repeat(rows, copies), np.repeat(code, copies)
        at = place[switches]
        code[at + 1] = np.where(
            code[at] == Ev.GO_SWITCH, SyntheticCode.SWITCH_BLOCK, SyntheticCode.SWITCH_DESTROY
        )
        code[at], code[at + 2] = SyntheticCode.SWITCH_UNBLOCK, SyntheticCode.SWITCH_START
        code[place[loses]] = SyntheticCode.LOSE_PROC
        return rows, code

    def _relocate(
        self,
        status: NDArray[np.intp],
        rows: NDArray[np.intp],
        thread: NDArray[np.int64],
        proc: NDArray[np.int64],
        goroutine: NDArray[np.int64],
    ) -> None:
        """Set the context of relocated statuses, in place; ``status`` are positions in ``rows``."""
        relocated = self.relocated
        place = np.searchsorted(relocated.rows, rows[status])
        inside = np.flatnonzero(place < len(relocated.rows))
        inside = inside[relocated.rows[place[inside]] == rows[status[inside]]]
        status, place = status[inside], place[inside]
        thread[status], proc[status] = relocated.thread[place], relocated.proc[place]
        goroutine[status] = relocated.goroutine[place]

    def _arguments(
        self, indices: Mapping[Ev, int], rows: NDArray[np.intp], code: NDArray[np.uint8]
    ) -> NDArray[np.int64]:
        return arguments(self.rows.events.argument, indices, rows, code)

    def _names(self, rows: NDArray[np.intp], code: NDArray[np.uint8]) -> NDArray[np.int64]:
        name = self._arguments(_NAME, rows, code)
        set_fixed_names(name, code, self.tables)
        ends = np.flatnonzero(code == Ev.USER_TASK_END)
        name[ends] = self.resolved.task.at(rows[ends])
        begun, ended = np.flatnonzero(code == Ev.STW_BEGIN), np.flatnonzero(code == Ev.STW_END)
        name[begun] = self.rows.events.argument(0, rows[begun])
        name[ended] = self.resolved.stop.at(rows[ended])
        for place in (*begun.tolist(), *ended.tolist()):
            name[place] = self.tables.add(
                f"stop-the-world ({self.tables.string(int(name[place]))})"
            )
        created = np.flatnonzero(_CREATE[code])
        stacks = self.rows.events.argument(1, rows[created])
        name[created] = first_functions(stacks, self.tables)
        return name

    def _threads_and_stacks(
        self, rows: NDArray[np.intp], code: NDArray[np.uint8]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        thread, stack = np.zeros(len(rows), np.int64), np.zeros(len(rows), np.int64)
        sampled = code == SyntheticCode.STACK_SAMPLE
        on_context, taken = rows[~sampled], rows[sampled] - len(self.rows.events)
        thread[~sampled], stack[~sampled] = (
            self.rows.events.thread(on_context),
            self.rows.events.stack(on_context),
        )
        thread[sampled], stack[sampled] = (
            self.rows.samples.thread[taken],
            self.rows.samples.stack[taken],
        )
        return thread, stack


def arguments(
    argument: Callable[[int, NDArray[np.intp]], IntColumn],
    indices: Mapping[Ev, int],
    rows: NDArray[np.intp],
    code: NDArray[np.uint8],
) -> NDArray[np.int64]:
    """Return (n,) each row's argument at the index of its code; 0 for codes without one.

    Args:
        argument: from an index and rows to the arguments there.
        indices: by code.
        rows: (n,).
        code: (n,) the code of each row.
    """
    found = np.zeros(len(rows), np.int64)
    for event, index in indices.items():
        which = np.flatnonzero(code == event)
        if len(which):
            found[which] = argument(index, rows[which])
    return found


def set_fixed_names(name: NDArray[np.int64], code: NDArray[np.uint8], tables: LazyTables) -> None:
    """Set the string numbers of the names that all events of a code have, in place."""
    for which, text in FIXED_NAMES.items():
        having = code == which
        if having.any():
            name[having] = tables.add(text)


def first_functions(stacks: IntColumn, tables: LazyTables) -> NDArray[np.int64]:
    """Return (n,) the string number of the innermost function of each stack; 0 for an empty one."""
    distinct, which_one = np.unique(stacks, return_inverse=True)
    read = [tables.stack(number) for number in distinct.tolist()]
    numbers = [tables.add(stack[0].function) if stack else 0 for stack in read]
    return np.array(numbers, np.int64)[which_one]


def _as_int64(column: IntColumn) -> NDArray[np.int64]:
    return column.astype(np.int64)
