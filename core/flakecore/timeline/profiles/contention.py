"""Where goroutines waited for each other in a window of the trace, and who ended their waits.

A wait has the stack in which it began; the event that ended it has the stack of who did, which the
trace holds with the interval after the wait. Both are summed up by one's own frame in them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from flakecore.frames import shown_frame
from flakecore.gotrace import Frame, IntervalColumns, State, Trace

Ints = NDArray[np.int64]
States = NDArray[np.uint8]

ON_OTHERS = (
    *(State.MUTEX, State.COND, State.WAIT_GROUP),
    *(State.CHAN_SEND, State.CHAN_RECEIVE, State.SELECT),
)
"""Waits for a lock or a channel, which another goroutine ends."""


class StackWaits(NamedTuple):
    """The waits of one stack at a place.

    Attributes:
        stack: its number.
        waits: how many waits lie in the window, in part at least.
        total_ns: of their parts in it.
        unended: how many of them never ended.
        goroutine: who waited so; 0 where several did.
        waker: who ended those that ended; 0 where several did, or none.
        first_ns, last_ns: when the first and the last of them began.
    """

    stack: int
    waits: int
    total_ns: int
    unended: int
    goroutine: int
    waker: int
    first_ns: int
    last_ns: int


@dataclass(frozen=True, slots=True)
class WaitSite:
    """One place at which goroutines waited.

    Attributes:
        frame: one's own frame of the wait; where none is, the innermost outside the runtime.
        state: what they waited for there.
        waits: how many waits lie in the window, in part at least.
        total_ns, longest_ns: of their parts in it.
        stacks: the stacks that led there, the longest first.
        unended: how many of them never ended.
        wakers: one's own frames of those who ended them, with the number of waits that each ended,
            the most frequent first.
    """

    frame: Frame
    state: State
    waits: int
    total_ns: int
    longest_ns: int
    stacks: tuple[StackWaits, ...]
    unended: int
    wakers: tuple[tuple[Frame, int], ...]

    @property
    def paths(self) -> int:
        """How many different stacks led there."""
        return len(self.stacks)

    @property
    def mean_ns(self) -> int:
        """How long one wait took on average."""
        return self.total_ns // max(self.waits, 1)


@dataclass(frozen=True, slots=True)
class _Waits:
    """Waits in a window; every column (n,) int64.

    ``wake_stack`` is the number of the stack that ended it, 0 for none; ``waker`` the goroutine
    whose stack it is, -1 for none.
    """

    stack: Ints
    state: Ints
    time: Ints
    wake_stack: Ints
    unended: Ints
    goroutine: Ints
    waker: Ints
    start: Ints


def wait_sites(
    trace: Trace,
    package: str,
    start_ns: int,
    end_ns: int,
    goroutines: Ints | None = None,
    *,
    without: Ints,
    states: Sequence[State] = ON_OTHERS,
) -> tuple[WaitSite, ...]:
    """Return the places at which goroutines waited for a lock or a channel, the longest first.

    Args:
        trace: its intervals are decoded where the window touches them.
        package: import path of the package under test.
        start_ns: the window's beginning, nanoseconds since the trace began.
        end_ns: its end.
        goroutines: only waits of these; None for all.
        without: goroutines whose waits are left out: the runtime's own.
        states: which of ``ON_OTHERS``.
    """
    intervals = trace.goroutines
    chosen = np.array(states, np.uint8)
    parts = [_of_crossing(trace, chosen, start_ns, end_ns)]
    parts += [
        _of_generation(intervals.generation(each), chosen, start_ns, end_ns)
        for each in intervals.touched(start_ns, end_ns)
    ]
    columns = [
        np.concatenate([getattr(waits, name) for waits in parts]) for name in _Waits.__slots__
    ]
    waits = _Waits(*columns)
    kept = ~np.isin(waits.goroutine, without)
    if goroutines is not None:
        kept &= np.isin(waits.goroutine, goroutines)
    found = _sites(trace, package, _Waits(*(column[kept] for column in columns)))
    return tuple(sorted(found, key=lambda site: (-site.total_ns, site.frame)))


def _of_generation(columns: IntervalColumns, states: States, start_ns: int, end_ns: int) -> _Waits:
    rows, time = _rows(columns, states, start_ns, end_ns)
    lane = np.searchsorted(columns.first, rows, side="right") - 1
    followed = rows + 1 < columns.first[lane + 1]
    after = np.where(followed, rows + 1, 0)
    wake_stack = np.where(followed, columns.stack[after].astype(np.int64) if len(rows) else 0, 0)
    waker = np.where(followed, columns.actor[after].astype(np.int64) if len(rows) else -1, -1)
    return _waits(columns, rows, time, wake_stack, waker)


def _of_crossing(trace: Trace, states: States, start_ns: int, end_ns: int) -> _Waits:
    crossing = trace.goroutines.crossing
    rows, time = _rows(crossing.columns, states, start_ns, end_ns)
    return _waits(crossing.columns, rows, time, crossing.wake_stack[rows], crossing.waker[rows])


def _rows(
    columns: IntervalColumns, states: States, start_ns: int, end_ns: int
) -> tuple[Ints, Ints]:
    """Return the rows of waits in some states that touch a window, and their time in it."""
    rows = np.flatnonzero(np.isin(columns.state, states))
    start, end = columns.start[rows], columns.end[rows]
    time = np.minimum(end, end_ns) - np.maximum(start, start_ns)
    return rows[time > 0], time[time > 0]


def _waits(
    columns: IntervalColumns, rows: Ints, time: Ints, wake_stack: Ints, waker: Ints
) -> _Waits:
    wanted = (columns.stack, columns.state, columns.goroutine, columns.last, columns.start)
    stack, state, goroutine, last, start = (column[rows].astype(np.int64) for column in wanted)
    ended_by, by = np.where(last == 1, 0, wake_stack), np.where(last == 1, -1, waker)
    return _Waits(stack, state, time, ended_by, last, goroutine, by, start)


def _sites(trace: Trace, package: str, waits: _Waits) -> Iterator[WaitSite]:
    """Yield what the waits of each place and state add up to."""
    stacks, of_stack = np.unique(waits.stack, return_inverse=True)
    places: dict[Frame, int] = {}
    number = [
        places.setdefault(_own_frame_of(trace, package, each), len(places))
        for each in stacks.tolist()
    ]
    site = np.array([*number, 0], np.int64)[of_stack]
    states = len(State)
    kinds, row = np.unique(site * states + waits.state, return_inverse=True)
    order = np.argsort(row, kind="stable")
    bounds = np.searchsorted(row[order], np.arange(len(kinds) + 1)).tolist()
    frames = list(places)
    for at, kind in enumerate(kinds.tolist()):
        mine = order[bounds[at] : bounds[at + 1]]
        time = waits.time[mine]
        yield WaitSite(
            frame=frames[kind // states],
            state=State(kind % states),
            waits=len(mine),
            total_ns=int(time.sum()),
            longest_ns=int(time.max()),
            stacks=_by_stack(waits, mine),
            unended=int(waits.unended[mine].sum()),
            wakers=_wakers(trace, package, waits.wake_stack[mine]),
        )


def _by_stack(waits: _Waits, mine: Ints) -> tuple[StackWaits, ...]:
    """Return what the waits of some rows add up to, stack by stack."""
    numbers, row, counts = np.unique(waits.stack[mine], return_inverse=True, return_counts=True)
    time, unended = np.zeros((2, len(numbers)), np.int64)
    np.add.at(time, row, waits.time[mine])
    np.add.at(unended, row, waits.unended[mine])
    goroutine, waker = (
        _only(len(numbers), row[whose > 0], whose[whose > 0])
        for whose in (waits.goroutine[mine], waits.waker[mine])
    )
    first, last = np.full(len(numbers), np.iinfo(np.int64).max), np.zeros(len(numbers), np.int64)
    np.minimum.at(first, row, waits.start[mine])
    np.maximum.at(last, row, waits.start[mine])
    columns = (numbers, counts, time, unended, goroutine, waker, first, last)
    found = map(StackWaits._make, zip(*(each.tolist() for each in columns), strict=True))
    return tuple(sorted(found, key=lambda each: (-each.total_ns, each.stack)))


def _only(count: int, row: Ints, number: Ints) -> Ints:
    """Return (count,) the number that all of a row's entries have; 0 where they differ."""
    least, most = np.full(count, np.iinfo(np.int64).max), np.zeros(count, np.int64)
    np.minimum.at(least, row, number)
    np.maximum.at(most, row, number)
    return np.where(least == most, most, 0)


def _wakers(trace: Trace, package: str, stacks: Ints) -> tuple[tuple[Frame, int], ...]:
    numbers, counts = np.unique(stacks[stacks > 0], return_counts=True)
    found: dict[Frame, int] = {}
    for number, count in zip(numbers.tolist(), counts.tolist(), strict=True):
        frame = _own_frame_of(trace, package, number)
        if frame.function:
            found[frame] = found.get(frame, 0) + count
    return tuple(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def _own_frame_of(trace: Trace, package: str, stack: int) -> Frame:
    return shown_frame(trace.table.stack(stack), package) or Frame("", "", 0)
