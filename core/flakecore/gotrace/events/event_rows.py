"""The rows of a generation: its events, and after them its CPU samples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.events.context import NO_GOROUTINE, NO_PROC, Context
from flakecore.gotrace.events.event_columns import EventColumns
from flakecore.gotrace.events.event_kinds import NAMES_SUBJECT, SUBJECT, Code, Subject
from flakecore.gotrace.format.tables import CpuSamples
from flakecore.gotrace.format.varint import IntColumn
from flakecore.gotrace.format.wire import Ev, of_types

_SWITCH = of_types(Ev.GO_SWITCH, Ev.GO_SWITCH_DESTROY)


@dataclass(frozen=True, slots=True)
class EventRows:
    """What is known of every row at once.

    Attributes:
        code: uint8, (n,), wire types, and ``Code.STACK_SAMPLE``.
        tick: int64, (n,).
        proc, goroutine: (n,), -1 for none.
        events: the events, which are the first rows.
        samples: the CPU samples, which are the rest.
    """

    code: NDArray[np.uint8]
    tick: NDArray[np.int64]
    proc: IntColumn
    goroutine: IntColumn
    events: EventColumns
    samples: CpuSamples

    def concerning(self, goroutine: int) -> NDArray[np.bool_]:
        """Return which rows happen on a goroutine or name it, (n,)."""
        concerns: NDArray[np.bool_] = self.goroutine == goroutine
        names = NAMES_SUBJECT & (SUBJECT == Subject.GOROUTINE)
        named = np.flatnonzero(names[self.code])
        concerns[named[self.events.argument(0, named) == goroutine]] = True
        return concerns

    def switches(self, rows: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Return which rows are a switch of coroutines: three changes at once."""
        return _SWITCH[self.code[rows]]

    def loses_proc(self, rows: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Return which rows end a goroutine in a syscall and take its proc: two changes at once."""
        has_proc = self.proc[rows] != NO_PROC
        loses: NDArray[np.bool_] = has_proc & (self.code[rows] == Ev.GO_DESTROY_SYSCALL)
        return loses


def event_rows(events: EventColumns, context: Context, samples: CpuSamples) -> EventRows:
    """Return the rows of a generation."""
    code, tick = events.type, events.tick
    proc, goroutine = context.proc, context.goroutine
    if len(samples.tick):
        code = np.append(code, np.full(len(samples.tick), Code.STACK_SAMPLE, np.uint8))
        tick, proc = np.append(tick, samples.tick), np.append(proc, samples.proc)
        on = np.where(samples.goroutine == 0, NO_GOROUTINE, samples.goroutine)
        goroutine = np.append(goroutine, on)
    return EventRows(code, tick, proc, goroutine, events, samples)
