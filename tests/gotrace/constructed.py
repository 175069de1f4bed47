"""Small traces, written event by event in Go's text form, that hold one fact each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flakecore.gotrace.events.context import Context, Statuses, bind, read_statuses
from flakecore.gotrace.events.decode_events import decode_events
from flakecore.gotrace.events.event_columns import EventColumns
from flakecore.gotrace.events.lazy_context import LazyContext
from flakecore.gotrace.format.batch_index import GenerationIndex, index_trace
from flakecore.gotrace.format.clock import TickClock
from flakecore.gotrace.format.stacks import StackTable
from flakecore.gotrace.format.table_remap import TableRemap
from flakecore.gotrace.format.tables import read_stacks, read_strings
from gotrace.text_form import to_bytes

Threads = Mapping[int, Sequence[str]]
"""By thread, its events in text form."""

RUNNABLE, RUNNING, SYSCALL, WAITING = 1, 2, 3, 4
"""Statuses of a goroutine in a GoStatus event."""
P_RUNNING, P_IDLE, P_SYSCALL, P_ABANDONED = 1, 2, 3, 4
"""Statuses of a proc in a ProcStatus event."""
NANOSECOND = TickClock(0, 1_000_000_000)
"""A clock of one tick a nanosecond."""


def starts(thread: int, goroutine: int, proc: int) -> list[str]:
    """Return the events with which a generation states that a thread runs a goroutine on a proc."""
    return [
        f"ProcStatus dt=1 p={proc} pstatus={P_RUNNING}",
        f"GoStatus dt=1 g={goroutine} m={thread} gstatus={RUNNING}",
    ]


def trace_of(*generations: Threads, strings: Sequence[str] = ()) -> bytes:
    """Return a trace of Go 1.22; generations begin 1,000 ticks apart, strings count from 1."""
    data = to_bytes(["Trace Go1.22"])
    for number, threads in enumerate(generations, 1):
        begin = 1_000 * (number - 1)
        for thread, events in threads.items():
            data += _batch(number, thread, begin, list(events))
        data += _batch(number, 2**64 - 1, begin, ["Frequency freq=1000000000"])
        data += _batch(number, 2**64 - 1, begin, ["Stacks"])
        texts = [
            line
            for n, text in enumerate(strings, 1)
            for line in (f"String id={n}", f"data={text!r}")
        ]
        data += _batch(number, 2**64 - 1, begin, ["Strings", *texts])
    return data


def _batch(generation: int, thread: int, time: int, lines: list[str]) -> bytes:
    body = to_bytes(lines)
    header = f"EventBatch gen={generation} m={thread} time={time} size={len(body)}"
    return to_bytes([header]) + body


def generations_of(data: bytes) -> list[tuple[EventColumns, Statuses, Context]]:
    """Return each generation's events, their goroutine statuses and their context."""
    view, found = memoryview(data), []
    for index in index_trace(view, name="trace").generations:
        events, losses = decode_events(view, index, name="trace")
        assert losses == ()
        statuses = read_statuses(events)
        found.append((events, statuses, bind(events, statuses)))
    return found


def first_generation(data: bytes) -> tuple[GenerationIndex, LazyContext, TableRemap]:
    """Return a trace's first generation: its index, its events' context, its tables."""
    view = memoryview(data)
    index = index_trace(view, name="trace").generations[0]
    events, _ = decode_events(view, index, name="trace")
    strings, _ = read_strings(view, index, name="trace")
    stacks, _ = read_stacks(view, index, name="trace")
    context = LazyContext(events, read_statuses(events))
    return index, context, TableRemap(StackTable(), strings, stacks)
