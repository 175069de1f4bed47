"""Event columns: the timed events of one generation, decoded without a loop over events.

The problem: an event is a type byte and a fixed number of LEB128 numbers, so an event's place
follows only from the one before it. The idea: all numbers' ends are known at once (``varint``),
so "the next event's first token" is a table look-up for every token; then all batches are walked
in lockstep, one look-up a step for all of them together. A batch holds at most 64 KB, so the
number of steps is bounded by a batch's length and not by the trace's. Times are running sums
within each batch. Arguments are put together only for the rows that somebody asks for: most are
never looked at.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.index import Batch, GenerationIndex
from flakecore.gotrace.varint import Places, Tokens, tokenize
from flakecore.gotrace.wire import STACK_ARGUMENT, STEPS
from flakecore.loss import Loss

_STRIDE = 128
"""Steps walked between two looks at which batches have ended."""


@dataclass(frozen=True, slots=True)
class EventColumns:
    """Timed events, one row an event, in the order each thread wrote them, thread by thread.

    Attributes:
        type: uint8, (n,), an ``Ev``.
        tick: int64, (n,), trace clock ticks.
        threads: int64, (streams,), the thread (M) of each stream, ascending; -1 for none.
        streams: int64, (streams + 1,), row at which each thread's events begin, and n.
    """

    type: NDArray[np.uint8]
    tick: NDArray[np.int64]
    threads: NDArray[np.int64]
    streams: NDArray[np.int64]
    _stream: Places
    _tokens: Tokens
    _first: Places

    def __len__(self) -> int:
        return len(self.type)

    def argument(self, place: int, rows: NDArray[np.intp]) -> Places:
        """Return an argument (after the time difference) of rows whose type has it."""
        return self._tokens.values(self._first[rows] + (2 + place))

    def thread(self, rows: NDArray[np.intp]) -> NDArray[np.int64]:
        """Return the thread that wrote each of some rows; -1 for none."""
        return self.threads[self._stream[rows]]

    def stack(self, rows: NDArray[np.intp]) -> Places:
        """Return the generation's number for the stack each event happened at; 0 for none."""
        place = STACK_ARGUMENT[self.type[rows]]
        having = np.flatnonzero(place >= 0)
        numbers = self._tokens.values(self._first[rows[having]] + (2 + place[having]))
        stack: Places = np.zeros(len(rows), numbers.dtype)
        stack[having] = numbers
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
    byte_ends = np.cumsum(np.array([batch.size for batch in batches], np.int64))
    # A batch whose last byte ends no number would lend its tail to the next batch's first.
    buffer[byte_ends - 1] &= 0x7F
    tokens = tokenize(buffer)
    lane_ends = np.searchsorted(tokens.ends[1:], byte_ends, side="left")
    lane_starts = np.concatenate(([0], lane_ends[:-1]))
    first, stopped = _walk(tokens, lane_starts, lane_ends)
    losses = _damage(tokens, batches, lane_ends, stopped, byte_ends, name, generation.number)
    return _columns(tokens, first, batches, lane_starts, lane_ends), losses


def _empty() -> EventColumns:
    none, tokens = np.zeros(0, np.int64), tokenize(np.zeros(0, np.uint8))
    return EventColumns(
        type=none.astype(np.uint8),
        tick=none,
        threads=none,
        streams=np.zeros(1, np.int64),
        _stream=none.astype(np.int16),
        _tokens=tokens,
        _first=none,
    )


def _walk(
    tokens: Tokens, lane_starts: NDArray[np.int64], lane_ends: NDArray[np.int64]
) -> tuple[Places, NDArray[np.int64]]:
    """Return the first token of every event, and for each lane the token its walk stopped at.

    A lane that stops before its end met a byte that is no event type, or an event cut short.
    """
    count = len(tokens)
    step = STEPS[tokens.buffer[tokens.ends[1:]]]
    step[np.diff(tokens.ends) != 1] = 0  # a type is one byte long
    # From each token to the next event's; one that is no type leads to itself, and so does what
    # lies beyond the end, where an event that is cut short leads.
    follow: Places = np.arange(count + int(STEPS.max())).astype(tokens.ends.dtype)
    follow[:count] += step
    is_first = np.zeros(len(follow), np.bool_)
    stopped = lane_starts.copy()
    active = np.flatnonzero(lane_starts < lane_ends)
    current = lane_starts[active].astype(follow.dtype)
    while len(active):
        visited = np.empty((_STRIDE + 1, len(active)), follow.dtype)
        visited[0] = current
        for place in range(_STRIDE):
            # The fastest gather there is; every place is in range, so clipping never happens.
            np.take(follow, visited[place], out=visited[place + 1], mode="clip")
        ends = lane_ends[active]
        # A lane that runs over into the next one marks nothing there.
        is_first[visited[:-1][visited[1:] <= ends]] = True
        reached = np.where(visited <= ends, visited, 0).max(axis=0)
        stopped[active] = reached
        current = visited[-1]
        going = (current < ends) & (current > visited[-2])
        active, current = active[going], current[going]
    found = np.flatnonzero(is_first[:count] & (step > 0))
    return found.astype(follow.dtype), stopped


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
    first: Places,
    batches: list[Batch],
    lane_starts: NDArray[np.int64],
    lane_ends: NDArray[np.int64],
) -> EventColumns:
    count = len(first)
    # Running sums restart with each batch: subtract what had run up when the batch began.
    lane_first = np.searchsorted(first, lane_starts, side="left")
    lane_last = np.searchsorted(first, lane_ends, side="left")
    elapsed = np.zeros(count + 1, np.int64)
    np.cumsum(tokens.values(first + 1), dtype=np.int64, out=elapsed[1:])
    base = np.array([batch.tick for batch in batches], np.int64) - elapsed[lane_first]
    tick = elapsed[1:]
    tick += np.repeat(base, lane_last - lane_first)
    lane_threads = np.array([batch.thread for batch in batches], np.int64)
    new_stream = np.flatnonzero(np.diff(lane_threads)) + 1
    streams = np.concatenate(([0], lane_first[new_stream], [count]))
    threads = lane_threads[np.concatenate(([0], new_stream))]
    number = np.arange(len(threads), dtype=np.int16 if len(threads) < 1 << 15 else np.int32)
    return EventColumns(
        type=tokens.types(first),
        tick=tick,
        threads=threads,
        streams=streams,
        _stream=np.repeat(number, np.diff(streams)),
        _tokens=tokens,
        _first=first,
    )
