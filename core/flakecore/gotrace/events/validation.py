"""Validation of contexts: events without the goroutine or proc that their type needs.

That bytes decode as events does not prove that all events are there: where a batch is lost or
forged, what follows in its thread's stream has no goroutine or proc. The requirements are those of
Go's reader, which stops at the first event that breaks one (``validateCtx`` in
``src/internal/trace/order.go``); here the events are kept and counted as a loss.
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
REQUIRED_CONTEXT: NDArray[np.uint8] = (_NEEDS_PROC * _PROC + _NEEDS_GOROUTINE * _GOROUTINE).astype(
    np.uint8
)
"""By type, what must be bound to the thread: 1 a proc, 2 a goroutine, 3 both; 0 nothing."""


def context_losses(events: EventColumns, context: Context, *, where: str) -> tuple[Loss, ...]:
    """Return the loss of events without the context they need; ``where`` names the generation."""
    needs = REQUIRED_CONTEXT[events.type]
    lacks = ((needs & _PROC) > 0) & (context.proc == NO_PROC)
    lacks |= ((needs & _GOROUTINE) > 0) & (context.goroutine == NO_GOROUTINE)
    first = int(lacks.argmax()) if len(lacks) else 0
    return missing_context_loss(events, int(np.count_nonzero(lacks)), first, where=where)


def missing_context_loss(
    events: EventColumns, count: int, first: int, *, where: str
) -> tuple[Loss, ...]:
    """Return the loss of ``count`` events without their context, the first at row ``first``."""
    if not count:
        return ()
    thread = int(events.thread(np.array([first]))[0])
    what = "1 event happens" if count == 1 else f"{count:,} events happen"
    what += " on no goroutine or proc: what stood before is lost or wrong"
    return (Loss(where, f"{what} (first on thread {thread})"),)
