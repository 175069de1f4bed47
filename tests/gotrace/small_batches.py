"""A trace with its events in many small batches, as many threads that write little would have it.

How a recording's events are spread over batches depends on how busy the machine was. Cut into
pieces of one size they are spread evenly, and still the same events.
"""

from __future__ import annotations

from collections.abc import Iterator

from flakecore.gotrace.format.batch_index import Batch, index_trace
from flakecore.gotrace.format.varint import read_varint
from flakecore.gotrace.format.wire import HEADER_SIZE, STEPS, Ev
from gotrace.text_form import varint


def in_small_batches(data: bytes, size: int) -> bytes:
    """Return a trace with every batch of events cut into pieces of about so many bytes."""
    view = memoryview(data)
    pieces, at = [data[:HEADER_SIZE]], HEADER_SIZE
    batches = [
        (batch, generation.number)
        for generation in index_trace(view, name="trace").generations
        for batch in generation.events
    ]
    for batch, generation in sorted(batches, key=lambda each: each[0].offset):
        begin = _header_of(view, batch, generation)
        pieces.append(data[at:begin])
        for tick, start, end in _cuts(view, batch, size):
            pieces.append(_header(generation, batch.thread, tick, end - start) + data[start:end])
        at = batch.offset + batch.size
    return b"".join([*pieces, data[at:]])


def _header(generation: int, thread: int, tick: int, size: int) -> bytes:
    numbers = (generation, thread % (1 << 64), tick, size)
    return bytes([Ev.EVENT_BATCH]) + b"".join(map(varint, numbers))


def _header_of(view: memoryview, batch: Batch, generation: int) -> int:
    """Return where a batch's header begins: the runtime pads its size, so it is looked for."""
    start = bytes([Ev.EVENT_BATCH]) + b"".join(
        map(varint, (generation, batch.thread % (1 << 64), batch.tick))
    )
    return bytes(view[: batch.offset]).rindex(start)


def _cuts(view: memoryview, batch: Batch, size: int) -> Iterator[tuple[int, int, int]]:
    """Yield the pieces of a batch: the tick that each counts from, where it begins and ends."""
    tick = begins = batch.tick
    start = at = batch.offset
    end = batch.offset + batch.size
    while at < end:
        if at - start >= size:
            yield begins, start, at
            start, begins = at, tick
        elapsed, next_at = read_varint(view, at + 1, end)
        for _ in range(int(STEPS[view[at]]) - 2):
            _, next_at = read_varint(view, next_at, end)
        tick, at = tick + elapsed, next_at
    yield begins, start, end
