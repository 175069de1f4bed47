"""Event columns: the timed events of one generation, decoded without a loop over events.

Where events begin is found by ``walk``; their times are running sums within each batch. Arguments
are put together only for the rows that somebody asks for: most are never looked at.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.index import Batch, GenerationIndex
from flakecore.gotrace.varint import Places, numbers_behind
from flakecore.gotrace.walk import Walked, walk
from flakecore.gotrace.wire import STACK_ARGUMENT
from flakecore.loss import Loss


@dataclass(frozen=True, slots=True)
class EventColumns:
    """Timed events, one row an event, in the order each thread wrote them, thread by thread.

    Attributes:
        type: uint8, (n,), an ``Ev``.
        tick: int64, (n,), trace clock ticks.
        threads: int32 or int64, (streams,), the thread (M) of each stream, ascending; -1 for none.
        streams: int64, (streams + 1,), row at which each thread's events begin, and n.
    """

    type: NDArray[np.uint8]
    tick: NDArray[np.int64]
    threads: Places
    streams: NDArray[np.int64]
    _stream: Places
    _buffer: NDArray[np.uint8]
    _arguments: Places  # where those of each event begin, in the buffer

    def __len__(self) -> int:
        return len(self.type)

    def argument(self, place: int, rows: NDArray[np.intp]) -> Places:
        """Return an argument (after the time difference) of rows whose type has it."""
        return numbers_behind(self._buffer, self._arguments[rows], place)

    def thread(self, rows: NDArray[np.intp]) -> Places:
        """Return the thread that wrote each of some rows; -1 for none."""
        return self.threads[self._stream[rows]]

    def stack(self, rows: NDArray[np.intp]) -> Places:
        """Return the generation's number for the stack each event happened at; 0 for none."""
        places = STACK_ARGUMENT[self.type[rows]]
        stack: Places = np.zeros(len(rows), np.int32)
        for place in range(int(places.max(initial=-1)) + 1):
            having = np.flatnonzero(places == place)
            numbers = self.argument(place, rows[having])
            stack = stack.astype(np.result_type(stack, numbers), copy=False)
            stack[having] = numbers
        return stack


def decode_events(
    data: memoryview, generation: GenerationIndex, *, name: str, origin: int = 0
) -> tuple[EventColumns, tuple[Loss, ...]]:
    """Decode all event batches of a generation.

    A batch that stops making sense keeps the events before that place; the rest is a loss, told
    by its place in the file, where ``data`` begins at ``origin``.
    """
    batches = sorted(generation.events, key=lambda batch: batch.thread)  # stable: file order
    if not batches:
        return _empty(), ()
    buffer = np.concatenate(
        [np.frombuffer(data, np.uint8, batch.size, batch.offset) for batch in batches]
    )
    byte_ends = np.cumsum(np.array([batch.size for batch in batches], np.int64))
    # A batch whose last byte ends no number would lend its tail to the next batch's first.
    buffer[byte_ends - 1] &= 0x7F
    walked = walk(buffer, byte_ends)
    where = f"{name}, generation {generation.number}"
    losses = _damage(walked, batches, byte_ends, where, origin)
    return _columns(walked, batches), losses


def _empty() -> EventColumns:
    none = np.zeros(0, np.int64)
    return EventColumns(
        type=none.astype(np.uint8),
        tick=none,
        threads=none,
        streams=np.zeros(1, np.int64),
        _stream=none.astype(np.int16),
        _buffer=none.astype(np.uint8),
        _arguments=none,
    )


def _damage(
    walked: Walked,
    batches: list[Batch],
    byte_ends: NDArray[np.int64],
    where: str,
    origin: int,
) -> tuple[Loss, ...]:
    losses = []
    for lane in np.flatnonzero(walked.stopped < walked.ends):
        lost = int(byte_ends[lane] - 1 - walked.tokens.ends[walked.stopped[lane]])
        what = f"events of thread {batches[lane].thread} make no sense from byte"
        at = origin + batches[lane].offset + batches[lane].size - lost
        losses.append(Loss(where, f"{what} {at:,} to the end of their batch", bytes=lost))
    return tuple(losses)


def _columns(walked: Walked, batches: list[Batch]) -> EventColumns:
    first, counts = walked.first, walked.counts
    until = np.cumsum(counts)
    # Running sums restart with each batch: subtract what had run up when the batch began.
    elapsed = np.zeros(len(first) + 1, np.int64)
    np.cumsum(walked.tokens.values(first + 1), dtype=np.int64, out=elapsed[1:])
    base = np.array([batch.tick for batch in batches], np.int64) - elapsed[until - counts]
    tick = elapsed[1:]
    tick += np.repeat(base, counts)
    of_batch = np.array([batch.thread for batch in batches], np.int64)
    begins = np.flatnonzero(np.diff(of_batch)) + 1
    threads: Places = of_batch[np.concatenate(([0], begins))]
    if int(np.abs(threads).max()) < 1 << 31:
        threads = threads.astype(np.int32)
    streams = np.concatenate(([0], until[begins - 1], [len(first)]))
    number = np.arange(len(threads), dtype=np.int16 if len(threads) < 1 << 15 else np.int32)
    return EventColumns(
        type=walked.tokens.types(first),
        tick=tick,
        threads=threads,
        streams=streams,
        _stream=np.repeat(number, np.diff(streams)),
        _buffer=walked.tokens.buffer,
        # Behind the type and the time.
        _arguments=walked.tokens.ends[first + 2] + walked.tokens.ends.dtype.type(1),
    )
