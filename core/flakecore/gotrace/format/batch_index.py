"""Where everything is: a trace's batches, grouped by generation, from their headers alone.

A trace is a header and then batches, each ``EventBatch gen m time size`` and ``size`` bytes; an
experimental batch has the experiment's number before the generation. The headers say whose
events a batch holds and where the next batch stands, so indexing touches a few bytes in every
64 KB and any generation can be found without decoding another.

Damage ends nothing: where a header makes no sense, the index looks for the next place that
reads as a chain of sound batches, and states what it skipped.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from flakecore.gotrace.format.varint import read_varint
from flakecore.gotrace.format.wire import (
    HEADER_SIZE,
    MAX_BATCH_SIZE,
    NEWEST_KNOWN,
    Ev,
    read_version,
)
from flakecore.loss import Loss

_SOUND_CHAIN = 3
"""How many batch headers in a row must read well before a place counts as found again."""
_FAR = 1 << 36
"""Ticks: more than an hour of Linux's clock. A batch further than that from the last sound one is
no batch, but events that look like one."""
_HEADER_MOST = 42
"""A header's longest encoding: two bytes and four numbers."""


class Batch(NamedTuple):
    """One batch: whose it is, when it begins (in ticks), and where its payload stands."""

    kind: int
    thread: int
    tick: int
    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class GenerationIndex:
    """The batches of one generation, in file order.

    Attributes:
        number: the trace's own number for it.
        events: batches of timed events.
        strings, stacks, cpu_samples, sync: batches of its tables.
        start_tick: the earliest tick of its event batches.
        ended: the file says or shows that nothing of it is missing at its end.
    """

    number: int
    events: tuple[Batch, ...]
    strings: tuple[Batch, ...]
    stacks: tuple[Batch, ...]
    cpu_samples: tuple[Batch, ...]
    sync: tuple[Batch, ...]
    start_tick: int
    ended: bool


@dataclass(frozen=True, slots=True)
class TraceIndex:
    """A trace file's outline.

    Attributes:
        version: minor Go version in the header (22, 23, 25, 26, or newer).
        experimental: how many experimental batches were passed over.
    """

    version: int
    generations: tuple[GenerationIndex, ...]
    experimental: int
    losses: tuple[Loss, ...]


def index_trace(data: memoryview, *, name: str) -> TraceIndex:
    """Read the batch headers of a trace.

    Raises:
        TraceError: the bytes are no execution trace of a readable format.
    """
    version = read_version(bytes(data[:HEADER_SIZE]), name=name)
    losses: list[Loss] = []
    if version > NEWEST_KNOWN:
        losses.append(Loss(name, f"its format (Go 1.{version}) is newer than what is known here"))
    by_number: dict[int, list[Batch]] = {}
    ended: set[int] = set()
    experimental = 0
    at, size = HEADER_SIZE, len(data)
    current = 0
    last: Batch | None = None
    while at < size:
        if data[at] == Ev.END_OF_GENERATION:
            ended.add(current)
            at += 1
            continue
        header = _read_header(data, at)
        if header is None or header.end > size:
            resumed = _resume(data, at + 1, last)
            tail = header is not None or size - at < _HEADER_MOST or not any(data[at : at + 64])
            cut = resumed == size and tail
            what = "the file is cut off" if cut else "a damaged stretch was passed over"
            losses.append(Loss(name, f"{what} at byte {at:,}", bytes=resumed - at))
            if cut and header is not None and not header.experiment and _near(header.batch, last):
                # What is there of the batch that was cut is as good as any other.
                rest = header.batch._replace(size=size - header.batch.offset)
                by_number.setdefault(header.generation, []).append(rest)
            at = resumed
            continue
        if header.experiment:
            experimental += 1
        else:
            current = header.generation
            last = header.batch
            by_number.setdefault(current, []).append(header.batch)
        at = header.end
    numbers = sorted(by_number)
    if version < 26:
        ended.update(numbers[:-1])
        if not losses:
            ended.update(numbers)
    generations = tuple(_generation(n, by_number[n], ended=n in ended) for n in numbers)
    return TraceIndex(version, generations, experimental, tuple(losses))


class _Header(NamedTuple):
    generation: int
    experiment: int
    batch: Batch
    end: int


def _read_header(data: memoryview, at: int) -> _Header | None:
    limit = min(len(data), at + 64)
    kind = data[at]
    at += 1
    experiment = 0
    if kind == Ev.EXPERIMENTAL_BATCH and at < limit:
        experiment = data[at]
        at += 1
    elif kind != Ev.EVENT_BATCH:
        return None
    fields = []
    for _ in range(4):
        value, at = read_varint(data, at, limit)
        if at < 0:
            return None
        fields.append(value)
    generation, thread, tick, size = fields
    if generation == 0 or size > MAX_BATCH_SIZE or tick >= 1 << 62:
        return None
    # A thread's number is all ones where no thread wrote the batch.
    thread = thread if thread < 1 << 63 else -1
    first = data[at] if size and at < len(data) else 0
    return _Header(generation, experiment, Batch(first, thread, tick, at, size), at + size)


def _resume(data: memoryview, at: int, last: Batch | None) -> int:
    """Return the next place from which a chain of sound batches begins, or the file's end.

    ``last`` is the last batch that was sound, if there was one.
    """
    size = len(data)
    first = bytes([Ev.EVENT_BATCH])
    for base in range(at, size, 1 << 20):
        window = bytes(data[base : base + (1 << 20)])
        found = window.find(first)
        while found >= 0:
            if _is_chain(data, base + found, last):
                return base + found
            found = window.find(first, found + 1)
    return size


def _is_chain(data: memoryview, at: int, last: Batch | None) -> bool:
    generation = 0
    for _ in range(_SOUND_CHAIN):
        if at >= len(data):
            return generation != 0
        if data[at] == Ev.END_OF_GENERATION:
            at += 1
            continue
        header = _read_header(data, at)
        if header is None or header.end > len(data):
            return False
        if generation and not 0 <= header.generation - generation <= 1:
            return False
        if not _near(header.batch, last):
            return False
        generation = header.generation
        at = header.end
    return True


def _near(batch: Batch, last: Batch | None) -> bool:
    return last is None or abs(batch.tick - last.tick) <= _FAR


def _generation(number: int, batches: list[Batch], *, ended: bool) -> GenerationIndex:
    tables: dict[int, list[Batch]] = {}
    special = (Ev.STRINGS, Ev.STACKS, Ev.CPU_SAMPLES, Ev.SYNC, Ev.FREQUENCY)
    for batch in batches:
        tables.setdefault(batch.kind if batch.kind in special else 0, []).append(batch)
    events = [batch for batch in tables.get(0, []) if batch.size]
    return GenerationIndex(
        number=number,
        events=tuple(events),
        strings=tuple(tables.get(Ev.STRINGS, ())),
        stacks=tuple(tables.get(Ev.STACKS, ())),
        cpu_samples=tuple(tables.get(Ev.CPU_SAMPLES, ())),
        sync=tuple(tables.get(Ev.SYNC, []) + tables.get(Ev.FREQUENCY, [])),
        start_tick=min((batch.tick for batch in events), default=0),
        # The strings are written last (traceAdvance in runtime/trace.go).
        ended=ended and Ev.STRINGS in tables,
    )
