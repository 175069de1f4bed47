"""How many events of a trace stand before any place at which its file is cut."""

from __future__ import annotations

from bisect import bisect_right

from flakecore.gotrace.events.decode_events import decode_events
from flakecore.gotrace.format.batch_index import Batch, index_trace
from flakecore.gotrace.format.varint import read_varint
from flakecore.gotrace.format.wire import STEPS


def event_ends(data: bytes) -> list[int]:
    """Return the places behind all events of a whole trace, ascending."""
    view = memoryview(data)
    batches = [
        batch
        for generation in index_trace(view, name="trace").generations
        for batch in generation.events
    ]
    return sorted(end for batch in batches for end in _ends(view, batch))


def _ends(view: memoryview, batch: Batch) -> list[int]:
    ends, at, until = [], batch.offset, batch.offset + batch.size
    while at < until:
        numbers = int(STEPS[view[at]]) - 1
        at += 1
        for _ in range(numbers):
            _, at = read_varint(view, at, until)
        ends.append(at)
    return ends


def events_kept(data: bytes) -> int:
    """Return how many events are read of a trace that may be damaged."""
    view = memoryview(data)
    generations = index_trace(view, name="cut").generations
    return sum(len(decode_events(view, each, name="cut")[0]) for each in generations)


def wrongly_kept(data: bytes, sizes: range | list[int]) -> list[tuple[int, int, int]]:
    """Return the sizes after which a whole trace, cut there, keeps other events than it should.

    Each with the number of events before the cut, and of those that are kept.
    """
    ends = event_ends(data)
    found = ((size, bisect_right(ends, size), events_kept(data[:size])) for size in sizes)
    return [(size, whole, kept) for size, whole, kept in found if whole != kept]
