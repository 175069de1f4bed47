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

from flakecore.gotrace.events.event_kinds import Code
from flakecore.gotrace.format.wire import Ev
from flakecore.gotrace.v1.format.wire import EvV1, of_types
from flakecore.gotrace.v1.order import true_order
from flakecore.gotrace.v1.ranges import MARKS
from flakecore.gotrace.v1.samples import OldSamples
from flakecore.gotrace.v1.segments import STARTS, STOPS, Segment

_SAME = {
    **MARKS,
    EvV1.GOMAXPROCS: Ev.PROCS_CHANGE,
    EvV1.PROC_START: Ev.PROC_START,
    EvV1.PROC_STOP: Ev.PROC_STOP,
    EvV1.GO_CREATE: Ev.GO_CREATE,
    EvV1.GO_END: Ev.GO_DESTROY,
    EvV1.GO_SCHED: Ev.GO_STOP,
    EvV1.GO_PREEMPT: Ev.GO_STOP,
    EvV1.GO_UNBLOCK: Ev.GO_UNBLOCK,
    EvV1.GO_UNBLOCK_LOCAL: Ev.GO_UNBLOCK,
    EvV1.GO_SYS_CALL: Ev.GO_SYSCALL_BEGIN,
    EvV1.GO_SYS_EXIT: Ev.GO_SYSCALL_END_BLOCKED,
    EvV1.GO_SYS_EXIT_LOCAL: Ev.GO_SYSCALL_END_BLOCKED,
    EvV1.GO_WAITING: Ev.GO_STATUS,
    EvV1.GO_IN_SYSCALL: Ev.GO_STATUS,
    EvV1.HEAP_ALLOC: Ev.HEAP_ALLOC,
    EvV1.HEAP_GOAL: Ev.HEAP_GOAL,
    EvV1.USER_TASK_CREATE: Ev.USER_TASK_BEGIN,
    EvV1.USER_TASK_END: Ev.USER_TASK_END,
    EvV1.USER_LOG: Ev.USER_LOG,
}
_CODE = np.zeros(256, np.uint8)
_CODE[STOPS] = Ev.GO_BLOCK
_CODE[EvV1.GO_SYS_BLOCK] = 0  # the syscall before it tells
_CODE[STARTS] = Ev.GO_START
for _old, _new in _SAME.items():
    _CODE[_old] = _new
_STATED = of_types(EvV1.GO_WAITING, EvV1.GO_IN_SYSCALL) | STARTS
_REGION = np.array([Ev.USER_REGION_BEGIN, Ev.USER_REGION_END], np.uint8)


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


def understand(stretch: Segment, samples: OldSamples, *, ordered: bool = True) -> Meant:
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


def _codes(stretch: Segment) -> NDArray[np.uint8]:
    """Return the code of each event; 0 of those that tell nothing of their own."""
    kind = stretch.type
    code = _CODE[kind]
    regions = np.flatnonzero(kind == EvV1.USER_REGION)
    mode = stretch.argument(1, regions)
    known = (mode == 0) | (mode == 1)
    code[regions[known]] = _REGION[mode[known]]
    code[stretch.first_moves()] = Ev.PROC_STATUS
    begun = stretch.initial_rows()
    code[begun[STARTS[kind[begun]]]] = Ev.GO_STATUS
    created = begun[kind[begun] == EvV1.GO_CREATE]
    told = begun[_STATED[kind[begun]]]
    better = np.isin(stretch.named[created], stretch.named[told])
    code[created] = np.where(better, 0, Ev.GO_STATUS)
    goes_on = stretch.goes_on()
    code[goes_on[kind[goes_on] == EvV1.GOMAXPROCS]] = 0
    return code


def _told_at_last(stretch: Segment, row: NDArray[np.intp]) -> NDArray[np.intp]:
    """Put the creations with which the trace begins where the world goes on."""
    begun = stretch.initial_rows()
    if not len(begun):
        return row
    is_created = np.zeros(len(stretch), np.bool_)
    is_created[begun] = stretch.type[begun] == EvV1.GO_CREATE
    created, others = row[is_created[row]], row[~is_created[row]]
    last = stretch.goes_on()
    if not len(last):
        last = begun[~is_created[begun]][-1:]
    place = np.flatnonzero(np.isin(others, last)) + 1
    return np.insert(others, place[0] if len(place) else 0, created)


def _expanded(stretch: Segment, row: NDArray[np.intp], code: NDArray[np.uint8]) -> Meant:
    """Give a row of its own to each change where an event is two."""
    kind = np.append(stretch.type, np.zeros(1, np.uint8))[np.minimum(row, len(stretch))]
    calls = np.flatnonzero(kind == EvV1.GO_SYS_CALL)
    calls = calls[~stretch.is_blocked(row[calls])]
    labels = np.flatnonzero(kind == EvV1.GO_START_LABEL)
    times = np.ones(len(row), np.int8)
    times[calls] = times[labels] = 2
    place = np.cumsum(times, dtype=np.int64) - times
    row, code = np.repeat(row, times), np.repeat(code, times)
    code[place[calls] + 1], code[place[labels] + 1] = Ev.GO_SYSCALL_END, Ev.GO_LABEL
    return Meant(row, code)
