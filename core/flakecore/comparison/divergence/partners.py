"""Whom a goroutine met at a place: who ended its wait there, or whose wait it ended.

Partners differ where runs of one program part most often: which worker took a job, who of several
was first to send or to close.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from flakecore.comparison.divergence.ended_waits import EndedWait
from flakecore.comparison.divergence.execution import (
    ExecutionPair,
    TestExecution,
    event_name,
    goroutine_name,
    may_matter,
)
from flakecore.comparison.divergence.first_difference import (
    Found,
    UsualEvents,
    difference_between,
)
from flakecore.comparison.divergence.roles import GoroutineRole
from flakecore.comparison.predicates.event import RunEvent

_Place = tuple[GoroutineRole, str]
"""A goroutine and a line, ``x_test.go:32``."""


class _Meeting(NamedTuple):
    """A wait that was ended, as seen from one of its two sides.

    Attributes:
        wait: the wait.
        other: the other goroutine, and where it was.
        is_waker: whether this side ended the wait of the other one.
    """

    wait: EndedWait
    other: _Place
    is_waker: bool


def partner_differences(runs: ExecutionPair, usual: UsualEvents) -> Iterator[Found]:
    """Yield each goroutine and place at which another one was met first that differs."""
    found = [_partners_by_place(run) for run in runs]
    for (role, at), ours in found[0].items():
        theirs = found[1].get((role, at), [])
        pair = next((each for each in zip(ours, theirs, strict=False) if _differ(*each)), None)
        if pair is None:
            continue
        times = _since(runs[0], pair[0]), _since(runs[1], pair[1])
        if not may_matter(runs, role, times):
            continue
        events = [_woken(run, each.wait) for run, each in zip(runs, pair, strict=True)]
        words = [_met_words(run, each, at) for run, each in zip(runs, pair, strict=True)]
        # That both come, only the other way round, is usual where several wait for their turn.
        had = [{each.other for each in side} for side in (ours, theirs)]
        swapped = pair[0].other in had[1] and pair[1].other in had[0]
        is_usual = swapped or usual.differ(events[0], events[1])
        sites = [each.other[1] for each in pair]
        yield False, difference_between(runs, role, times, (words[0], words[1]), is_usual, sites)


def _partners_by_place(run: TestExecution) -> dict[_Place, list[_Meeting]]:
    """Return whom each goroutine met at each place, in order of time."""
    found: dict[_Place, list[_Meeting]] = defaultdict(list)
    for each in run.ended_waits:
        if each.matters:
            here, there = (each.who, each.at), (each.by, each.wakes_at)
            found[here].append(_Meeting(each, there, is_waker=False))
            if each.waker and each.wakes_at:
                found[there].append(_Meeting(each, here, is_waker=True))
    return found


def _differ(first: _Meeting, second: _Meeting) -> bool:
    return first.other != second.other


def _since(run: TestExecution, met: _Meeting) -> int:
    return met.wait.time_ns - run.start_ns


def _met_words(run: TestExecution, met: _Meeting, at: str) -> str:
    each, other = met.wait, goroutine_name(run, met.other[0])
    if met.is_waker:
        return f"at {at} woke {other}, which waited at {each.at} ({each.state.label})"
    place = f" at {each.wakes_at}" if each.wakes_at else ""
    return f"waited at {at} ({each.state.label}) and was woken by {other}{place}"


def _woken(run: TestExecution, each: EndedWait) -> RunEvent:
    """Return the event that the end of a wait is."""
    place = f" at {each.wakes_at}" if each.wakes_at else ""
    by = event_name(run, each.by)
    return RunEvent("woken", event_name(run, each.who), f"is woken at {each.at} by {by}{place}")
