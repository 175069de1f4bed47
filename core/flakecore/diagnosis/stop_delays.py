"""What a stop of the world held up: the goroutines that ran right before it, until they ran again.

Only what was running can be stated to have been delayed by the stop itself; what was ready to run
and had no proc would have waited anyhow, for how long is unknown.
"""

from __future__ import annotations

from dataclasses import dataclass

from flakecore.gotrace import State
from flakecore.timeline.lanes.collections import CollectionSpan
from flakecore.timeline.lanes.lane import Lane, LaneKind
from flakecore.timeline.lanes.schedule import Schedule


@dataclass(frozen=True, slots=True)
class Delay:
    """A goroutine that a stop of the world held up.

    Attributes:
        goroutine: which one.
        proc: where it ran when the world was stopped.
        until_ns: when it ran again; the stop's end where it kept its proc all through.
        delayed_ns: from the stop's beginning until then.
    """

    goroutine: int
    proc: int
    until_ns: int
    delayed_ns: int


def delayed_by(schedule: Schedule, stop: CollectionSpan) -> tuple[Delay, ...]:
    """Return the goroutines that a stop of the world held up, the longest delay first.

    The goroutine that stopped the world is none of them: it works on.
    """
    delays = []
    for lane in schedule.lanes(LaneKind.PROC):
        before = schedule.at(lane, stop.start_ns - 1)
        if before is None or before.goroutine < 0 or before.goroutine == stop.goroutine:
            continue
        held = Lane(LaneKind.GOROUTINE, before.goroutine)
        now = schedule.at(held, stop.end_ns)
        if now is None or now.state.waiting or now.state is State.SYSCALL:
            continue  # it had something else to wait for by itself
        until = stop.end_ns
        if now.state is State.RUNNABLE:
            again = schedule.after(held, stop.end_ns)
            until = again.start_ns if again is not None else now.end_ns
        delays.append(Delay(held.id, lane.id, until, until - stop.start_ns))
    return tuple(sorted(delays, key=lambda delay: (-delay.delayed_ns, delay.goroutine)))
