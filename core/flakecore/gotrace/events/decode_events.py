"""Decoding of a generation's timed events: by a compiled loop, or in columns where that gives up.

In columns, the offsets of events are found by ``walk``, and their times are running sums within
each batch.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.events.event_columns import FREQUENT_TYPES, EventColumns
from flakecore.gotrace.format.batch_index import Batch, GenerationIndex
from flakecore.gotrace.format.event_offsets import find_offsets
from flakecore.gotrace.format.varint import MAX_BYTES, IntColumn
from flakecore.gotrace.format.wire import MAX_ARGUMENTS
from flakecore.gotrace.native.event_reader import Read, read_events
from flakecore.loss import Loss

_LONGEST = 1 + MAX_BYTES * (1 + MAX_ARGUMENTS)
"""Bytes of an event's longest encoding: its type, the time difference, the arguments."""


def decode_events(
    data: memoryview, generation: GenerationIndex, *, name: str
) -> tuple[EventColumns, tuple[Loss, ...]]:
    """Decode all event batches of a generation.

    Args:
        data: the file's bytes.
        generation: where its batches are.
        name: name of the file in losses.

    Returns:
        The events, and a loss for each batch with an event that cannot be decoded: the events
        before it are kept, the rest of the batch is lost.
    """
    batches = sorted(generation.events, key=lambda batch: batch.thread)  # stable: file order
    if not batches:
        return _empty(), ()
    read = _read_native(data, batches) or _read_in_columns(data, batches)
    where = f"{name}, generation {generation.number}"
    cut_at = None if generation.ended else len(data)
    return _columns(read, batches), _batch_losses(read.sound, batches, where, cut_at)


def _empty() -> EventColumns:
    none = np.zeros(0, np.int64)
    return EventColumns(
        type=none.astype(np.uint8),
        tick=none,
        threads=none,
        streams=np.zeros(1, np.int64),
        stream=none.astype(np.int16),
        buffer=none.astype(np.uint8),
        arguments=none.astype(np.int32),
        rare_rows=none,
    )


def _batch_losses(
    sound: NDArray[np.int64], batches: list[Batch], where: str, cut_at: int | None
) -> tuple[Loss, ...]:
    """Return the undecodable rest of each batch as a loss; not an event cut by the file's end."""
    sizes = np.array([batch.size for batch in batches], np.int64)
    losses = []
    for lane in np.flatnonzero(sound < sizes):
        batch, lost = batches[lane], int(sizes[lane] - sound[lane])
        at = batch.offset + batch.size - lost
        if batch.offset + batch.size == cut_at and lost < _LONGEST:
            continue  # the index states the cut of the file
        what = f"events of thread {batch.thread} make no sense from byte"
        losses.append(Loss(where, f"{what} {at:,} to the end of their batch", bytes=lost))
    return tuple(losses)


def _read_native(data: memoryview, batches: list[Batch]) -> Read | None:
    """Return the events of batches, read by the compiled loop; None without it."""
    first = min(batch.offset for batch in batches)
    last = max(batch.offset + batch.size for batch in batches)
    begins = np.array([batch.offset - first for batch in batches], np.int64)
    sizes = np.array([batch.size for batch in batches], np.int64)
    ticks = np.array([batch.tick for batch in batches], np.int64)
    buffer = np.frombuffer(data, np.uint8, last - first, first)
    return read_events(buffer, begins, begins + sizes, ticks)


def _read_in_columns(data: memoryview, batches: list[Batch]) -> Read:
    """Return the events of batches, decoded in columns from a copy of their bytes."""
    buffer = np.concatenate(
        [np.frombuffer(data, np.uint8, batch.size, batch.offset) for batch in batches]
    )
    sizes = np.array([batch.size for batch in batches], np.int64)
    byte_ends = np.cumsum(sizes)
    walked = find_offsets(buffer, byte_ends)
    first, counts, ends = walked.first, walked.counts, walked.tokens.ends
    ticks = np.array([batch.tick for batch in batches], np.int64)
    # Running sums restart with each batch: subtract the sum at its beginning.
    elapsed = np.zeros(len(first) + 1, np.int64)
    np.cumsum(walked.tokens.values(first + 1), dtype=np.int64, out=elapsed[1:])
    base = ticks - elapsed[np.cumsum(counts) - counts]
    tick = elapsed[1:]
    tick += np.repeat(base, counts)
    return Read(
        buffer=buffer,
        type=walked.tokens.types(first),
        tick=tick,
        # The first argument follows the type and the time.
        arguments=ends[first + 2] + ends.dtype.type(1),
        counts=counts,
        sound=ends[walked.stopped] + 1 - (byte_ends - sizes),
    )


def _columns(read: Read, batches: list[Batch]) -> EventColumns:
    until = np.cumsum(read.counts)
    of_batch = np.array([batch.thread for batch in batches], np.int64)
    begins = np.flatnonzero(np.diff(of_batch)) + 1
    threads: IntColumn = of_batch[np.concatenate(([0], begins))]
    if int(np.abs(threads).max()) < 1 << 31:
        threads = threads.astype(np.int32)
    streams = np.concatenate(([0], until[begins - 1], [len(read.type)]))
    number = np.arange(len(threads), dtype=np.int16 if len(threads) < 1 << 15 else np.int32)
    return EventColumns(
        type=read.type,
        tick=read.tick,
        threads=threads,
        streams=streams,
        stream=np.repeat(number, np.diff(streams)),
        buffer=read.buffer,
        arguments=read.arguments,
        rare_rows=np.flatnonzero(~FREQUENT_TYPES[read.type]),
    )
