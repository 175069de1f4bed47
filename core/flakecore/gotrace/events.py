"""Event columns: the timed events of one generation, decoded without a loop over events.

The problem: an event is a type byte and a fixed number of LEB128 numbers, so an event's place
follows only from the one before it. The idea: all numbers' ends are known at once (``varint``),
so "the next event's first token" is a table look-up for every token; then all batches are walked
in lockstep, one look-up a step for all of them together. A batch holds at most 64 KB, so the
number of steps is bounded by a batch's length and not by the trace's. Arguments are then put
together a column at a time, and times are running sums within each batch.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.index import Batch, GenerationIndex
from flakecore.gotrace.varint import Tokens, tokenize
from flakecore.gotrace.wire import MAX_ARGUMENTS, STACK_ARGUMENT, STEPS
from flakecore.loss import Loss

_STRIDE = 64
"""Steps walked between two looks at which batches have ended."""


@dataclass(frozen=True, slots=True)
class EventColumns:
    """Timed events, one row an event, in the order each thread wrote them, thread by thread.

    Attributes:
        type: uint8, (n,), an ``Ev``.
        tick: int64, (n,), trace clock ticks.
        thread: int64, (n,), the thread (M) that wrote it; -1 for none.
        arguments: int64, (MAX_ARGUMENTS, n), after the time difference; 0 where there is none.
        streams: int64, (threads + 1,), row at which each thread's events begin, and n.
    """

    type: NDArray[np.uint8]
    tick: NDArray[np.int64]
    thread: NDArray[np.int64]
    arguments: NDArray[np.int64]
    streams: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.type)

    @property
    def stack(self) -> NDArray[np.int64]:
        """The generation's number for the stack of the goroutine each event is of; 0 for none."""
        place = STACK_ARGUMENT[self.type]
        rows = np.flatnonzero(place >= 0)
        stack = np.zeros(len(self), np.int64)
        stack[rows] = self.arguments[place[rows], rows]
        return stack


def decode_events(
    data: memoryview, generation: GenerationIndex, *, name: str
) -> tuple[EventColumns, tuple[Loss, ...]]:
    """Decode all event batches of a generation.

    A batch that stops making sense keeps the events before that place; the rest is a loss.
    """
    batches = sorted(generation.events, key=lambda batch: batch.thread)  # stable: file order
    if not batches:
        return _empty(), ()
    buffer = np.concatenate(
        [np.frombuffer(data, np.uint8, batch.size, batch.offset) for batch in batches]
    )
    sizes = np.array([batch.size for batch in batches], np.int64)
    byte_ends = np.cumsum(sizes)
    tokens = tokenize(buffer)
    # A batch whose last byte does not end a number would lend its tail to the next batch's first
    # token; that token's place is then inside the next batch and reads as damage there, so the
    # tail is cut by closing it.
    open_tails = np.flatnonzero(buffer[byte_ends - 1] >= 0x80)
    if len(open_tails):
        buffer[byte_ends[open_tails] - 1] &= 0x7F
        tokens = tokenize(buffer)
    lane_ends = np.searchsorted(tokens.ends[1:], byte_ends, side="left")
    lane_starts = np.concatenate(([0], lane_ends[:-1]))
    starts, stopped = _walk(tokens, lane_starts, lane_ends)
    losses = _damage(tokens, batches, lane_ends, stopped, byte_ends, name, generation.number)
    return _columns(tokens, starts, batches, lane_starts, lane_ends), losses


def _empty() -> EventColumns:
    none = np.zeros(0, np.int64)
    arguments = np.zeros((MAX_ARGUMENTS, 0), np.int64)
    return EventColumns(none.astype(np.uint8), none, none, arguments, np.zeros(1, np.int64))


def _walk(
    tokens: Tokens, lane_starts: NDArray[np.int64], lane_ends: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first token of every event, and for each lane the token its walk stopped at.

    A lane that stops before its end met a byte that is no event type, or an event cut short.
    """
    count = len(tokens)
    # Steps by token; a token of several bytes is no type. Padding lets the last lane run over.
    step = np.zeros(count + _STRIDE * 8, np.uint8)
    step[:count] = STEPS[tokens.buffer[tokens.ends[1:]]]
    step[:count][np.diff(tokens.ends) != 1] = 0
    is_start = np.zeros(count, np.bool_)
    stopped = lane_starts.copy()
    active = np.flatnonzero(lane_starts < lane_ends)
    current = lane_starts[active]
    visited = np.empty((_STRIDE, len(active)), np.int64)
    while len(active):
        rows = visited[:, : len(active)]
        for row in rows:
            row[:] = current
            current = current + step[current]
        ends = lane_ends[active]
        # An event counts if it ends within its lane; a stuck lane visits one token for ever.
        whole = (rows + step[rows]) <= ends
        is_start[rows[whole & (step[rows] > 0)]] = True
        last = np.where(whole, rows, -1).max(axis=0)
        stopped[active] = np.where(last >= 0, last + step[last], stopped[active])
        going = (current < ends) & (step[np.minimum(current, count)] > 0)
        active, current = active[going], current[going]
    return np.flatnonzero(is_start), stopped


def _damage(
    tokens: Tokens,
    batches: list[Batch],
    lane_ends: NDArray[np.int64],
    stopped: NDArray[np.int64],
    byte_ends: NDArray[np.int64],
    name: str,
    generation: int,
) -> tuple[Loss, ...]:
    losses = []
    for lane in np.flatnonzero(stopped < lane_ends):
        lost = int(byte_ends[lane] - 1 - tokens.ends[stopped[lane]])
        what = f"events of thread {batches[lane].thread} make no sense from byte"
        at = batches[lane].offset + batches[lane].size - lost
        where = f"{name}, generation {generation}"
        losses.append(Loss(where, f"{what} {at:,} to the end of their batch", bytes=lost))
    return tuple(losses)


def _columns(
    tokens: Tokens,
    starts: NDArray[np.int64],
    batches: list[Batch],
    lane_starts: NDArray[np.int64],
    lane_ends: NDArray[np.int64],
) -> EventColumns:
    count = len(starts)
    types = tokens.types(starts)
    arguments = np.zeros((MAX_ARGUMENTS, count), np.int64)
    have = STEPS[types].astype(np.int8) - 2
    for place in range(MAX_ARGUMENTS):
        rows = np.flatnonzero(have > place)
        arguments[place, rows] = tokens.values(starts[rows] + 2 + place)
    # Running sums restart with each batch: subtract what had run up when the batch began.
    lane_first = np.searchsorted(starts, lane_starts, side="left")
    lane_last = np.searchsorted(starts, lane_ends, side="left")
    elapsed = np.zeros(count + 1, np.int64)
    np.cumsum(tokens.values(starts + 1), out=elapsed[1:])
    per_lane = lane_last - lane_first
    base = np.array([batch.tick for batch in batches], np.int64) - elapsed[lane_first]
    tick = elapsed[1:] + np.repeat(base, per_lane)
    lane_threads = np.array([batch.thread for batch in batches], np.int64)
    thread = np.repeat(lane_threads, per_lane)
    new_stream = np.flatnonzero(np.diff(lane_threads)) + 1
    streams = np.concatenate(([0], lane_first[new_stream], [count]))
    return EventColumns(types, tick, thread, arguments, streams)
