"""What the rows of a stretch are in the terms of the newer format, as the reference converts them.

Most events are one change and have a type of the newer format that means the same
(``src/internal/trace/tracev1.go``). A syscall that keeps its proc begins and ends at once, the
start of a goroutine may bring a label, and what the trace began with are states, not changes; of
goroutines that then neither wait nor run it shows only when all of them have been told of.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.kinds import Code
from flakecore.gotrace.old.order import true_order
from flakecore.gotrace.old.ranges import MARKS
from flakecore.gotrace.old.samples import OldSamples
from flakecore.gotrace.old.stretches import STARTS, STOPS, Stretch
from flakecore.gotrace.old.wire import Ev, of_types
from flakecore.gotrace.wire import Ev as NewEv

_SAME = {
    **MARKS,
    Ev.GOMAXPROCS: NewEv.PROCS_CHANGE,
    Ev.PROC_START: NewEv.PROC_START,
    Ev.PROC_STOP: NewEv.PROC_STOP,
    Ev.GO_CREATE: NewEv.GO_CREATE,
    Ev.GO_END: NewEv.GO_DESTROY,
    Ev.GO_SCHED: NewEv.GO_STOP,
    Ev.GO_PREEMPT: NewEv.GO_STOP,
    Ev.GO_UNBLOCK: NewEv.GO_UNBLOCK,
    Ev.GO_UNBLOCK_LOCAL: NewEv.GO_UNBLOCK,
    Ev.GO_SYS_CALL: NewEv.GO_SYSCALL_BEGIN,
    Ev.GO_SYS_EXIT: NewEv.GO_SYSCALL_END_BLOCKED,
    Ev.GO_SYS_EXIT_LOCAL: NewEv.GO_SYSCALL_END_BLOCKED,
    Ev.GO_WAITING: NewEv.GO_STATUS,
    Ev.GO_IN_SYSCALL: NewEv.GO_STATUS,
    Ev.HEAP_ALLOC: NewEv.HEAP_ALLOC,
    Ev.HEAP_GOAL: NewEv.HEAP_GOAL,
    Ev.USER_TASK_CREATE: NewEv.USER_TASK_BEGIN,
    Ev.USER_TASK_END: NewEv.USER_TASK_END,
    Ev.USER_LOG: NewEv.USER_LOG,
}
_CODE = np.zeros(256, np.uint8)
_CODE[STOPS] = NewEv.GO_BLOCK
_CODE[Ev.GO_SYS_BLOCK] = 0  # the syscall before it tells
_CODE[STARTS] = NewEv.GO_START
for _old, _new in _SAME.items():
    _CODE[_old] = _new
_STATED = of_types(Ev.GO_WAITING, Ev.GO_IN_SYSCALL) | STARTS
_REGION = np.array([NewEv.USER_REGION_BEGIN, NewEv.USER_REGION_END], np.uint8)


@dataclass(frozen=True, slots=True)
class Meant:
    """What happened in a stretch, in true order; one row for each event of the reference.

    Attributes:
        row: int64, (k,), which event of the stretch; from their number on, CPU samples.
        code: uint8, (k,), a wire type of the newer format, or ``Code.STACK_SAMPLE``.
    """

    row: NDArray[np.intp]
    code: NDArray[np.uint8]

    def chosen(self, which: NDArray[np.intp] | NDArray[np.bool_] | slice) -> Meant:
        """Return some of them."""
        return Meant(self.row[which], self.code[which])


def understand(stretch: Stretch, samples: OldSamples, *, ordered: bool = True) -> Meant:
    """Return what happened in a stretch.

    Args:
        stretch: its events.
        samples: its CPU samples.
        ordered: whether the order matters; without it they come as they stand.
    """
    code = _codes(stretch)
    count = len(stretch)
    row = true_order(stretch) if ordered else np.arange(count)
    row = _told_at_last(stretch, row)
    taken = count + np.arange(len(samples.tick))
    if len(taken):
        passed = np.maximum.accumulate(stretch.tick[row])
        row = np.insert(row, np.searchsorted(passed, samples.tick, side="right"), taken)
        code = np.append(code, np.full(len(taken), Code.STACK_SAMPLE, np.uint8))
    row = row[code[row] != 0]
    return _expanded(stretch, row, code[row])


def _codes(stretch: Stretch) -> NDArray[np.uint8]:
    """Return the code of each event; 0 of those that tell nothing of their own."""
    kind = stretch.type
    code = _CODE[kind]
    regions = np.flatnonzero(kind == Ev.USER_REGION)
    mode = stretch.argument(1, regions)
    known = (mode == 0) | (mode == 1)
    code[regions[known]] = _REGION[mode[known]]
    code[stretch.first_moves()] = NewEv.PROC_STATUS
    begun = stretch.initial_rows()
    code[begun[STARTS[kind[begun]]]] = NewEv.GO_STATUS
    created = begun[kind[begun] == Ev.GO_CREATE]
    told = begun[_STATED[kind[begun]]]
    better = np.isin(stretch.named[created], stretch.named[told])
    code[created] = np.where(better, 0, NewEv.GO_STATUS)
    goes_on = stretch.goes_on()
    code[goes_on[kind[goes_on] == Ev.GOMAXPROCS]] = 0
    return code


def _told_at_last(stretch: Stretch, row: NDArray[np.intp]) -> NDArray[np.intp]:
    """Put the creations with which the trace begins where the world goes on."""
    begun = stretch.initial_rows()
    if not len(begun):
        return row
    is_created = np.zeros(len(stretch), np.bool_)
    is_created[begun] = stretch.type[begun] == Ev.GO_CREATE
    created, others = row[is_created[row]], row[~is_created[row]]
    last = stretch.goes_on()
    if not len(last):
        last = begun[~is_created[begun]][-1:]
    place = np.flatnonzero(np.isin(others, last)) + 1
    return np.insert(others, place[0] if len(place) else 0, created)


def _expanded(stretch: Stretch, row: NDArray[np.intp], code: NDArray[np.uint8]) -> Meant:
    """Give a row of its own to each change where an event is two."""
    kind = np.append(stretch.type, np.zeros(1, np.uint8))[np.minimum(row, len(stretch))]
    calls = np.flatnonzero(kind == Ev.GO_SYS_CALL)
    calls = calls[~stretch.is_blocked(row[calls])]
    labels = np.flatnonzero(kind == Ev.GO_START_LABEL)
    times = np.ones(len(row), np.int8)
    times[calls] = times[labels] = 2
    place = np.cumsum(times, dtype=np.int64) - times
    row, code = np.repeat(row, times), np.repeat(code, times)
    code[place[calls] + 1], code[place[labels] + 1] = NewEv.GO_SYSCALL_END, NewEv.GO_LABEL
    return Meant(row, code)
