"""The tables a generation carries with it: strings, stacks, clock and CPU samples.

They are written last, so a cut file lacks them for its last generation. Every entry is checked;
a bad one ends its batch and is counted as lost, and what stands before it is kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.format.batch_index import Batch, GenerationIndex
from flakecore.gotrace.format.varint import read_varint, tokenize
from flakecore.gotrace.format.wire import MAX_STACK_FRAMES, MAX_STRING_SIZE, Ev
from flakecore.loss import Loss

_FREQUENCIES = range(1_000, 4_000_000_000)
"""Ticks a second that a clock may have; Go divides a nanosecond's or a processor's by 32 or more
(``traceTimeDiv`` in ``runtime/tracetime.go``)."""


@dataclass(frozen=True, slots=True)
class ClockSnapshot:
    """One moment on three clocks (Go 1.25 and later): ticks, monotonic and wall nanoseconds."""

    tick: int
    mono_ns: int
    wall_ns: int


@dataclass(frozen=True, slots=True)
class Sync:
    """A generation's clock: ticks a second (0 if it was lost), and a snapshot if there is one."""

    frequency: int
    snapshot: ClockSnapshot | None


_LARGEST = 1 << 62
"""A snapshot's times stay below, in 2116 as nanoseconds: their differences fit 64 bits."""

RawFrame = tuple[int, int, int, int]
"""Program counter, string number of the function, string number of the file, line."""


def read_strings(
    data: memoryview, generation: GenerationIndex, *, name: str
) -> tuple[dict[int, str], tuple[Loss, ...]]:
    """Return a generation's strings by number; text that is no UTF-8 keeps what is."""
    strings = {0: ""}  # never written out (runtime/tracestring.go)
    losses = []
    for batch in generation.strings:
        at, end = batch.offset + 1, batch.offset + batch.size
        while at < end:
            entry = at
            number, at = _varint_after(data, at, end, Ev.STRING)
            size, at = read_varint(data, at, end) if at >= 0 else (0, -1)
            if at < 0 or size > MAX_STRING_SIZE or at + size > end:
                losses.append(_lost(name, generation.number, "strings", entry, end))
                break
            strings[number] = str(data[at : at + size], "utf-8", "replace")
            at += size
    return strings, tuple(losses)


def read_stacks(
    data: memoryview, generation: GenerationIndex, *, name: str
) -> tuple[dict[int, tuple[RawFrame, ...]], tuple[Loss, ...]]:
    """Return a generation's stacks by number, innermost frame first."""
    stacks: dict[int, tuple[RawFrame, ...]] = {}
    losses = []
    for batch in generation.stacks:
        numbers = _numbers(data, batch)
        at, count = 0, len(numbers)
        while at < count:
            # EvStack, its number, how many frames, then four numbers a frame.
            frames = numbers[at + 2] if at + 2 < count else -1
            end = at + 3 + 4 * frames
            if numbers[at] != Ev.STACK or not 0 <= frames <= MAX_STACK_FRAMES or end > count:
                lost = _lost(name, generation.number, "stacks", batch.offset, batch.offset)
                losses.append(lost)
                break
            flat = iter(numbers[at + 3 : end])
            stacks[numbers[at + 1]] = tuple(zip(flat, flat, flat, flat, strict=True))
            at = end
    return stacks, tuple(losses)


def read_sync(
    data: memoryview, generation: GenerationIndex, *, name: str
) -> tuple[Sync, tuple[Loss, ...]]:
    """Return a generation's clock; what makes no sense is left out, and a loss."""
    frequency, snapshot = 0, None
    losses = []
    for batch in generation.sync:
        numbers = iter(_numbers(data, batch, skip=int(batch.kind == Ev.SYNC)))
        for kind in numbers:
            fields = list(_take(numbers, 4 if kind == Ev.CLOCK_SNAPSHOT else 1))
            if kind == Ev.FREQUENCY and fields and fields[0] in _FREQUENCIES:
                frequency = fields[0]
            elif kind == Ev.CLOCK_SNAPSHOT and len(fields) == 4:
                snapshot = _snapshot(batch.tick, *fields)
            if (kind == Ev.FREQUENCY and frequency) or (kind == Ev.CLOCK_SNAPSHOT and snapshot):
                continue
            losses.append(_lost(name, generation.number, "clock", batch.offset, batch.offset))
            break
    return Sync(frequency, snapshot), tuple(losses)


def _snapshot(start: int, delta: int, mono: int, seconds: int, rest: int) -> ClockSnapshot | None:
    """Return a snapshot from its numbers; None where 64 bits cannot hold its times.

    ``start`` is the tick at which its batch begins, and ``rest`` nanoseconds beyond ``seconds``.
    """
    snapshot = ClockSnapshot(start + delta, mono, seconds * 1_000_000_000 + rest)
    return snapshot if 0 <= min(astuple(snapshot)) <= max(astuple(snapshot)) < _LARGEST else None


@dataclass(frozen=True, slots=True)
class CpuSamples:
    """CPU profile samples of a generation, each column (n,) int64; goroutine 0 is none."""

    tick: NDArray[np.int64]
    thread: NDArray[np.int64]
    proc: NDArray[np.int64]
    goroutine: NDArray[np.int64]
    stack: NDArray[np.int64]

    def first(self, count: int) -> CpuSamples:
        """Return the first ``count`` samples."""
        columns = (self.tick, self.thread, self.proc, self.goroutine, self.stack)
        return CpuSamples(*(column[:count] for column in columns))


def read_cpu_samples(data: memoryview, generation: GenerationIndex) -> CpuSamples:
    """Return a generation's CPU samples in order of time; damaged entries are left out."""
    rows = []
    for batch in generation.cpu_samples:
        numbers = np.array(_numbers(data, batch), np.int64)
        table = numbers[: len(numbers) // 6 * 6].reshape(-1, 6)
        rows.append(table[table[:, 0] == Ev.CPU_SAMPLE, 1:])
    table = np.concatenate(rows) if rows else np.zeros((0, 5), np.int64)
    table = table[np.argsort(table[:, 0], kind="stable")]
    return CpuSamples(*table.T.copy())


def _numbers(data: memoryview, batch: Batch, *, skip: int = 1) -> list[int]:
    """Return all numbers of a batch after its kind byte."""
    buffer = np.frombuffer(data, np.uint8, batch.size - skip, batch.offset + skip)
    tokens = tokenize(buffer)
    numbers: list[int] = tokens.values(np.arange(len(tokens))).tolist()
    return numbers


def _take(numbers: Iterator[int], count: int) -> Iterator[int]:
    for _, number in zip(range(count), numbers, strict=False):
        yield number


def _varint_after(data: memoryview, at: int, end: int, kind: Ev) -> tuple[int, int]:
    if data[at] != kind:
        return 0, -1
    return read_varint(data, at + 1, end)


def _lost(name: str, generation: int, what: str, at: int, end: int) -> Loss:
    where = f"{name}, generation {generation}"
    return Loss(where, f"some of its {what} cannot be read", bytes=end - at)
