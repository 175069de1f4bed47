"""The chain behind a wait: who ended it, what had held that one up, and so on back to the cause.

A hop is proven by the event that made the waiter runnable. From its waker the chain goes on to
the last wait that the waker itself had come out of, as long as that one reached into the first
wait: what ended before it began held nobody up any more. So a chain ends in a leaf with a name: a
timer, the network, the runtime, nobody, or a goroutine that had been at work all the while.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from flakecore.gotrace import State
from flakecore.timeline.lanes.lane import Interval, Lane, LaneKind
from flakecore.timeline.lanes.schedule import Schedule

LIMIT = 16
"""Hops of a chain at most: it tells a person a story."""
_STEPS = 200
"""Intervals of a waker that are looked through for its last wait."""

_TIMED = frozenset({State.SLEEP, State.CHAN_SEND, State.CHAN_RECEIVE, State.SELECT})


class Leaf(StrEnum):
    """What a chain ends in."""

    TIMER = "timer"
    """No goroutine ended a sleep, a select or a wait on a channel: a timer's work."""
    NETWORK = "network"
    RUNTIME = "runtime"
    """No goroutine ended it, and it waited for neither a timer nor the network."""
    NEVER = "never"
    """Nothing had ended it when the trace stopped."""
    AT_WORK = "at work"
    """The waker had come out of no wait since the first one began: it had been busy until then."""
    UNKNOWN = "unknown"
    """The trace does not say, or the chain is longer than is told."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One wait of a chain.

    Attributes:
        wait: the interval in which a goroutine waited.
        waker: the goroutine that ended it; 0 where ``leaf`` says what did.
        doing: what the waker was doing when it ended the wait, or None.
        leaf: why the chain ends here; None where it goes on with the waker's own wait.
    """

    wait: Interval
    waker: int
    doing: Interval | None
    leaf: Leaf | None


def wait_chain(schedule: Schedule, lane: Lane, time_ns: int) -> tuple[Hop, ...]:
    """Return the chain behind the wait that a goroutine is in at a moment; empty if in none."""
    first = schedule.at(lane, time_ns)
    if lane.kind is not LaneKind.GOROUTINE or first is None or not first.state.waiting:
        return ()
    hops: list[Hop] = []
    wait: Interval | None = first
    while wait is not None:
        hop = _hop(schedule, wait)
        further = _last_wait(schedule, hop) if hop.leaf is None else None
        if hop.leaf is None:
            leaf: Leaf | None = None
            if further is None or further.end_ns <= first.start_ns:
                leaf = Leaf.AT_WORK
            elif len(hops) + 1 == LIMIT:
                leaf = Leaf.UNKNOWN
            hop = Hop(hop.wait, hop.waker, hop.doing, leaf)
        hops.append(hop)
        wait = further if hop.leaf is None else None
    return tuple(hops)


def _hop(schedule: Schedule, wait: Interval) -> Hop:
    """Return a wait with who ended it."""
    if wait.wake is None:
        return Hop(wait, 0, None, Leaf.NEVER if wait.to_the_end else Leaf.UNKNOWN)
    if wait.wake.goroutine <= 0:
        return Hop(wait, 0, None, _leaf(wait.state))
    waker = Lane(LaneKind.GOROUTINE, wait.wake.goroutine)
    return Hop(wait, waker.id, schedule.at(waker, wait.wake.time_ns), None)


def _leaf(state: State) -> Leaf:
    """Name what ends a wait of this kind when no goroutine does."""
    if state is State.NETWORK:
        return Leaf.NETWORK
    # Timers' functions run in the scheduler, on no goroutine: runtime/time.go, goroutineReady
    # and sendTime.
    return Leaf.TIMER if state in _TIMED else Leaf.RUNTIME


def _last_wait(schedule: Schedule, hop: Hop) -> Interval | None:
    """Return the last wait that the waker of a hop had come out of when it ended the hop's."""
    now = hop.doing
    for _ in range(_STEPS):
        if now is None or now.state.waiting:
            return now
        now = schedule.before(now.lane, now.start_ns)
    return None
