"""Locks that were held in waits for a goroutine that waited for the same locks: a risk of a hang.

A wait for a channel shows who ended it, and the source which locks the functions of its stack hold.
Where one goroutine alone ended all such waits, and waited for one of these locks itself, both come
to a stop if they do it at once, unless another goroutine serves the channel. Nobody need ever have
done so. Silent where the two cannot be seen to come in either order: what happens once, before the
other or after it, is no cycle; where several goroutines ended the waits; where both only read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from flakecore.diagnosis.source.go_files import GoFiles
from flakecore.diagnosis.waits.locks.lock_order_cycles import (
    EVENTS_MOST,
    Lock,
    StackOfWaits,
    WaitWhileHolding,
    locks_held,
    may_be_changed,
    waits_while_holding,
)
from flakecore.frames import shown_frame
from flakecore.gotrace import Frame, State
from flakecore.timeline import Case
from flakecore.timeline.profiles.contention import StackWaits, WaitSite, wait_sites

_CHANNELS = (State.CHAN_SEND, State.CHAN_RECEIVE)
"""A select may have had another way out."""


class ChannelCycle(NamedTuple):
    """A channel that was waited for while a lock was held for which its other side waited.

    Attributes:
        state: the wait for the channel: to send or to receive.
        frame: where it was.
        waits: how many.
        lock: what was held there.
        served: the wait for that lock, of who ended the waits for the channel.
    """

    state: State
    frame: Frame
    waits: int
    lock: Lock
    served: WaitWhileHolding

    @property
    def text(self) -> str:
        """What was seen, as a sentence."""
        times = "once" if self.waits == 1 else f"{self.waits:,} times"
        unknown = "" if self.lock.is_one else "; whether it is the same lock is not seen"
        return (
            f"{self.state.label} was waited for {times} at {self.frame.short_function}"
            f" {self.frame.short_file}:{self.frame.line} while {self.lock.name} was held, and"
            f" G{self.served.goroutine}, which ended these waits, waited for {self.lock.name}"
            f" {self.served.at}; where both happen at once, neither goes on unless another"
            f" goroutine serves the channel{unknown}"
        )


def channel_cycles(
    case: Case, sites: Sequence[WaitSite], files: GoFiles
) -> tuple[ChannelCycle, ...]:
    """Return the cycles of a lock and a channel, the most frequent first, each pair once.

    Args:
        case: whose sites these are; without a trace there are none.
        sites: places of waiting.
        files: the source of their frames.
    """
    if case.trace is None:
        return ()
    servers = {each.waker for _, each in _of_channels(sites)} - {0}
    locked: dict[int, list[tuple[StackWaits, WaitWhileHolding]]] = {}
    for site in sites:
        for each in site.stacks if site.state is State.MUTEX else ():
            if each.goroutine in servers:
                stack = StackOfWaits(case.trace.table.stack(each.stack), each.waits, each.goroutine)
                for holding in waits_while_holding(case, [stack], files):
                    locked.setdefault(each.goroutine, []).append((each, holding))
    found: dict[tuple[Lock, Frame, Frame], ChannelCycle] = {}
    for site, each in _of_channels(sites):
        if each.waker not in locked:
            continue
        frames = case.trace.table.stack(each.stack)
        frame = shown_frame(frames, case.package)
        if frame is None or any(may_be_changed(case, files, one) for one in frames if one.file):
            continue
        for lock, shared in sorted(set(locks_held(files, frames))):
            for wait, served in locked[each.waker]:
                both_read = shared and served.shared
                if served.lock == lock and not both_read and _in_either_order(each, wait):
                    cycle = ChannelCycle(site.state, frame, each.waits, lock, served)
                    found.setdefault((lock, frame, served.frame), cycle)
    return tuple(sorted(found.values(), key=lambda cycle: (-cycle.waits, cycle.text)))


def sites_of_trace(case: Case) -> tuple[WaitSite, ...]:
    """Return the places of waiting of a whole trace; none of a very large one."""
    if case.trace is None or case.schedule is None or case.trace.events > EVENTS_MOST:
        return ()
    whole = (case.trace, case.package, 0, case.trace.end_ns + 1)
    return wait_sites(*whole, without=case.schedule.tree.system)


def _of_channels(sites: Sequence[WaitSite]) -> Iterator[tuple[WaitSite, StackWaits]]:
    for site in sites:
        if site.state in _CHANNELS:
            yield from ((site, each) for each in site.stacks)


def _in_either_order(one: StackWaits, other: StackWaits) -> bool:
    """Return whether some wait of each began after some wait of the other."""
    return one.last_ns > other.first_ns and other.last_ns > one.first_ns
