"""Event columns: the timed events of one generation.

Arguments are decoded only for the rows that are asked for: most are never read.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.format.varint import IntColumn, numbers_behind
from flakecore.gotrace.format.wire import STACK_ARGUMENT, Ev, of_types
from flakecore.gotrace.native.thread_context import NativeEvents, native_events

FREQUENT_TYPES = of_types(
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
"""Types of nearly all events of a busy program: scheduling and syscalls."""


@dataclass(frozen=True, slots=True)
class EventColumns:
    """Timed events, one row an event, in the order each thread wrote them, thread by thread.

    Attributes:
        type: uint8, (n,), an ``Ev``.
        tick: int64, (n,), trace clock ticks.
        threads: int32 or int64, (streams,), the thread (M) of each stream, ascending; -1 for none.
        streams: int64, (streams + 1,), row at which each thread's events begin, and n.
        stream: int16 or int32, (n,), index of each event's thread in ``threads``.
        buffer: uint8, the bytes of all batches.
        arguments: int32 or int64, (n,), offset in ``buffer`` of each event's first argument.
        rare_rows: (k,), ascending, the rows whose type is not in ``FREQUENT_TYPES``.
    """

    type: NDArray[np.uint8]
    tick: NDArray[np.int64]
    threads: IntColumn
    streams: NDArray[np.int64]
    stream: IntColumn
    buffer: NDArray[np.uint8]
    arguments: IntColumn
    rare_rows: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.type)

    def native(self, initial: NDArray[np.int64]) -> NativeEvents | None:
        """Return the events in the form of the compiled loops; None where these cannot take them.

        ``initial`` is the goroutine that each thread had in a syscall when the generation began.
        """
        columns = self.buffer, self.type, self.tick, self.arguments, self.streams, self.threads
        return native_events(*columns, initial)

    def of_types(self, types: NDArray[np.bool_]) -> NDArray[np.intp]:
        """Return the rows of types, a bool table (256,); reads ``rare_rows`` if all are rare."""
        if bool((types & FREQUENT_TYPES).any()):
            return np.flatnonzero(types[self.type])
        return self.rare_rows[types[self.type[self.rare_rows]]]

    def argument(self, index: int, rows: NDArray[np.intp]) -> IntColumn:
        """Return an argument of rows that have it, by its index after the time difference."""
        return numbers_behind(self.buffer, self.arguments[rows], index)

    def thread(self, rows: NDArray[np.intp]) -> IntColumn:
        """Return the thread that wrote each of some rows; -1 for none."""
        return self.threads[self.stream[rows]]

    def stack(self, rows: NDArray[np.intp]) -> IntColumn:
        """Return the generation's number for the stack each event happened at; 0 for none."""
        places = STACK_ARGUMENT[self.type[rows]]
        stack: IntColumn = np.zeros(len(rows), np.int32)
        for index in range(int(places.max(initial=-1)) + 1):
            with_stack = np.flatnonzero(places == index)
            numbers = self.argument(index, rows[with_stack])
            stack = stack.astype(np.result_type(stack, numbers), copy=False)
            stack[with_stack] = numbers
        return stack
