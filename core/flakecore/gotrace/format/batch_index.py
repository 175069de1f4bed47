"""The index of a trace: its batches, grouped by generation, from their headers alone.

A trace is a header and then batches, each ``EventBatch gen m time size`` and ``size`` bytes; an
experimental batch has the experiment's number before the generation. The headers name whose
events a batch holds and where the next batch stands, so indexing touches a few bytes in every
64 KB and any generation can be found without decoding another.

Damage is of two kinds. A batch that reaches past the end of the file is the cut: what is there of
it is kept, and nothing is looked for inside, since strings, stacks and samples hold
bytes that read as headers. Where a header makes no sense, the index looks for the next place at
which a chain of headers continues the generation before it, and states what it skipped.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
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

_CHAIN = 3
"""Valid headers in a row from which on an offset after damage counts as a batch's."""
_TICKS_AFTER = 1 << 33
"""Ticks by which a batch may begin after the last one: nine minutes of Linux's clock (64 ns)."""
_TICKS_BEFORE = 1 << 28
"""Ticks by which a batch may begin before all others seen: 17 s, many times a generation's length,
since the batches of a generation are in no order of time."""
_HEADER_MOST = 42
"""Bytes of a header's longest encoding: two bytes and four numbers."""


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
        ended: nothing is missing at the generation's end: its end event or a later one is there.
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
    """The index of a trace file: its generations and their batches.

    Attributes:
        version: minor Go version in the header (22, 23, 25, 26, or newer).
        generations: in order of their numbers.
        experimental: how many experimental batches were passed over.
        losses: what of the file cannot be read.
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
    seen = _Seen()
    while at < size:
        if data[at] == Ev.END_OF_GENERATION:
            ended.add(seen.generation)
            at += 1
            continue
        header = read_header(data, at)
        if _is_cut(data, at, header, seen):
            losses.append(Loss(name, f"the file is cut off at byte {at:,}", bytes=size - at))
            if header is not None and not header.experiment:
                rest = header.batch._replace(size=size - header.batch.offset)
                by_number.setdefault(header.generation, []).append(rest)
            break
        if header is None or header.end > size:
            resumed = _resume(data, at + 1, seen)
            # A tail of zeros is a file that was not written to its end.
            zeros = resumed == size and not any(data[at : at + _HEADER_MOST])
            what = "the file is cut off" if zeros else "a damaged stretch was passed over"
            losses.append(Loss(name, f"{what} at byte {at:,}", bytes=resumed - at))
            at = resumed
            continue
        if header.experiment:
            experimental += 1
        else:
            seen.add(header)
            by_number.setdefault(header.generation, []).append(header.batch)
        at = header.end
    numbers = sorted(by_number)
    if version < 26:
        ended.update(numbers[:-1])
        if not losses:
            ended.update(numbers)
    generations = tuple(_generation(n, by_number[n], ended=n in ended) for n in numbers)
    return TraceIndex(version, generations, experimental, tuple(losses))


class Header(NamedTuple):
    """The header of a batch, with the offset at which the batch ends."""

    generation: int
    experiment: int
    batch: Batch
    end: int


def read_header(data: memoryview, at: int) -> Header | None:
    """Return the header that stands at an offset; None where none does."""
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
    return Header(generation, experiment, Batch(first, thread, tick, at, size), at + size)


@dataclass(slots=True)
class _Seen:
    """The sound batches so far: what those that follow have to continue.

    Attributes:
        generation: of the last one; 0 before the first.
        threads: those that wrote any.
        earliest, last: ticks, at which the first of all began, and the last one in file order.
    """

    generation: int = 0
    threads: set[int] = field(default_factory=set)
    earliest: int = 0
    last: int = 0

    def add(self, header: Header) -> None:
        """Take the next sound batch."""
        tick = header.batch.tick
        self.earliest = min(self.earliest, tick) if self.generation else tick
        self.generation, self.last = header.generation, tick
        self.threads.add(header.batch.thread)

    def is_continued_by(self, header: Header) -> bool:
        """Return whether a batch is of this generation or the next, at a time that fits."""
        if not self.generation:
            return True
        tick = header.batch.tick
        return (
            0 <= header.generation - self.generation <= 1
            and self.earliest - _TICKS_BEFORE <= tick <= self.last + _TICKS_AFTER
        )


def _is_cut(data: memoryview, at: int, header: Header | None, seen: _Seen) -> bool:
    """Return whether a batch or a header that the file's end cuts begins at an offset."""
    size = len(data)
    if header is not None:
        return header.end > size and seen.is_continued_by(header)
    if size - at >= _HEADER_MOST:
        return False
    # Ones complete the number that is cut, and stand for those that are missing.
    rest = bytes(data[at:]) + b"\1" * _HEADER_MOST
    return read_header(memoryview(rest), 0) is not None


def _resume(data: memoryview, at: int, seen: _Seen) -> int:
    """Return the next offset from which a chain of valid batches begins, or the file's end."""
    size = len(data)
    first = bytes([Ev.EVENT_BATCH])
    for base in range(at, size, 1 << 20):
        window = bytes(data[base : base + (1 << 20)])
        found = window.find(first)
        while found >= 0:
            if _is_chain(data, base + found, seen):
                return base + found
            found = window.find(first, found + 1)
    return size


def _is_chain(data: memoryview, at: int, seen: _Seen) -> bool:
    """Return whether batches that continue those seen follow one another from an offset on.

    They are as many as ``_CHAIN``, or reach the file's end, and a thread seen before wrote one.
    """
    following, size = replace(seen, threads=set()), len(data)
    count = 0
    while count < _CHAIN and at < size:
        if data[at] == Ev.END_OF_GENERATION:
            at += 1
            continue
        header = read_header(data, at)
        if header is None or header.end > size or not following.is_continued_by(header):
            return False
        following.add(header)
        count += 1
        at = header.end
    return count > 0 and not (seen.threads and following.threads.isdisjoint(seen.threads))


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
