"""The chain behind a wait: who ended it, what had held that one up, and so on back to the cause.

A link is recorded: the event that made the waiter runnable names its waker. From the waker the
chain continues with the last wait that the waker had left by then, as long as that wait overlaps
the first one: what ended before the first wait began did not delay it. A chain ends at a timer,
the network, the runtime, a wait that nothing ended, or a goroutine that was busy all the while.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from flakecore.gotrace import State
from flakecore.timeline.lanes.lane import Interval, Lane, LaneKind
from flakecore.timeline.lanes.schedule import Schedule

MAX_LINKS = 16
"""Links of a chain at most: so many lines can be read at once. Chosen, not measured."""
_MAX_INTERVALS = 200
"""Intervals of a waker that are searched for its last wait. A bound on the time, not measured."""

_TIMED = frozenset({State.SLEEP, State.CHAN_SEND, State.CHAN_RECEIVE, State.SELECT})


class ChainEnd(StrEnum):
    """What ends a chain."""

    TIMER = "timer"
    """No goroutine ended a sleep, a select or a wait on a channel: a timer did."""
    NETWORK = "network"
    RUNTIME = "runtime"
    """No goroutine ended it, and it waited for neither a timer nor the network."""
    NEVER = "never"
    """Nothing had ended it when the trace stopped."""
    BUSY = "at work"
    """The waker had left no wait since the first one began: it was running or runnable."""
    UNKNOWN = "unknown"
    """The trace lacks it, or the chain is longer than ``MAX_LINKS``."""


@dataclass(frozen=True, slots=True)
class WaitLink:
    """One wait of a chain.

    Attributes:
        wait: the interval in which a goroutine waited.
        waker: the goroutine that ended it; 0 where none did, see ``end``.
        waker_interval: the interval of the waker at that moment, or None.
        end: what ends the chain here; None where it continues with the waker's own wait.
    """

    wait: Interval
    waker: int
    waker_interval: Interval | None
    end: ChainEnd | None


def wait_chain(schedule: Schedule, lane: Lane, time_ns: int) -> tuple[WaitLink, ...]:
    """Return the chain behind the wait that a goroutine is in at a moment; empty if in none."""
    first = schedule.at(lane, time_ns)
    if lane.kind is not LaneKind.GOROUTINE or first is None or not first.state.waiting:
        return ()
    links: list[WaitLink] = []
    wait: Interval | None = first
    while wait is not None:
        link = _hop(schedule, wait)
        further = _last_wait(schedule, link) if link.end is None else None
        if link.end is None:
            end: ChainEnd | None = None
            if further is None or further.end_ns <= first.start_ns:
                end = ChainEnd.BUSY
            elif len(links) + 1 == MAX_LINKS:
                end = ChainEnd.UNKNOWN
            link = WaitLink(link.wait, link.waker, link.waker_interval, end)
        links.append(link)
        wait = further if link.end is None else None
    return tuple(links)


def _hop(schedule: Schedule, wait: Interval) -> WaitLink:
    """Return a wait with the goroutine that ended it."""
    if wait.wake is None:
        never = wait.to_the_end and not wait.cut
        return WaitLink(wait, 0, None, ChainEnd.NEVER if never else ChainEnd.UNKNOWN)
    if wait.wake.goroutine <= 0:
        return WaitLink(wait, 0, None, _leaf(wait.state))
    waker = Lane(LaneKind.GOROUTINE, wait.wake.goroutine)
    return WaitLink(wait, waker.id, schedule.at(waker, wait.wake.time_ns), None)


def _leaf(state: State) -> ChainEnd:
    """Return what ends a wait of a state when no goroutine does."""
    if state is State.NETWORK:
        return ChainEnd.NETWORK
    # Timers' functions run in the scheduler, on no goroutine: runtime/time.go, goroutineReady
    # and sendTime.
    return ChainEnd.TIMER if state in _TIMED else ChainEnd.RUNTIME


def _last_wait(schedule: Schedule, link: WaitLink) -> Interval | None:
    """Return the last wait that the waker of a link had left when it ended the link's wait."""
    now = link.waker_interval
    for _ in range(_MAX_INTERVALS):
        if now is None or now.state.waiting:
            return now
        now = schedule.before(now.lane, now.start_ns)
    return None
