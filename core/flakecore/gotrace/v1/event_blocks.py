"""What happened in a stretch of an old trace, worded as blocks of events like those of new ones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.events.context import NO_GOROUTINE, NO_PROC
from flakecore.gotrace.events.event_blocks import EventBlock
from flakecore.gotrace.events.event_kinds import (
    AFTER,
    BEFORE,
    FIXED_NAMES,
    KIND,
    NAMES_SUBJECT,
    SUBJECT,
    Code,
    Stand,
    Subject,
)
from flakecore.gotrace.format.clock import TickClock
from flakecore.gotrace.format.lazy_tables import LazyTables
from flakecore.gotrace.format.varint import IntColumn
from flakecore.gotrace.format.wire import Ev
from flakecore.gotrace.v1.events import OldEvents
from flakecore.gotrace.v1.format.wire import REASONS, EvV1, of_types, stop_the_world_kinds
from flakecore.gotrace.v1.reference_kinds import Meant
from flakecore.gotrace.v1.samples import OldSamples
from flakecore.gotrace.v1.segments import NO_THREAD, STARTS, Segment

_ON_NAMED = STARTS | of_types(
    EvV1.GO_SYS_EXIT, EvV1.GO_SYS_EXIT_LOCAL, EvV1.GO_WAITING, EvV1.GO_IN_SYSCALL
)
"""Types that happen on the goroutine they name."""
_NOWHERE = of_types(EvV1.GO_SYS_EXIT, EvV1.GO_SYS_EXIT_LOCAL)
"""Types that were written where the goroutine ran next, and happened on no proc."""
_STANDS = np.full(256, Stand.RUNNING, np.uint8)
_STANDS[[EvV1.GO_CREATE, EvV1.GO_WAITING, EvV1.GO_IN_SYSCALL, EvV1.PROC_STOP]] = (
    Stand.RUNNABLE,
    Stand.WAITING,
    Stand.SYSCALL,
    Stand.IDLE,
)
_NO_STACK = np.zeros(256, np.bool_)
_NO_STACK[[Ev.GO_SYSCALL_END, Ev.GO_LABEL, Ev.GO_STATUS, Ev.PROC_STATUS]] = True
# By code: which argument holds a name's string number, a value, and what else there is.
_NAME = {
    Ev.GO_LABEL: 2,
    Ev.USER_TASK_BEGIN: 2,
    Ev.USER_REGION_BEGIN: 2,
    Ev.USER_REGION_END: 2,
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
_MORE = {Ev.GC_SWEEP_END: 1, Ev.USER_TASK_BEGIN: 1}


class OldEventBlocks:
    """Blocks of the events of one trace, a segment at a time."""

    def __init__(
        self, events: OldEvents, words: LazyTables, clock: TickClock, data: memoryview, version: int
    ) -> None:
        """Take what holds for the whole trace; ``data`` is the file's bytes."""
        self._words, self._clock, self._data = words, clock, data
        reasons = np.zeros(256, np.int64)
        reasons[list(REASONS)] = [words.add(reason) for reason in REASONS.values()]
        self._reasons = reasons
        # What ends does not say again how it began.
        tasks = np.flatnonzero(events.type == EvV1.USER_TASK_CREATE)
        task = events.argument(0, tasks)
        by_number = np.argsort(task, kind="stable")
        self._tasks, tasks = task[by_number], tasks[by_number]
        self._parent, self._type = events.argument(1, tasks), events.argument(2, tasks)
        stops = np.flatnonzero(events.type == EvV1.STW_START)
        stops = stops[np.argsort(events.tick[stops], kind="stable")]
        kinds = [f"stop-the-world ({kind})" for kind in (*stop_the_world_kinds(version), "")]
        told = events.argument(0, stops).astype(np.int64).view(np.uint64)
        numbers = np.array([words.add(kind) for kind in kinds], np.int64)
        self._stopped = events.tick[stops]
        self._stop = np.append(
            numbers[np.minimum(told, len(kinds) - 1).astype(np.int64)], numbers[-1]
        )

    def time(self, stretch: Segment, samples: OldSamples, meant: Meant) -> NDArray[np.int64]:
        """Return nanoseconds since the trace began."""
        return self._clock.to_ns(np.append(stretch.tick, samples.tick)[meant.row])

    def on(self, stretch: Segment, samples: OldSamples, meant: Meant) -> IntColumn:
        """Return the goroutine that each thing happened on; -1 for none."""
        on = np.where(_ON_NAMED[stretch.type], stretch.named, stretch.running)
        initial = stretch.initial_rows()
        on[initial[stretch.type[initial] == EvV1.GO_CREATE]] = NO_GOROUTINE
        goroutine: IntColumn = np.append(on, samples.goroutine)[meant.row]
        goroutine[goroutine == 0] = NO_GOROUTINE
        return goroutine

    def block(self, stretch: Segment, samples: OldSamples, meant: Meant) -> EventBlock:
        """Return what some of a stretch's events say."""
        code, sampled = meant.code, meant.code == Code.STACK_SAMPLE
        own = np.flatnonzero(~sampled)
        row = meant.row[own]
        kind = np.zeros(len(code), np.uint8)
        kind[own] = stretch.type[row]
        thread, proc, goroutine = self._places(stretch, samples, meant, kind)
        subject = SUBJECT[code]
        number = np.where(subject == Subject.GOROUTINE, goroutine, -1)
        number[subject == Subject.PROC] = proc[subject == Subject.PROC]
        named = np.flatnonzero(NAMES_SUBJECT[code] & (subject == Subject.GOROUTINE))
        number[named] = stretch.named[meant.row[named]]
        before, after = BEFORE[code], AFTER[code]
        stated = (code == Ev.GO_STATUS) | (code == Ev.PROC_STATUS)
        before[stated], after[stated] = Stand.UNDETERMINED, _STANDS[kind[stated]]
        stack = np.zeros(len(code), np.int64)
        stack[own] = stretch.stack(row)
        stack[_NO_STACK[code]] = 0
        stack[sampled] = samples.stack[meant.row[sampled] - len(stretch)]
        more = self._arguments(stretch, _MORE, meant)
        name = self._names(stretch, meant, more)
        return EventBlock(
            time=self.time(stretch, samples, meant),
            thread=thread,
            proc=proc,
            goroutine=goroutine,
            kind=KIND[code],
            subject=subject,
            number=number,
            before=before,
            after=after,
            reason=np.where((code == Ev.GO_STOP) | (code == Ev.GO_BLOCK), self._reasons[kind], 0),
            name=name,
            value=self._arguments(stretch, _VALUE, meant),
            more=more,
            stack=stack,
            words=self._words,
        )

    def _places(
        self, stretch: Segment, samples: OldSamples, meant: Meant, kind: NDArray[np.uint8]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        row = meant.row
        none = np.full(len(samples.tick), NO_THREAD)
        thread = np.append(stretch.thread, none)[row].astype(np.int64)
        proc = np.append(stretch.proc, samples.proc)[row].astype(np.int64)
        nowhere = _NOWHERE[kind] | ((meant.code == Ev.GO_STATUS) & (kind == EvV1.GO_CREATE))
        thread[nowhere], proc[nowhere] = NO_THREAD, NO_PROC
        return thread, proc, self.on(stretch, samples, meant).astype(np.int64)

    def _arguments(
        self, stretch: Segment, places: dict[Ev, int], meant: Meant
    ) -> NDArray[np.int64]:
        """Return an argument by the code of each; 0 for codes that have none."""
        argument = np.zeros(len(meant.code), np.int64)
        for code, place in places.items():
            which = np.flatnonzero(meant.code == code)
            if len(which):
                argument[which] = stretch.argument(place, meant.row[which])
        return argument

    def _names(self, stretch: Segment, meant: Meant, more: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the names, and complete what else there is where it is looked up like them."""
        code, words = meant.code, self._words
        name = self._arguments(stretch, _NAME, meant)
        for which, text in FIXED_NAMES.items():
            having = code == which
            if having.any():
                name[having] = words.add(text)
        stops = np.flatnonzero((code == Ev.STW_BEGIN) | (code == Ev.STW_END))
        tick = stretch.tick[meant.row[stops]]
        name[stops] = self._stop[np.searchsorted(self._stopped, tick, side="right") - 1]
        ends = np.flatnonzero(code == Ev.USER_TASK_END)
        if len(ends) and len(self._tasks):
            task = stretch.argument(0, meant.row[ends])
            place = np.minimum(np.searchsorted(self._tasks, task), len(self._tasks) - 1)
            known = self._tasks[place] == task
            name[ends] = np.where(known, self._type[place], 0)
            more[ends] = np.where(known, self._parent[place], 0)
        logs = np.flatnonzero(code == Ev.USER_LOG)
        texts = stretch.events.texts(self._data, stretch.rows[meant.row[logs]])
        more[logs] = [words.add(text) for text in texts]
        created = np.flatnonzero(code == Ev.GO_CREATE)
        functions, which_one = np.unique(
            stretch.argument(1, meant.row[created]), return_inverse=True
        )
        told = [words.stack(number) for number in functions.tolist()]
        numbers = [words.add(stack[0].function) if stack else 0 for stack in told]
        name[created] = np.array(numbers, np.int64)[which_one]
        return name
