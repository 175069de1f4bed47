"""The rows of a generation: its events, and after them its CPU samples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.events.context import NO_GOROUTINE, NO_PROC, Context
from flakecore.gotrace.events.event_columns import EventColumns
from flakecore.gotrace.events.event_kinds import (
    NAMES_RESOURCE,
    RESOURCE_KIND,
    ResourceKind,
    SyntheticCode,
)
from flakecore.gotrace.format.tables import CpuSamples
from flakecore.gotrace.format.varint import IntColumn
from flakecore.gotrace.format.wire import Ev, of_types

_SWITCH = of_types(Ev.GO_SWITCH, Ev.GO_SWITCH_DESTROY)


@dataclass(frozen=True, slots=True)
class EventRows:
    """Columns of all rows of a generation.

    Attributes:
        code: uint8, (n,), wire types, and ``SyntheticCode.STACK_SAMPLE``.
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

    def involving(self, goroutine: int) -> NDArray[np.bool_]:
        """Return which rows happen on a goroutine or name it; bool, (n,)."""
        involves: NDArray[np.bool_] = self.goroutine == goroutine
        names = NAMES_RESOURCE & (RESOURCE_KIND == ResourceKind.GOROUTINE)
        named = np.flatnonzero(names[self.code])
        involves[named[self.events.argument(0, named) == goroutine]] = True
        return involves

    def switches(self, rows: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Return which rows are a coroutine switch: three transitions at once."""
        return _SWITCH[self.code[rows]]

    def loses_proc(self, rows: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Return which rows destroy a goroutine in a syscall that has a proc: two transitions."""
        has_proc = self.proc[rows] != NO_PROC
        loses: NDArray[np.bool_] = has_proc & (self.code[rows] == Ev.GO_DESTROY_SYSCALL)
        return loses


def event_rows(events: EventColumns, context: Context, samples: CpuSamples) -> EventRows:
    """Return the rows of a generation."""
    code, tick = events.type, events.tick
    proc, goroutine = context.proc, context.goroutine
    if len(samples.tick):
        code = np.append(code, np.full(len(samples.tick), SyntheticCode.STACK_SAMPLE, np.uint8))
        tick, proc = np.append(tick, samples.tick), np.append(proc, samples.proc)
        on = np.where(samples.goroutine == 0, NO_GOROUTINE, samples.goroutine)
        goroutine = np.append(goroutine, on)
    return EventRows(code, tick, proc, goroutine, events, samples)
