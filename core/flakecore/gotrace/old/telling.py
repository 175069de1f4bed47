"""What happened in a stretch of an old trace, worded as blocks of events like those of new ones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.clock import TickClock
from flakecore.gotrace.context import NO_GOROUTINE, NO_PROC
from flakecore.gotrace.kinds import (
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
from flakecore.gotrace.old.events import OldEvents
from flakecore.gotrace.old.meanings import Meant
from flakecore.gotrace.old.samples import OldSamples
from flakecore.gotrace.old.stretches import NO_THREAD, STARTS, Stretch
from flakecore.gotrace.old.wire import REASONS, Ev, of_types, stop_the_world_kinds
from flakecore.gotrace.telling import EventBlock
from flakecore.gotrace.varint import Places
from flakecore.gotrace.wire import Ev as NewEv
from flakecore.gotrace.words import Words

_ON_NAMED = STARTS | of_types(Ev.GO_SYS_EXIT, Ev.GO_SYS_EXIT_LOCAL, Ev.GO_WAITING, Ev.GO_IN_SYSCALL)
"""Types that happen on the goroutine they name."""
_NOWHERE = of_types(Ev.GO_SYS_EXIT, Ev.GO_SYS_EXIT_LOCAL)
"""Types that were written where the goroutine ran next, and happened on no proc."""
_STANDS = np.full(256, Stand.RUNNING, np.uint8)
_STANDS[[Ev.GO_CREATE, Ev.GO_WAITING, Ev.GO_IN_SYSCALL, Ev.PROC_STOP]] = (
    Stand.RUNNABLE,
    Stand.WAITING,
    Stand.SYSCALL,
    Stand.IDLE,
)
_NO_STACK = np.zeros(256, np.bool_)
_NO_STACK[[NewEv.GO_SYSCALL_END, NewEv.GO_LABEL, NewEv.GO_STATUS, NewEv.PROC_STATUS]] = True
# By code: which argument holds a name's string number, a value, and what else there is.
_NAME = {
    NewEv.GO_LABEL: 2,
    NewEv.USER_TASK_BEGIN: 2,
    NewEv.USER_REGION_BEGIN: 2,
    NewEv.USER_REGION_END: 2,
    NewEv.USER_LOG: 1,
}
_VALUE = {
    NewEv.PROCS_CHANGE: 0,
    NewEv.HEAP_ALLOC: 0,
    NewEv.HEAP_GOAL: 0,
    NewEv.GC_SWEEP_END: 0,
    NewEv.USER_TASK_BEGIN: 0,
    NewEv.USER_TASK_END: 0,
    NewEv.USER_REGION_BEGIN: 0,
    NewEv.USER_REGION_END: 0,
    NewEv.USER_LOG: 0,
}
_MORE = {NewEv.GC_SWEEP_END: 1, NewEv.USER_TASK_BEGIN: 1}


class OldTeller:
    """Words the events of one trace, a stretch at a time."""

    def __init__(
        self, events: OldEvents, words: Words, clock: TickClock, data: memoryview, version: int
    ) -> None:
        """Take what holds for the whole trace; ``data`` is the file's bytes."""
        self._words, self._clock, self._data = words, clock, data
        reasons = np.zeros(256, np.int64)
        reasons[list(REASONS)] = [words.add(reason) for reason in REASONS.values()]
        self._reasons = reasons
        # What ends does not say again how it began.
        tasks = np.flatnonzero(events.type == Ev.USER_TASK_CREATE)
        task = events.argument(0, tasks)
        by_number = np.argsort(task, kind="stable")
        self._tasks, tasks = task[by_number], tasks[by_number]
        self._parent, self._type = events.argument(1, tasks), events.argument(2, tasks)
        stops = np.flatnonzero(events.type == Ev.STW_START)
        stops = stops[np.argsort(events.tick[stops], kind="stable")]
        kinds = [f"stop-the-world ({kind})" for kind in (*stop_the_world_kinds(version), "")]
        told = events.argument(0, stops).astype(np.int64).view(np.uint64)
        numbers = np.array([words.add(kind) for kind in kinds], np.int64)
        self._stopped = events.tick[stops]
        self._stop = np.append(
            numbers[np.minimum(told, len(kinds) - 1).astype(np.int64)], numbers[-1]
        )

    def time(self, stretch: Stretch, samples: OldSamples, meant: Meant) -> NDArray[np.int64]:
        """Return nanoseconds since the trace began."""
        return self._clock.to_ns(np.append(stretch.tick, samples.tick)[meant.row])

    def on(self, stretch: Stretch, samples: OldSamples, meant: Meant) -> Places:
        """Return the goroutine that each thing happened on; -1 for none."""
        on = np.where(_ON_NAMED[stretch.type], stretch.named, stretch.running)
        initial = stretch.initial_rows()
        on[initial[stretch.type[initial] == Ev.GO_CREATE]] = NO_GOROUTINE
        goroutine: Places = np.append(on, samples.goroutine)[meant.row]
        goroutine[goroutine == 0] = NO_GOROUTINE
        return goroutine

    def block(self, stretch: Stretch, samples: OldSamples, meant: Meant) -> EventBlock:
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
        stated = (code == NewEv.GO_STATUS) | (code == NewEv.PROC_STATUS)
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
            reason=np.where(
                (code == NewEv.GO_STOP) | (code == NewEv.GO_BLOCK), self._reasons[kind], 0
            ),
            name=name,
            value=self._arguments(stretch, _VALUE, meant),
            more=more,
            stack=stack,
            words=self._words,
        )

    def _places(
        self, stretch: Stretch, samples: OldSamples, meant: Meant, kind: NDArray[np.uint8]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        row = meant.row
        none = np.full(len(samples.tick), NO_THREAD)
        thread = np.append(stretch.thread, none)[row].astype(np.int64)
        proc = np.append(stretch.proc, samples.proc)[row].astype(np.int64)
        nowhere = _NOWHERE[kind] | ((meant.code == NewEv.GO_STATUS) & (kind == Ev.GO_CREATE))
        thread[nowhere], proc[nowhere] = NO_THREAD, NO_PROC
        return thread, proc, self.on(stretch, samples, meant).astype(np.int64)

    def _arguments(
        self, stretch: Stretch, places: dict[NewEv, int], meant: Meant
    ) -> NDArray[np.int64]:
        """Return an argument by the code of each; 0 for codes that have none."""
        argument = np.zeros(len(meant.code), np.int64)
        for code, place in places.items():
            which = np.flatnonzero(meant.code == code)
            if len(which):
                argument[which] = stretch.argument(place, meant.row[which])
        return argument

    def _names(self, stretch: Stretch, meant: Meant, more: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the names, and complete what else there is where it is looked up like them."""
        code, words = meant.code, self._words
        name = self._arguments(stretch, _NAME, meant)
        for which, text in FIXED_NAMES.items():
            having = code == which
            if having.any():
                name[having] = words.add(text)
        stops = np.flatnonzero((code == NewEv.STW_BEGIN) | (code == NewEv.STW_END))
        tick = stretch.tick[meant.row[stops]]
        name[stops] = self._stop[np.searchsorted(self._stopped, tick, side="right") - 1]
        ends = np.flatnonzero(code == NewEv.USER_TASK_END)
        if len(ends) and len(self._tasks):
            task = stretch.argument(0, meant.row[ends])
            place = np.minimum(np.searchsorted(self._tasks, task), len(self._tasks) - 1)
            known = self._tasks[place] == task
            name[ends] = np.where(known, self._type[place], 0)
            more[ends] = np.where(known, self._parent[place], 0)
        logs = np.flatnonzero(code == NewEv.USER_LOG)
        texts = stretch.events.texts(self._data, stretch.rows[meant.row[logs]])
        more[logs] = [words.add(text) for text in texts]
        created = np.flatnonzero(code == NewEv.GO_CREATE)
        functions, which_one = np.unique(
            stretch.argument(1, meant.row[created]), return_inverse=True
        )
        told = [words.stack(number) for number in functions.tolist()]
        numbers = [words.add(stack[0].function) if stack else 0 for stack in told]
        name[created] = np.array(numbers, np.int64)[which_one]
        return name
