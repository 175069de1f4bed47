"""What a trace says that cannot be: events on no goroutine or proc that happen only on one.

Decoding proves that bytes read as events, and not that the events were all written: where a batch
is lost or forged, what follows in its thread's stream happens on nobody. The demands are those of
the reference, which stops at the first event that breaks one (``validateCtx`` in
``src/internal/trace/order.go``); here the events are kept and counted as damage.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.events.context import NO_GOROUTINE, NO_PROC, Context
from flakecore.gotrace.events.event_columns import EventColumns
from flakecore.gotrace.format.wire import Ev, of_types
from flakecore.loss import Loss

_NEEDS_BOTH = of_types(
    Ev.PROCS_CHANGE,
    Ev.GO_DESTROY,
    Ev.GO_STOP,
    Ev.GO_BLOCK,
    Ev.GO_SWITCH,
    Ev.GO_SWITCH_DESTROY,
    Ev.GO_SYSCALL_BEGIN,
    Ev.GO_SYSCALL_END,
    Ev.GO_LABEL,
    Ev.STW_BEGIN,
    Ev.STW_END,
    Ev.GC_MARK_ASSIST_BEGIN,
    Ev.GC_MARK_ASSIST_END,
    Ev.USER_TASK_BEGIN,
    Ev.USER_TASK_END,
    Ev.USER_REGION_BEGIN,
    Ev.USER_REGION_END,
    Ev.USER_LOG,
)
_NEEDS_PROC = _NEEDS_BOTH | of_types(
    Ev.PROC_STOP,
    Ev.GO_CREATE,
    Ev.GO_CREATE_BLOCKED,
    Ev.GO_START,
    Ev.HEAP_ALLOC,
    Ev.HEAP_GOAL,
    Ev.GC_SWEEP_BEGIN,
    Ev.GC_SWEEP_END,
)
_NEEDS_GOROUTINE = _NEEDS_BOTH | of_types(Ev.GO_SYSCALL_END_BLOCKED, Ev.GO_DESTROY_SYSCALL)
_PROC, _GOROUTINE = 1, 2
NEEDS: NDArray[np.uint8] = (_NEEDS_PROC * _PROC + _NEEDS_GOROUTINE * _GOROUTINE).astype(np.uint8)
"""By type, what it happens on: 1 a proc, 2 a goroutine, 3 both."""


def contradictions(events: EventColumns, context: Context, *, where: str) -> tuple[Loss, ...]:
    """Return the damage that a generation shows; ``where`` is what to call it."""
    needs = NEEDS[events.type]
    lacks = ((needs & _PROC) > 0) & (context.proc == NO_PROC)
    lacks |= ((needs & _GOROUTINE) > 0) & (context.goroutine == NO_GOROUTINE)
    first = int(lacks.argmax()) if len(lacks) else 0
    return tell_lacking(events, int(np.count_nonzero(lacks)), first, where=where)


def tell_lacking(events: EventColumns, count: int, first: int, *, where: str) -> tuple[Loss, ...]:
    """Return the damage where ``count`` events lack what they need, the first at a row."""
    if not count:
        return ()
    thread = int(events.thread(np.array([first]))[0])
    what = "1 event happens" if count == 1 else f"{count:,} events happen"
    what += " on no goroutine or proc: what stood before is lost or wrong"
    return (Loss(where, f"{what} (first on thread {thread})"),)
