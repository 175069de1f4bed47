"""Small constructed traces that hold one fact each: of events in Go's text form, or of bytes.

``trace_of`` takes text and states whole generations with their tables; ``event``, ``batch`` and
``trace`` take numbers and state single batches, for damage and for versions after Go 1.22.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from flakecore.gotrace.events.context import Context, Statuses, bind, read_statuses
from flakecore.gotrace.events.decode_events import decode_events
from flakecore.gotrace.events.event_columns import EventColumns
from flakecore.gotrace.events.lazy_context import LazyContext
from flakecore.gotrace.format.batch_index import GenerationIndex, index_trace
from flakecore.gotrace.format.clock import TickClock
from flakecore.gotrace.format.stacks import StackTable
from flakecore.gotrace.format.table_remap import TableRemap
from flakecore.gotrace.format.tables import read_stacks, read_strings
from flakecore.gotrace.format.wire import HEADER_SIZE, Ev
from gotrace.text_form import to_bytes, varint

Threads = Mapping[int, Sequence[str]]
"""By thread, its events in text form."""

RUNNABLE, RUNNING, SYSCALL, WAITING = 1, 2, 3, 4
"""Statuses of a goroutine in a GoStatus event."""
P_RUNNING, P_IDLE, P_SYSCALL, P_ABANDONED = 1, 2, 3, 4
"""Statuses of a proc in a ProcStatus event."""
TICK = 20_000_000_000
"""What the clock shows twenty minutes after the machine was started: close to many numbers."""
NANOSECOND = TickClock(0, 1_000_000_000)
"""A clock of one tick a nanosecond."""


def event(kind: Ev, elapsed: int, *arguments: int) -> bytes:
    """Return an event that happened some ticks after the one before it in its batch."""
    return bytes([kind]) + b"".join(map(varint, (elapsed, *arguments)))


def batch(payload: bytes, *, thread: int = 3, generation: int = 1, tick: int = TICK) -> bytes:
    """Return a batch with its header; no thread is -1."""
    numbers = (generation, thread % (1 << 64), tick, len(payload))
    return bytes([Ev.EVENT_BATCH]) + b"".join(map(varint, numbers)) + payload


def trace(*batches: bytes, version: int = 26) -> bytes:
    """Return a trace of some batches."""
    return f"go 1.{version} trace".encode().ljust(HEADER_SIZE, b"\0") + b"".join(batches)


def starts(thread: int, goroutine: int, proc: int) -> list[str]:
    """Return the events with which a generation states that a thread runs a goroutine on a proc."""
    return [
        f"ProcStatus dt=1 p={proc} pstatus={P_RUNNING}",
        f"GoStatus dt=1 g={goroutine} m={thread} gstatus={RUNNING}",
    ]


def trace_of(
    *generations: Threads,
    strings: Sequence[str] = (),
    stacks: Sequence[Sequence[str]] = (),
) -> bytes:
    """Return a trace of Go 1.22 whose generations begin 1,000 ticks apart.

    Args:
        generations: the events of each.
        strings: the strings of each generation, numbered from 1.
        stacks: the stacks of each generation, numbered from 1: functions, innermost first. The
            frame at index *n* lies in line *n* + 10 of ``/src/``, the package, ``.go``.
    """
    frames = [name for each in stacks for name in each]
    names = list(dict.fromkeys([*strings, *frames, *map(_file_of, frames)]))
    data = to_bytes(["Trace Go1.22"])
    for number, threads in enumerate(generations, 1):
        begin = 1_000 * (number - 1)
        for thread, events in threads.items():
            data += _batch(number, thread, begin, list(events))
        tables = ["Stacks", *_stack_lines(stacks, names)]
        texts = [
            line for n, text in enumerate(names, 1) for line in (f"String id={n}", f"data={text!r}")
        ]
        for lines in (["Frequency freq=1000000000"], tables, ["Strings", *texts]):
            data += _batch(number, 2**64 - 1, begin, lines)
    return data


def _file_of(function: str) -> str:
    return f"/src/{function.rpartition('/')[2].partition('.')[0]}.go"


def _stack_lines(stacks: Sequence[Sequence[str]], names: Sequence[str]) -> Iterator[str]:
    for number, functions in enumerate(stacks, 1):
        yield f"Stack id={number} nframes={len(functions)}"
        for at, function in enumerate(functions):
            name, file = names.index(function) + 1, names.index(_file_of(function)) + 1
            yield f"pc={at + 1} func={name} file={file} line={at + 10}"


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
