"""What a test's goroutines did in one run, so that it can be held against another run.

A step (``steps``) is what a program does whatever the scheduler does. A wake is a wait that another
goroutine, or a timer, ended: which one it was is decided by the wait and by what ended it, and who
ended it, and whom a goroutine woke, is where runs of one program part most often. Whether a wait
was needed at all differs by chance, so a wake that only one run has means nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from flakecore.comparison.divergence.roles import GoroutineRole
from flakecore.comparison.predicates.case_waits import CaseWaits, case_waits
from flakecore.timeline import Case, State, own_frame

_HANDED_OVER = (
    State.SELECT,
    State.CHAN_RECEIVE,
    State.CHAN_SEND,
    State.COND,
    State.WAIT_GROUP,
)
"""Waits of which it matters who ended them. Who unlocks a mutex is whoever had it by chance."""
_MOST = 20_000
"""Wakes of a test that are looked at, the first ones; a bound, not measured."""
NOBODY = GoroutineRole("", "a timer")
"""Who ends a wait that no goroutine ended: a timer, for a channel, or what is not in the trace."""


@dataclass(frozen=True, slots=True)
class EndedWait:
    """A wait that was ended.

    Attributes:
        start_ns: when it began, since the case did.
        time_ns: when it was ended.
        goroutine: whose wait it was.
        who: its role.
        at: where it waited, ``x_test.go:32``; "" for no place of the program's own.
        state: what it waited for.
        waker: the goroutine that ended it; 0 for none.
        by: that one's role; ``NOBODY`` for none.
        wakes_at: where that one was; "" for no place of the program's own.
    """

    start_ns: int
    time_ns: int
    goroutine: int
    who: GoroutineRole
    at: str
    state: State
    waker: int
    by: GoroutineRole
    wakes_at: str

    @property
    def matters(self) -> bool:
        """Whether it matters who ended it."""
        return self.state in _HANDED_OVER and bool(self.at)


def ended_waits(case: Case, roles: Mapping[int, GoroutineRole]) -> list[EndedWait]:
    """Return the ended waits of a test's goroutines, in order of their ends.

    Args:
        case: one with a trace.
        roles: role of each goroutine of the test, by number.
    """
    if case.trace is None or case.schedule is None or not roles:
        return []
    waits = case_waits(case.trace, case.schedule).of(np.array(list(roles), np.int64))
    return list(_ended_waits(case, waits, roles))


def _ended_waits(
    case: Case, waits: CaseWaits, roles: Mapping[int, GoroutineRole]
) -> Iterator[EndedWait]:
    trace = case.trace
    assert trace is not None

    @lru_cache(None)
    def place(stack: int) -> str:
        frame = own_frame(trace.table.stack(stack), case.package)
        return f"{frame.file.rpartition('/')[2]}:{frame.line}" if frame is not None else ""

    ended = np.flatnonzero((waits.waker > 0) | (waits.end_ns < case.end_ns))
    order = ended[np.argsort(waits.end_ns[ended], kind="stable")][:_MOST]
    for row in order.tolist():
        number, waker = int(waits.goroutine[row]), int(waits.waker[row])
        by = roles.get(waker) if waker else NOBODY
        if by is None:
            continue  # a goroutine of no test, such as the runtime's own
        yield EndedWait(
            start_ns=int(waits.start_ns[row]),
            time_ns=int(waits.end_ns[row]),
            goroutine=number,
            who=roles[number],
            at=place(int(waits.stack[row])),
            state=State(int(waits.state[row])),
            waker=waker,
            by=by,
            wakes_at=place(int(waits.wake_stack[row])) if waker else "",
        )
