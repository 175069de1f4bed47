"""Where a goroutine's time went between two moments: running, ready, assisting, or waiting."""

from __future__ import annotations

from dataclasses import dataclass

from flakecore.frames import own_frame
from flakecore.gotrace import Frame
from flakecore.timeline import Case, Interval, Lane, State
from flakecore.times import format_duration

ASSISTING = "assisting the collector"
"""What marking that a goroutine does because it allocates is called among the states."""
LEAST_SHARE = 0.01
"""Parts that are smaller are summed up as the rest."""


@dataclass(frozen=True, slots=True)
class LongestWait:
    """A goroutine's longest wait of one kind within a window.

    Attributes:
        interval: the wait.
        frame: where, the frame that names it; None where its stack is the runtime's alone.
        took_ns: how long within the window.
        ended_by: the number of the goroutine that ended it; 0 if unknown.
    """

    interval: Interval
    frame: Frame | None
    took_ns: int
    ended_by: int

    @property
    def place(self) -> str:
        """``cache.go:12``; "" where no frame names it."""
        return f"{self.frame.short_file}:{self.frame.line}" if self.frame is not None else ""


def time_shares(case: Case, lane: Lane, start_ns: int, end_ns: int) -> dict[str, int]:
    """Return the nanoseconds of each state of a goroutine, its assists taken out of running."""
    schedule, gc = case.schedule, case.gc
    assert schedule is not None
    shares = schedule.shares(lane, start_ns, end_ns, 1)
    parts = {state.label: int(taken[0]) for state, taken in shares.items() if int(taken[0])}
    assists = gc.assists(start_ns, end_ns) if gc is not None else ()
    assisted = sum(each.assisted_ns for each in assists if each.goroutine == lane.id)
    running = parts.get(State.RUNNING.label, 0)
    if 0 < assisted <= running:
        parts[State.RUNNING.label] = running - assisted
        parts[ASSISTING] = assisted
    return parts


def shares_in_words(parts: dict[str, int], total: int) -> str:
    """Return the parts as percentages of the whole, largest first; what is small is summed up."""
    texts = [
        (name, taken)
        for name, taken in sorted(parts.items(), key=lambda item: -item[1])
        if taken >= LEAST_SHARE * total
    ]
    rest = total - sum(taken for _, taken in texts)
    words = [f"{name} {taken / total:.0%}" for name, taken in texts]
    if rest > 0:
        words.append(f"the rest {format_duration(rest)}")
    return ", ".join(words)


def longest_wait(
    case: Case, lane: Lane, label: str, start_ns: int, end_ns: int
) -> LongestWait | None:
    """Return the longest wait of a goroutine in a state of that label; None for none."""
    schedule = case.schedule
    assert schedule is not None
    state = next(each for each in State if each.label == label)
    for longest in schedule.longest(lane, state, start_ns, end_ns, 1):
        took = min(longest.end_ns, end_ns) - max(longest.start_ns, start_ns)
        ended_by = longest.wake.goroutine if longest.wake is not None else 0
        return LongestWait(longest, own_frame(longest.stack, case.package), took, max(ended_by, 0))
    return None
