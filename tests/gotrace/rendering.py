"""Our event columns, worded as the reference words its events, so that the two can be compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.events.context import bind, read_statuses
from flakecore.gotrace.events.decode_events import decode_events
from flakecore.gotrace.events.event_columns import EventColumns
from flakecore.gotrace.events.order import true_order
from flakecore.gotrace.format.batch_index import index_trace
from flakecore.gotrace.format.tables import read_stacks, read_strings
from flakecore.gotrace.format.wire import MAX_ARGUMENTS, STEPS, Ev

_GOROUTINE = {
    Ev.GO_CREATE: "NotExist->Runnable",
    Ev.GO_CREATE_BLOCKED: "NotExist->Waiting",
    Ev.GO_START: "Runnable->Running",
    Ev.GO_DESTROY: "Running->NotExist",
    Ev.GO_STOP: "Running->Runnable",
    Ev.GO_BLOCK: "Running->Waiting",
    Ev.GO_UNBLOCK: "Waiting->Runnable",
    Ev.GO_SYSCALL_BEGIN: "Running->Syscall",
    Ev.GO_SYSCALL_END: "Syscall->Running",
    Ev.GO_SYSCALL_END_BLOCKED: "Syscall->Runnable",
}
_NAMED = (Ev.GO_CREATE, Ev.GO_CREATE_BLOCKED, Ev.GO_START, Ev.GO_UNBLOCK)
_PROC = {
    Ev.PROC_START: "Idle->Running",
    Ev.PROC_STOP: "Running->Idle",
    Ev.PROC_STEAL: "Running->Idle",
}
_METRIC = {
    Ev.PROCS_CHANGE: "/sched/gomaxprocs:threads",
    Ev.HEAP_ALLOC: "/memory/classes/heap/objects:bytes",
    Ev.HEAP_GOAL: "/gc/heap/goal:bytes",
}
_RANGE = {
    Ev.GC_BEGIN: "GC concurrent mark phase",
    Ev.GC_END: "GC concurrent mark phase",
    Ev.GC_ACTIVE: "GC concurrent mark phase",
    Ev.GC_SWEEP_BEGIN: "GC incremental sweep",
    Ev.GC_SWEEP_END: "GC incremental sweep",
    Ev.GC_SWEEP_ACTIVE: "GC incremental sweep",
    Ev.GC_MARK_ASSIST_BEGIN: "GC mark assist",
    Ev.GC_MARK_ASSIST_END: "GC mark assist",
    Ev.GC_MARK_ASSIST_ACTIVE: "GC mark assist",
}
STATUSES = (Ev.GO_STATUS, Ev.GO_STATUS_STACK, Ev.PROC_STATUS)


@dataclass(frozen=True, slots=True)
class Rendered:
    """One event in the reference's words; ``tick`` in the file's own clock."""

    thread: int
    proc: int
    goroutine: int
    tick: int
    kind: str
    text: str
    stack: tuple[tuple[str, int], ...]


def render(data: bytes, *, ordered: bool = False) -> Iterator[Rendered]:
    """Yield the events of a trace without statuses.

    They come in true order, or thread by thread in each generation.
    """
    view = memoryview(data)
    for generation in index_trace(view, name="trace").generations:
        events, losses = decode_events(view, generation, name="trace")
        assert not losses
        context = bind(events, read_statuses(events))
        strings, _ = read_strings(view, generation, name="trace")
        stacks, _ = read_stacks(view, generation, name="trace")
        named = {
            number: tuple((strings[function], line) for _, function, _, line in frames)
            for number, frames in stacks.items()
        }
        open_stops: dict[int, str] = {}
        rows = true_order(events, context) if ordered else np.arange(len(events))
        columns = zip(
            events.type[rows].tolist(),
            events.thread(rows).tolist(),
            context.proc[rows].tolist(),
            context.goroutine[rows].tolist(),
            events.tick[rows].tolist(),
            events.stack(rows).tolist(),
            every_argument(events)[rows].tolist(),
            strict=True,
        )
        for type_, thread, proc, goroutine, tick, stack, arguments in columns:
            event = Ev(type_)
            if event in STATUSES:
                continue
            frames = named.get(stack, ())
            for kind, text, own in _worded(event, proc, goroutine, arguments, strings, open_stops):
                yield Rendered(thread, proc, own, tick, kind, text, frames)


def every_argument(events: EventColumns) -> NDArray[np.int64]:
    """Return the arguments of every event, filled up with zeros."""
    arguments = np.zeros((len(events), MAX_ARGUMENTS), np.int64)
    for place in range(MAX_ARGUMENTS):
        rows = np.flatnonzero(STEPS[events.type] > 2 + place)
        arguments[rows, place] = events.argument(place, rows)
    return arguments


def _worded(
    event: Ev,
    proc: int,
    goroutine: int,
    arguments: list[int],
    strings: dict[int, str],
    open_stops: dict[int, str],
) -> Iterator[tuple[str, str, int]]:
    """Yield what the reference prints for an event: kind, text, and the goroutine it is on."""
    first, second, third, _ = arguments
    if event in (Ev.GO_SWITCH, Ev.GO_SWITCH_DESTROY):
        ends = "NotExist" if event is Ev.GO_SWITCH_DESTROY else "Waiting"
        yield "StateTransition", f'GoID={first} Waiting->Runnable Reason=""', goroutine
        yield "StateTransition", f'GoID={goroutine} Running->{ends} Reason=""', goroutine
        yield "StateTransition", f'GoID={first} Runnable->Running Reason=""', -1
    elif event in _GOROUTINE:
        subject = first if event in _NAMED else goroutine
        reason = strings[first] if event in (Ev.GO_STOP, Ev.GO_BLOCK) else ""
        yield "StateTransition", f'GoID={subject} {_GOROUTINE[event]} Reason="{reason}"', goroutine
    elif event in _PROC:
        subject = proc if event is Ev.PROC_STOP else first
        yield "StateTransition", f'ProcID={subject} {_PROC[event]} Reason=""', goroutine
    elif event in _METRIC:
        yield "Metric", f'Name="{_METRIC[event]}" Value=Value{{Uint64({first})}}', goroutine
    elif event is Ev.STW_BEGIN:
        open_stops[goroutine] = strings[first]
        yield "RangeBegin", f'Name="stop-the-world ({strings[first]})"', goroutine
    elif event is Ev.STW_END:
        yield "RangeEnd", f'Name="stop-the-world ({open_stops.pop(goroutine)})"', goroutine
    elif event in _RANGE:
        kind = "Begin" if "BEGIN" in event.name else "End" if "END" in event.name else "Active"
        yield f"Range{kind}", f'Name="{_RANGE[event]}"', goroutine
    elif event is Ev.USER_TASK_BEGIN:
        parent = second or 2**64 - 1
        yield "TaskBegin", f'ID={first} Parent={parent} Type="{strings[third]}"', goroutine
    elif event is Ev.USER_TASK_END:
        yield "TaskEnd", f"ID={first}", goroutine
    elif event in (Ev.USER_REGION_BEGIN, Ev.USER_REGION_END):
        kind = "Begin" if event is Ev.USER_REGION_BEGIN else "End"
        yield f"Region{kind}", f'Task={first} Type="{strings[second]}"', goroutine
    elif event is Ev.USER_LOG:
        text = f'Task={first} Category="{strings[second]}" Message="{strings[third]}"'
        yield "Log", text, goroutine
    elif event is Ev.GO_LABEL:
        yield "Label", f'Label="{strings[first]}" Resource=Goroutine({goroutine})', goroutine
    else:
        raise AssertionError(event)
