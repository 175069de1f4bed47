"""Event columns: the timed events of one generation.

Arguments are put together only for the rows that somebody asks for: most are never looked at.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.format.varint import IntColumn, numbers_behind
from flakecore.gotrace.format.wire import STACK_ARGUMENT, Ev, of_types
from flakecore.gotrace.native.thread_context import NativeEvents, native_events

EVERYDAY = of_types(
    Ev.PROC_START,
    Ev.PROC_STOP,
    Ev.GO_START,
    Ev.GO_STOP,
    Ev.GO_BLOCK,
    Ev.GO_UNBLOCK,
    Ev.GO_SYSCALL_BEGIN,
    Ev.GO_SYSCALL_END,
    Ev.GO_SYSCALL_END_BLOCKED,
)
"""The types of nearly all events of a busy program."""


@dataclass(frozen=True, slots=True)
class EventColumns:
    """Timed events, one row an event, in the order each thread wrote them, thread by thread.

    Attributes:
        type: uint8, (n,), an ``Ev``.
        tick: int64, (n,), trace clock ticks.
        threads: int32 or int64, (streams,), the thread (M) of each stream, ascending; -1 for none.
        streams: int64, (streams + 1,), row at which each thread's events begin, and n.
        stream: int16 or int32, (n,), the place of each event's thread in ``threads``.
        buffer: uint8, the bytes of all batches.
        arguments: int32 or int64, (n,), where in the buffer those of each event begin.
        seldom: (k,), ascending, the rows of all types that are no everyday scheduling.
    """

    type: NDArray[np.uint8]
    tick: NDArray[np.int64]
    threads: IntColumn
    streams: NDArray[np.int64]
    stream: IntColumn
    buffer: NDArray[np.uint8]
    arguments: IntColumn
    seldom: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.type)

    def outline(self, initial: NDArray[np.int64]) -> NativeEvents | None:
        """Return the events as compiled loops take them; None where those cannot.

        ``initial`` is the goroutine that each thread had in a syscall when the generation began.
        """
        columns = self.buffer, self.type, self.tick, self.arguments, self.streams, self.threads
        return native_events(*columns, initial)

    def of_types(self, types: NDArray[np.bool_]) -> NDArray[np.intp]:
        """Return the rows of some types, given as a look-up table; quick where all are seldom."""
        if bool((types & EVERYDAY).any()):
            return np.flatnonzero(types[self.type])
        return self.seldom[types[self.type[self.seldom]]]

    def argument(self, place: int, rows: NDArray[np.intp]) -> IntColumn:
        """Return an argument (after the time difference) of rows whose type has it."""
        return numbers_behind(self.buffer, self.arguments[rows], place)

    def thread(self, rows: NDArray[np.intp]) -> IntColumn:
        """Return the thread that wrote each of some rows; -1 for none."""
        return self.threads[self.stream[rows]]

    def stack(self, rows: NDArray[np.intp]) -> IntColumn:
        """Return the generation's number for the stack each event happened at; 0 for none."""
        places = STACK_ARGUMENT[self.type[rows]]
        stack: IntColumn = np.zeros(len(rows), np.int32)
        for place in range(int(places.max(initial=-1)) + 1):
            having = np.flatnonzero(places == place)
            numbers = self.argument(place, rows[having])
            stack = stack.astype(np.result_type(stack, numbers), copy=False)
            stack[having] = numbers
        return stack
