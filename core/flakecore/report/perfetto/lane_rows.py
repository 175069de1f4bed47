"""The intervals of one kind of lane, a generation at a time, each with what led to it.

In a generation a lane's own intervals stand between the crossing ones that begin before them and
those that begin after them. What a lane was in at a generation's end is carried over, so whether
an interval follows a wait is known without the generation before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace import IntervalColumns, Intervals, State

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

_ROWS = 1 << 16
"""Intervals that are taken together, with all that comes of them: some 30 MB."""
_IS_WAIT = np.array([state.waiting for state in State], np.bool_)


@dataclass(frozen=True, slots=True)
class LaneRows:
    """Intervals by lane and then by time; every column (n,), numbers int64.

    Attributes:
        lane: number of the lane.
        start, end, state, reason, stack, actor, goroutine, last: as in ``IntervalColumns``.
        woken: it follows a wait that a goroutine, the actor, ended, and begins in the window.
        created: it is the lane's first, and a goroutine, the actor, created the lane, within the
            window.
    """

    lane: Ints
    start: Ints
    end: Ints
    state: Ints
    reason: Ints
    stack: Ints
    actor: Ints
    goroutine: Ints
    last: Flags
    woken: Flags
    created: Flags

    def take(self, rows: NDArray[np.generic]) -> LaneRows:
        """Return some of the intervals."""
        return LaneRows(*(getattr(self, each.name)[rows] for each in fields(self)))

    def __len__(self) -> int:
        return len(self.lane)


def lane_rows(intervals: Intervals, start_ns: int, end_ns: int) -> Iterator[LaneRows]:
    """Yield the intervals that touch a window, some of a generation at a time.

    The intervals of one lane are in order of time over all that is yielded. Their times are whole,
    also where they reach beyond the window.
    """
    crossing = intervals.crossing
    order = np.argsort(crossing.home, kind="stable")
    homes = crossing.home[order]
    lanes = np.append(intervals.lanes, np.iinfo(np.int64).max)
    before = np.zeros(len(lanes), np.uint8)
    touched = intervals.touched(start_ns, end_ns)
    for generation in touched:
        first = 0 if generation == touched.start else 2 * generation
        bounds = np.searchsorted(homes, [first, 2 * generation + 1, 2 * generation + 2])
        begin, middle, end = bounds.tolist()
        parts = (
            (crossing.columns, np.sort(order[begin:middle])),
            (intervals.generation(generation), slice(None)),
            (crossing.columns, np.sort(order[middle:end])),
        )
        yield from _of_generation(parts, (start_ns, end_ns), lanes, before)


def _of_generation(
    parts: Sequence[tuple[IntervalColumns, NDArray[np.intp] | slice]],
    window: tuple[int, int],
    lanes: Ints,
    before: NDArray[np.uint8],
) -> Iterator[LaneRows]:
    """Yield the rows of one generation that touch a window, by lane.

    Columns stay as narrow as they are until some rows of them are taken.

    Args:
        parts: columns with rows of them; of one lane, those of a part come before the next one's.
        window: first and last moment.
        lanes: all lanes, ascending.
        before: the state of each of the lanes before these rows, which is brought up to date.
    """
    lane = np.concatenate([_lane_of_row(columns)[rows] for columns, rows in parts])
    order = np.argsort(lane, kind="stable")
    # The tracer writes some batches on no thread, numbered -1, which is no lane.
    order = order[np.searchsorted(lane[order], 0) :]
    state = _joined(parts, "state")
    led = _led_to(lane[order], state[order], lanes, before)
    start = np.concatenate([columns.start[rows] for columns, rows in parts])
    end = np.concatenate([columns.end[rows] for columns, rows in parts])
    inside = (end[order] >= window[0]) & (start[order] <= window[1])
    if not inside.all():
        order, led = order[inside], led[inside]
    numbers = {name: _joined(parts, name) for name in ("reason", "stack", "actor", "goroutine")}
    flags = {name: _joined(parts, name) for name in ("before", "last")}
    for at in range(0, len(order), _ROWS):
        rows, led_to = order[at : at + _ROWS], led[at : at + _ROWS]
        # What led to a row that an earlier generation began is not known here.
        acted = (numbers["actor"][rows] > 0) & (start[rows] >= window[0])
        taken = {name: column[rows].astype(np.int64) for name, column in numbers.items()}
        yield LaneRows(
            lane=lane[rows],
            start=start[rows],
            end=end[rows],
            state=state[rows].astype(np.int64),
            **taken,
            last=flags["last"][rows],
            woken=_IS_WAIT[led_to] & acted,
            created=(led_to == State.ABSENT) & acted & ~flags["before"][rows],
        )


def _lane_of_row(columns: IntervalColumns) -> Ints:
    return np.repeat(columns.lanes, np.diff(columns.first))


def _joined(
    parts: Sequence[tuple[IntervalColumns, NDArray[np.intp] | slice]], name: str
) -> NDArray[Any]:
    return np.concatenate([getattr(columns, name)[rows] for columns, rows in parts])


def _led_to(
    lane: Ints, state: NDArray[np.uint8], lanes: Ints, before: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """Return the state that led to each row's, by lane and then by time; ABSENT for none."""
    led = np.zeros(len(lane), np.uint8)
    if not len(lane):
        return led
    first = np.flatnonzero(np.diff(lane, prepend=-1))
    place = np.searchsorted(lanes, lane[first])
    led[1:] = state[:-1]
    led[first] = before[place]
    before[place] = state[np.append(first[1:], len(lane)) - 1]
    return led
