"""A generation's events in the reference's terms, as many at a time as are asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.events.context import NO_GOROUTINE
from flakecore.gotrace.events.cross_generation import Meanings
from flakecore.gotrace.events.event_kinds import (
    AFTER,
    BEFORE,
    FIXED_NAMES,
    KIND,
    NAMES_SUBJECT,
    SUBJECT,
    Code,
    Subject,
)
from flakecore.gotrace.events.event_rows import EventRows
from flakecore.gotrace.events.initial_bindings import Moved
from flakecore.gotrace.format.clock import TickClock
from flakecore.gotrace.format.lazy_tables import LazyTables
from flakecore.gotrace.format.varint import IntColumn
from flakecore.gotrace.format.wire import Ev, of_types

_STATED = of_types(Ev.GO_STATUS, Ev.GO_STATUS_STACK, Ev.PROC_STATUS, Ev.PROC_STEAL)
_CREATE = of_types(Ev.GO_CREATE, Ev.GO_CREATE_BLOCKED)
_STATUS = of_types(Ev.GO_STATUS, Ev.GO_STATUS_STACK, Ev.PROC_STATUS)
# By type: which argument holds a name's string number, a value, and what else there is.
_NAME = {
    Ev.GO_LABEL: 0,
    Ev.USER_TASK_BEGIN: 2,
    Ev.USER_REGION_BEGIN: 1,
    Ev.USER_REGION_END: 1,
    Ev.USER_LOG: 1,
}
_VALUE = {
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
_MORE = {Ev.GC_SWEEP_END: 1, Ev.USER_TASK_BEGIN: 1, Ev.USER_LOG: 2}
_REASON = {Ev.GO_STOP: 0, Ev.GO_BLOCK: 0}


@dataclass(frozen=True, slots=True)
class EventBlock:
    """Some events in true order; every column (n,), and -1 stands for none.

    Attributes:
        time: int64, nanoseconds since the trace began, by the clock of the thread.
        thread, proc, goroutine: int64, what was bound together just before the event.
        kind: uint8, ``EventKind``.
        subject: uint8, ``Subject``, what it is about beyond where it happened.
        number: int64, the subject's number.
        before, after: uint8, ``Stand`` of the subject; NONE where its state does not change.
        reason: int64, number in ``words`` of the reason for a stop or a wait; 0 for none.
        name: int64, number in ``words`` of the name of a metric, range, label, task or region,
            of a log's category, or of the function a created goroutine begins with; 0 for none.
        value: int64, of a metric; of a sweep's end the bytes swept; of a task, region or log the
            task's number.
        more: int64, of a sweep's end the bytes reclaimed, of a task its parent (0 for none), of
            a log the number in ``words`` of its message.
        stack: int64, number in ``words`` of the stack it happened at; 0 for none.
        words: what the numbers stand for.
    """

    time: NDArray[np.int64]
    thread: NDArray[np.int64]
    proc: NDArray[np.int64]
    goroutine: NDArray[np.int64]
    kind: NDArray[np.uint8]
    subject: NDArray[np.uint8]
    number: NDArray[np.int64]
    before: NDArray[np.uint8]
    after: NDArray[np.uint8]
    reason: NDArray[np.int64]
    name: NDArray[np.int64]
    value: NDArray[np.int64]
    more: NDArray[np.int64]
    stack: NDArray[np.int64]
    words: LazyTables

    def __len__(self) -> int:
        return len(self.time)

    def rows(self, which: NDArray[np.bool_]) -> EventBlock:
        """Return the events for which ``which`` is true."""
        columns = (field.name for field in fields(self) if field.name != "words")
        return replace(self, **{name: getattr(self, name)[which] for name in columns})


@dataclass(frozen=True, slots=True)
class EventBlocks:
    """A generation's events as blocks: rows, meanings, contexts and words."""

    rows: EventRows
    meanings: Meanings
    moved: Moved
    words: LazyTables
    clock: TickClock

    def block(self, rows: NDArray[np.intp]) -> EventBlock:
        """Return what rows say, in the order in which they are given."""
        rows, code = self._expanded(rows)
        events = self.rows.events
        thread, stack = self._threads_and_stacks(rows, code)
        proc, goroutine = _wide(self.rows.proc[rows]), _wide(self.rows.goroutine[rows])
        goroutine[code == Code.SWITCH_START] = NO_GOROUTINE
        elsewhere = np.flatnonzero(_STATUS[code])
        self._move(elsewhere, rows, thread, proc, goroutine)
        subject = SUBJECT[code]
        number = np.full(len(rows), -1, np.int64)
        own = ~NAMES_SUBJECT[code]
        for kind, column in ((Subject.GOROUTINE, goroutine), (Subject.PROC, proc)):
            which = own & (subject == kind)
            number[which] = column[which]
        named = np.flatnonzero(~own)
        number[named] = events.argument(0, rows[named])
        before, after = BEFORE[code], AFTER[code]
        stated = np.flatnonzero(_STATED[code])
        before[stated] = self.meanings.before.of(rows[stated])
        after[stated] = self.meanings.after.of(rows[stated])
        value, more = self._arguments(_VALUE, rows, code), self._arguments(_MORE, rows, code)
        ends = np.flatnonzero(code == Ev.USER_TASK_END)
        more[ends] = self.meanings.parent.of(rows[ends])
        return EventBlock(
            time=self.clock.to_ns(self.rows.tick[rows]),
            thread=thread,
            proc=proc,
            goroutine=goroutine,
            kind=KIND[code],
            subject=subject,
            number=number,
            before=before,
            after=after,
            reason=self._arguments(_REASON, rows, code),
            name=self._names(rows, code),
            value=value,
            more=more,
            stack=stack,
            words=self.words,
        )

    def _expanded(self, rows: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.uint8]]:
        """Return a row and a code for each change; most rows are one."""
        code = self.rows.code[rows]
        switches, loses = self.rows.switches(rows), self.rows.loses_proc(rows)
        if not (switches.any() or loses.any()):
            return rows, code
        copies = 1 + 2 * switches + loses
        place = np.cumsum(copies) - copies
        rows, code = np.repeat(rows, copies), np.repeat(code, copies)
        at = place[switches]
        code[at + 1] = np.where(code[at] == Ev.GO_SWITCH, Code.SWITCH_BLOCK, Code.SWITCH_DESTROY)
        code[at], code[at + 2] = Code.SWITCH_UNBLOCK, Code.SWITCH_START
        code[place[loses]] = Code.LOSE_PROC
        return rows, code

    def _move(
        self,
        status: NDArray[np.intp],
        rows: NDArray[np.intp],
        thread: NDArray[np.int64],
        proc: NDArray[np.int64],
        goroutine: NDArray[np.int64],
    ) -> None:
        """Let statuses happen where they belong, and not where they were written."""
        moved = self.moved
        place = np.searchsorted(moved.rows, rows[status])
        inside = np.flatnonzero(place < len(moved.rows))
        inside = inside[moved.rows[place[inside]] == rows[status[inside]]]
        status, place = status[inside], place[inside]
        thread[status], proc[status] = moved.thread[place], moved.proc[place]
        goroutine[status] = moved.goroutine[place]

    def _arguments(
        self, places: Mapping[Ev, int], rows: NDArray[np.intp], code: NDArray[np.uint8]
    ) -> NDArray[np.int64]:
        """Return an argument by the code of each row; 0 for codes that have none."""
        argument = np.zeros(len(rows), np.int64)
        for event, place in places.items():
            which = np.flatnonzero(code == event)
            if len(which):
                argument[which] = self.rows.events.argument(place, rows[which])
        return argument

    def _names(self, rows: NDArray[np.intp], code: NDArray[np.uint8]) -> NDArray[np.int64]:
        name = self._arguments(_NAME, rows, code)
        for which, text in FIXED_NAMES.items():
            having = code == which
            if having.any():
                name[having] = self.words.add(text)
        ends = np.flatnonzero(code == Ev.USER_TASK_END)
        name[ends] = self.meanings.task.of(rows[ends])
        begun, ended = np.flatnonzero(code == Ev.STW_BEGIN), np.flatnonzero(code == Ev.STW_END)
        name[begun] = self.rows.events.argument(0, rows[begun])
        name[ended] = self.meanings.stop.of(rows[ended])
        for place in (*begun.tolist(), *ended.tolist()):
            name[place] = self.words.add(f"stop-the-world ({self.words.string(int(name[place]))})")
        created = np.flatnonzero(_CREATE[code])
        functions, which_one = np.unique(
            self.rows.events.argument(1, rows[created]), return_inverse=True
        )
        told = [self.words.stack(number) for number in functions.tolist()]
        numbers = [self.words.add(stack[0].function) if stack else 0 for stack in told]
        name[created] = np.array(numbers, np.int64)[which_one]
        return name

    def _threads_and_stacks(
        self, rows: NDArray[np.intp], code: NDArray[np.uint8]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        thread, stack = np.zeros(len(rows), np.int64), np.zeros(len(rows), np.int64)
        sampled = code == Code.STACK_SAMPLE
        own, taken = rows[~sampled], rows[sampled] - len(self.rows.events)
        thread[~sampled], stack[~sampled] = (
            self.rows.events.thread(own),
            self.rows.events.stack(own),
        )
        thread[sampled], stack[sampled] = (
            self.rows.samples.thread[taken],
            self.rows.samples.stack[taken],
        )
        return thread, stack


def _wide(column: IntColumn) -> NDArray[np.int64]:
    return column.astype(np.int64)
