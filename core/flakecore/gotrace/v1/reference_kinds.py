"""A segment's events converted to types of the newer format, as Go's own reader converts them.

Most events have one equivalent type (``src/internal/trace/tracev1.go``). A syscall that keeps its
proc is a begin and an end, the start of a goroutine may be a start and a label, and the initial
events of a trace are statuses; those of goroutines that are runnable come last of these.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.events.event_kinds import SyntheticCode
from flakecore.gotrace.format.wire import Ev
from flakecore.gotrace.v1.format.wire import EvV1, of_types
from flakecore.gotrace.v1.order import true_order
from flakecore.gotrace.v1.proc_bindings import STARTS, STOPS
from flakecore.gotrace.v1.ranges import RANGE_TYPES
from flakecore.gotrace.v1.samples import SamplesV1
from flakecore.gotrace.v1.segments import Segment

_EQUIVALENT = {
    **RANGE_TYPES,
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
_CODE[EvV1.GO_SYS_BLOCK] = 0  # the syscall before it is marked as blocked
_CODE[STARTS] = Ev.GO_START
for _v1, _v2 in _EQUIVALENT.items():
    _CODE[_v1] = _v2
_STATED = of_types(EvV1.GO_WAITING, EvV1.GO_IN_SYSCALL) | STARTS
_REGION = np.array([Ev.USER_REGION_BEGIN, Ev.USER_REGION_END], np.uint8)


@dataclass(frozen=True, slots=True)
class ReferenceRows:
    """Rows of a segment in true order, one for each event that Go's own reader gives.

    Attributes:
        row: int64, (k,), row of the segment; len(segment) + i for its i-th CPU sample.
        code: uint8, (k,), a wire type of the newer format, or ``SyntheticCode.STACK_SAMPLE``.
    """

    row: NDArray[np.intp]
    code: NDArray[np.uint8]

    def chosen(self, which: NDArray[np.intp] | NDArray[np.bool_] | slice) -> ReferenceRows:
        """Return some of the rows."""
        return ReferenceRows(self.row[which], self.code[which])


def convert_rows(segment: Segment, samples: SamplesV1, *, ordered: bool = True) -> ReferenceRows:
    """Return the converted rows of a segment.

    Args:
        segment: its events.
        samples: its CPU samples.
        ordered: put them in true order; else they are in the order of the segment.
    """
    code = _codes(segment)
    count = len(segment)
    row = true_order(segment) if ordered else np.arange(count)
    row = _move_initial_creations(segment, row)
    taken = count + np.arange(len(samples.tick))
    if len(taken):
        passed = np.maximum.accumulate(segment.tick[row])
        row = np.insert(row, np.searchsorted(passed, samples.tick, side="right"), taken)
        code = np.append(code, np.full(len(taken), SyntheticCode.STACK_SAMPLE, np.uint8))
    row = row[code[row] != 0]
    return _split_rows(segment, row, code[row])


def _codes(segment: Segment) -> NDArray[np.uint8]:
    """Return the code of each event; 0 of those that Go's reader drops."""
    kind = segment.type
    code = _CODE[kind]
    regions = np.flatnonzero(kind == EvV1.USER_REGION)
    mode = segment.argument(1, regions)
    valid = (mode == 0) | (mode == 1)
    code[regions[valid]] = _REGION[mode[valid]]
    code[segment.first_proc_events()] = Ev.PROC_STATUS
    initial = segment.initial_rows()
    code[initial[STARTS[kind[initial]]]] = Ev.GO_STATUS
    created = initial[kind[initial] == EvV1.GO_CREATE]
    stated = initial[_STATED[kind[initial]]]
    superseded = np.isin(segment.named[created], segment.named[stated])
    code[created] = np.where(superseded, 0, Ev.GO_STATUS)
    start_the_world = segment.start_the_world()
    code[start_the_world[kind[start_the_world] == EvV1.GOMAXPROCS]] = 0
    return code


def _move_initial_creations(segment: Segment, row: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the rows with initial GoCreate events moved to where the world is started again."""
    initial = segment.initial_rows()
    if not len(initial):
        return row
    is_created = np.zeros(len(segment), np.bool_)
    is_created[initial] = segment.type[initial] == EvV1.GO_CREATE
    created, others = row[is_created[row]], row[~is_created[row]]
    last = segment.start_the_world()
    if not len(last):
        last = initial[~is_created[initial]][-1:]
    index = np.flatnonzero(np.isin(others, last)) + 1
    return np.insert(others, index[0] if len(index) else 0, created)


def _split_rows(segment: Segment, row: NDArray[np.intp], code: NDArray[np.uint8]) -> ReferenceRows:
    """Return the rows with those repeated that are two events: syscalls, starts with a label."""
    kind = np.append(segment.type, np.zeros(1, np.uint8))[np.minimum(row, len(segment))]
    calls = np.flatnonzero(kind == EvV1.GO_SYS_CALL)
    calls = calls[~segment.lost_proc(row[calls])]
    labels = np.flatnonzero(kind == EvV1.GO_START_LABEL)
    copies = np.ones(len(row), np.int8)
    copies[calls] = copies[labels] = 2
    index = np.cumsum(copies, dtype=np.int64) - copies
    row, code = np.repeat(row, copies), np.repeat(code, copies)
    code[index[calls] + 1], code[index[labels] + 1] = Ev.GO_SYSCALL_END, Ev.GO_LABEL
    return ReferenceRows(row, code)
