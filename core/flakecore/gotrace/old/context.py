"""What ran on a proc at each of its events: which goroutine, which thread.

The reference remembers per proc the goroutine that started last (``tracev1/parser.go``,
``parseEvent``), and the thread that started the proc (``trace/tracev1.go``). Both change only at
few types of events, so they are a forward fill along each proc's stream from the last of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.context import NO_GOROUTINE
from flakecore.gotrace.old.events import OldEvents, spread
from flakecore.gotrace.old.sequence import Named
from flakecore.gotrace.old.wire import Ev, of_types
from flakecore.gotrace.varint import Places

NO_THREAD = -1

STARTS = of_types(Ev.GO_START, Ev.GO_START_LOCAL, Ev.GO_START_LABEL)
"""Types with which a goroutine comes to run on the proc."""
STOPS = of_types(
    Ev.GO_END,
    Ev.GO_STOP,
    Ev.GO_SCHED,
    Ev.GO_PREEMPT,
    Ev.GO_SLEEP,
    Ev.GO_BLOCK,
    Ev.GO_BLOCK_SEND,
    Ev.GO_BLOCK_RECV,
    Ev.GO_BLOCK_SELECT,
    Ev.GO_BLOCK_SYNC,
    Ev.GO_BLOCK_COND,
    Ev.GO_BLOCK_NET,
    Ev.GO_BLOCK_GC,
    Ev.GO_SYS_BLOCK,
)
"""Types with which the running goroutine gives up the proc, or loses it in a syscall."""


@dataclass(frozen=True, slots=True)
class OldContext:
    """What ran on the proc just before each event; every column (n,).

    Attributes:
        goroutine: NO_GOROUTINE where none, or where it is not known.
        span: sequence number with which the goroutine came to run; 0 where none runs.
        thread: NO_THREAD where none.
        initial: the rows that tell what was so already when the trace began.
    """

    goroutine: Places
    span: Places
    thread: Places
    initial: slice

    def thread_after(self, events: OldEvents, rows: NDArray[np.intp]) -> Places:
        """Return the thread that has the proc at some rows, also where it starts with them."""
        thread = self.thread[rows]
        starts = np.flatnonzero(events.type[rows] == Ev.PROC_START)
        thread[starts] = events.argument(0, rows[starts])
        return thread


def bind(events: OldEvents, named: Named) -> OldContext:
    """Return the context of every event."""
    starts, stops = STARTS[events.type], STOPS[events.type]
    rows = np.flatnonzero(starts | stops)
    begins = starts[rows]
    goroutine = np.where(begins, named.goroutine[rows], NO_GOROUTINE)
    span = np.where(begins, named.sequence[rows], 0)
    # Behind a damaged stretch another goroutine may run than before it.
    running = Runs(rows, events.renewals, len(events))

    moves = np.flatnonzero((events.type == Ev.PROC_START) | (events.type == Ev.PROC_STOP))
    taken = np.flatnonzero(events.type[moves] == Ev.PROC_START)
    thread = spread(NO_THREAD, events.argument(0, moves[taken]), taken, len(moves))
    streams = np.unique(events.streams[:-1][events.streams[:-1] < len(events)])
    bound = Runs(moves, streams, len(events))
    return OldContext(
        goroutine=running.fill(goroutine, NO_GOROUTINE),
        span=running.fill(span, 0),
        thread=bound.fill(thread, NO_THREAD),
        initial=_initial(events),
    )


class Runs:
    """Fills columns forward: every row gets the value of the last change before it."""

    def __init__(self, changes: NDArray[np.intp], renewals: NDArray[np.int64], count: int) -> None:
        """Take the rows that change the value and those before which it is lost, ascending."""
        takes_effect = changes + 1
        self._places = np.searchsorted(takes_effect, renewals, side="right")
        begins = np.insert(takes_effect, self._places, renewals)
        self._lengths = np.diff(np.append(begins, count))

    def fill(self, value: Places, lost: int) -> Places:
        """Return the filled column from each change's value and what stands where it is lost."""
        filled: Places = np.repeat(np.insert(value, self._places, lost), self._lengths)
        return filled


def _initial(events: OldEvents) -> slice:
    """Return the rows that tell what was so already when the trace began.

    StartTrace writes them with the world stopped, all on one proc, and then the number of procs
    as it lets the world go on (``startTheWorld``, ``procresize``). The streams of all other procs
    begin with the proc's start, this one with the creation of a goroutine.
    """
    begins = events.streams[:-1][events.streams[:-1] < len(events)]
    begins = begins[events.type[begins] == Ev.GO_CREATE]
    if not len(begins):
        return slice(0, 0)
    begin = int(begins[np.argmin(events.tick[begins])])
    ends = np.append(events.renewals, len(events))
    end = int(ends[np.searchsorted(ends, begin, side="right")])
    kind = events.type[begin:end]
    goes_on = np.flatnonzero((kind == Ev.GOMAXPROCS) | STOPS[kind])
    return slice(begin, begin + int(goes_on[0]) if len(goes_on) else end)
