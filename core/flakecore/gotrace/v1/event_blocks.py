"""Blocks of events of a trace of Go 1.11 to 1.21, in the columns of the newer format."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.events.context import NO_GOROUTINE, NO_PROC
from flakecore.gotrace.events.event_blocks import (
    VALUE,
    EventBlock,
    arguments,
    first_functions,
    set_fixed_names,
)
from flakecore.gotrace.events.event_kinds import (
    FROM_STATE,
    KIND,
    NAMES_RESOURCE,
    RESOURCE_KIND,
    TO_STATE,
    ResourceKind,
    ResourceState,
    SyntheticCode,
)
from flakecore.gotrace.format.clock import TickClock
from flakecore.gotrace.format.lazy_tables import LazyTables
from flakecore.gotrace.format.varint import IntColumn
from flakecore.gotrace.format.wire import Ev
from flakecore.gotrace.v1.events import EventsV1
from flakecore.gotrace.v1.format.wire import REASONS, EvV1, of_types, stop_the_world_kinds
from flakecore.gotrace.v1.proc_bindings import NO_THREAD, STARTS
from flakecore.gotrace.v1.reference_kinds import ReferenceRows
from flakecore.gotrace.v1.samples import SamplesV1
from flakecore.gotrace.v1.segments import Segment

_ON_NAMED = STARTS | of_types(
    EvV1.GO_SYS_EXIT, EvV1.GO_SYS_EXIT_LOCAL, EvV1.GO_WAITING, EvV1.GO_IN_SYSCALL
)
"""Types whose event happens on the goroutine that it names."""
_UNBOUND = of_types(EvV1.GO_SYS_EXIT, EvV1.GO_SYS_EXIT_LOCAL)
"""Types that are written by the proc where the goroutine runs next, and happen on no proc."""
_STATUS_STATES = np.full(256, ResourceState.RUNNING, np.uint8)
_STATUS_STATES[[EvV1.GO_CREATE, EvV1.GO_WAITING, EvV1.GO_IN_SYSCALL, EvV1.PROC_STOP]] = (
    ResourceState.RUNNABLE,
    ResourceState.WAITING,
    ResourceState.SYSCALL,
    ResourceState.IDLE,
)
_NO_STACK = np.zeros(256, np.bool_)
_NO_STACK[[Ev.GO_SYSCALL_END, Ev.GO_LABEL, Ev.GO_STATUS, Ev.PROC_STATUS]] = True
# By code: the index of the argument that is the name's string number, the second value.
_NAME = {
    Ev.GO_LABEL: 2,
    Ev.USER_TASK_BEGIN: 2,
    Ev.USER_REGION_BEGIN: 2,
    Ev.USER_REGION_END: 2,
    Ev.USER_LOG: 1,
}
_SECOND_VALUE = {Ev.GC_SWEEP_END: 1, Ev.USER_TASK_BEGIN: 1}


class EventBlockBuilderV1:
    """Builds blocks of the events of one trace, a segment at a time."""

    def __init__(
        self, events: EventsV1, tables: LazyTables, clock: TickClock, data: memoryview, version: int
    ) -> None:
        """Collect what end events lack from all begin events.

        Args:
            events: all events of the trace.
            tables: its strings and stacks.
            clock: converts ticks to nanoseconds.
            data: the file's bytes.
            version: minor Go version of the format.
        """
        self._tables, self._clock, self._data = tables, clock, data
        reasons = np.zeros(256, np.int64)
        reasons[list(REASONS)] = [tables.add(reason) for reason in REASONS.values()]
        self._reasons = reasons
        # End events of tasks and stop-the-worlds do not repeat the type, parent or kind.
        tasks = np.flatnonzero(events.type == EvV1.USER_TASK_CREATE)
        task = events.argument(0, tasks)
        by_number = np.argsort(task, kind="stable")
        self._tasks, tasks = task[by_number], tasks[by_number]
        self._parent, self._type = events.argument(1, tasks), events.argument(2, tasks)
        stops = np.flatnonzero(events.type == EvV1.STW_START)
        stops = stops[np.argsort(events.tick[stops], kind="stable")]
        kinds = [f"stop-the-world ({kind})" for kind in (*stop_the_world_kinds(version), "")]
        stop_kind = events.argument(0, stops).astype(np.int64).view(np.uint64)
        numbers = np.array([tables.add(kind) for kind in kinds], np.int64)
        self._stop_ticks = events.tick[stops]
        self._stop_names = np.append(
            numbers[np.minimum(stop_kind, len(kinds) - 1).astype(np.int64)], numbers[-1]
        )

    def time(
        self, segment: Segment, samples: SamplesV1, reference: ReferenceRows
    ) -> NDArray[np.int64]:
        """Return the time of each row, in nanoseconds since the trace began; int64."""
        return self._clock.to_ns(np.append(segment.tick, samples.tick)[reference.row])

    def goroutine(
        self, segment: Segment, samples: SamplesV1, reference: ReferenceRows
    ) -> IntColumn:
        """Return the goroutine that each row happened on; -1 for none."""
        on = np.where(_ON_NAMED[segment.type], segment.named, segment.running)
        initial = segment.initial_rows()
        on[initial[segment.type[initial] == EvV1.GO_CREATE]] = NO_GOROUTINE
        goroutine: IntColumn = np.append(on, samples.goroutine)[reference.row]
        goroutine[goroutine == 0] = NO_GOROUTINE
        return goroutine

    def block(self, segment: Segment, samples: SamplesV1, reference: ReferenceRows) -> EventBlock:
        """Return the block of some rows of a segment."""
        code, sampled = reference.code, reference.code == SyntheticCode.STACK_SAMPLE
        own = np.flatnonzero(~sampled)
        row = reference.row[own]
        kind = np.zeros(len(code), np.uint8)
        kind[own] = segment.type[row]
        thread, proc, goroutine = self._bindings(segment, samples, reference, kind)
        resource_kind = RESOURCE_KIND[code]
        resource = np.where(resource_kind == ResourceKind.GOROUTINE, goroutine, -1)
        resource[resource_kind == ResourceKind.PROC] = proc[resource_kind == ResourceKind.PROC]
        named = np.flatnonzero(NAMES_RESOURCE[code] & (resource_kind == ResourceKind.GOROUTINE))
        resource[named] = segment.named[reference.row[named]]
        from_state, to_state = FROM_STATE[code], TO_STATE[code]
        status_rows = (code == Ev.GO_STATUS) | (code == Ev.PROC_STATUS)
        from_state[status_rows], to_state[status_rows] = (
            ResourceState.UNDETERMINED,
            _STATUS_STATES[kind[status_rows]],
        )
        stack = np.zeros(len(code), np.int64)
        stack[own] = segment.stack(row)
        stack[_NO_STACK[code]] = 0
        stack[sampled] = samples.stack[reference.row[sampled] - len(segment)]
        second_value = self._arguments(segment, _SECOND_VALUE, reference)
        name = self._names(segment, reference, second_value)
        return EventBlock(
            time=self.time(segment, samples, reference),
            thread=thread,
            proc=proc,
            goroutine=goroutine,
            kind=KIND[code],
            resource_kind=resource_kind,
            resource=resource,
            from_state=from_state,
            to_state=to_state,
            reason=np.where((code == Ev.GO_STOP) | (code == Ev.GO_BLOCK), self._reasons[kind], 0),
            name=name,
            value=self._arguments(segment, VALUE, reference),
            second_value=second_value,
            stack=stack,
            tables=self._tables,
        )

    def _bindings(
        self,
        segment: Segment,
        samples: SamplesV1,
        reference: ReferenceRows,
        kind: NDArray[np.uint8],
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        row = reference.row
        none = np.full(len(samples.tick), NO_THREAD)
        thread = np.append(segment.thread, none)[row].astype(np.int64)
        proc = np.append(segment.proc, samples.proc)[row].astype(np.int64)
        unbound = _UNBOUND[kind] | ((reference.code == Ev.GO_STATUS) & (kind == EvV1.GO_CREATE))
        thread[unbound], proc[unbound] = NO_THREAD, NO_PROC
        return thread, proc, self.goroutine(segment, samples, reference).astype(np.int64)

    def _arguments(
        self, segment: Segment, indices: dict[Ev, int], reference: ReferenceRows
    ) -> NDArray[np.int64]:
        return arguments(segment.argument, indices, reference.row, reference.code)

    def _names(
        self, segment: Segment, reference: ReferenceRows, second_value: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """Return the name of each row, and set the second value of task ends and logs in place."""
        code, tables = reference.code, self._tables
        name = self._arguments(segment, _NAME, reference)
        set_fixed_names(name, code, tables)
        stops = np.flatnonzero((code == Ev.STW_BEGIN) | (code == Ev.STW_END))
        tick = segment.tick[reference.row[stops]]
        name[stops] = self._stop_names[np.searchsorted(self._stop_ticks, tick, side="right") - 1]
        ends = np.flatnonzero(code == Ev.USER_TASK_END)
        if len(ends) and len(self._tasks):
            task = segment.argument(0, reference.row[ends])
            index = np.minimum(np.searchsorted(self._tasks, task), len(self._tasks) - 1)
            known = self._tasks[index] == task
            name[ends] = np.where(known, self._type[index], 0)
            second_value[ends] = np.where(known, self._parent[index], 0)
        logs = np.flatnonzero(code == Ev.USER_LOG)
        texts = segment.events.texts(self._data, segment.rows[reference.row[logs]])
        second_value[logs] = [tables.add(text) for text in texts]
        created = np.flatnonzero(code == Ev.GO_CREATE)
        stacks = segment.argument(1, reference.row[created])
        name[created] = first_functions(stacks, tables)
        return name
