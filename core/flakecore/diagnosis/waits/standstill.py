"""The states of a failing test's goroutines at the moment it failed, and the waits among them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Place, Role, Weight
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.diagnosis.waits.wake_partners import partners_of
from flakecore.timeline import Case, Failure, Interval, Lane, LaneKind, Schedule, State, own_frame
from flakecore.times import format_duration, format_moment

_NEED_ANOTHER = (
    State.MUTEX,
    State.CHAN_SEND,
    State.CHAN_RECEIVE,
    State.SELECT,
    State.COND,
    State.WAIT_GROUP,
    State.FOREVER,
)
"""Waits that only another goroutine of the program can end."""
_SHOWN = 8
"""Goroutines of a group whose source lines and evidence a finding lists at most."""
_PARTNERS = 2
"""Goroutines outside of the test that a finding names at most."""


_LOOKED_BACK = 16
"""Intervals of a goroutine before a wait that are looked at."""
_ABOUT = 2
"""How many times as long as one before a wait may be that is taken for another like it."""


@dataclass(frozen=True, slots=True)
class StateGroup:
    """Goroutines in the same state with the same stack, in order of the beginning of that state.

    Those whose state lasted to the end of the trace are a group of their own.

    Attributes:
        intervals: one of each goroutine.
    """

    intervals: tuple[Interval, ...]

    @property
    def first(self) -> Interval:
        """The interval that began first."""
        return self.intervals[0]

    def duration_ns(self, at_ns: int) -> int:
        """Return how long the first interval had lasted at a moment or at the end of the trace."""
        return max(min(self.first.end_ns, at_ns) - self.first.start_ns, 0)


def states_at(case: Case, failure: Failure) -> tuple[StateGroup, ...]:
    """Return the goroutines of the failing test at the failure, grouped by state and stack.

    The test's own goroutine comes first, then the groups whose state began first.
    """
    schedule = case.schedule
    if schedule is None or failure.test < 0:
        return ()
    by_state: dict[tuple[State, object, bool, bool], list[Interval]] = {}
    own, moment = case.tests[failure.test].goroutine, _failure_time(schedule, failure)
    # A test may have had a million goroutines that are no more.
    alive = set(schedule.alive_at(moment))
    for number in schedule.goroutines_of(failure.test):
        if number not in alive:
            continue
        interval = schedule.at(Lane(LaneKind.GOROUTINE, number), moment)
        if interval is not None:
            key = (interval.state, interval.stack, interval.to_the_end, number == own)
            by_state.setdefault(key, []).append(interval)
    groups = [
        StateGroup(tuple(sorted(each, key=lambda i: i.start_ns))) for each in by_state.values()
    ]
    groups.sort(key=lambda group: (group.first.lane.id != own, group.first.start_ns))
    return tuple(groups)


def standstill(case: Case, failure: Failure, at_least_ns: int = 0) -> Iterator[Finding]:
    """Yield findings on the waits of the failing test's goroutines and of their partners.

    Waits that had lasted for less than ``at_least_ns`` are left out: some goroutine always waits.
    So are those of other goroutines than the test's own that go round and wait there again: they
    are not at a standstill.
    """
    groups = states_at(case, failure)
    if not groups:
        return
    own = case.tests[failure.test].goroutine
    waits = [
        group
        for group in groups
        if group.first.state.waiting and group.duration_ns(failure.at_ns) >= at_least_ns
    ]
    for group in [g for g in waits if g.first.lane.id == own]:
        yield _claim(case, "The test's goroutine", group, failure)
    if any(group.first.state in _NEED_ANOTHER and group.first.to_the_end for group in waits):
        yield from _partners(case, failure)
    others = [
        g for g in waits if g.first.lane.id != own and not _goes_round(case, g.first, failure)
    ]
    for group in others[:3]:
        yield _claim(case, "", group, failure)


def _partners(case: Case, failure: Failure) -> Iterator[Finding]:
    """Yield findings on goroutines outside of the test whose waits had not ended.

    Waits that began before the test did are those of workers without work, and left out.
    """
    schedule = case.schedule
    assert schedule is not None
    found = 0
    for number in partners_of(case, failure.test):
        interval = schedule.at(Lane(LaneKind.GOROUTINE, number), _failure_time(schedule, failure))
        began = case.tests[failure.test].start_ns
        stuck = interval is not None and interval.state.waiting and interval.to_the_end
        if interval is None or not stuck or interval.start_ns < began or found == _PARTNERS:
            continue
        found += 1
        aside = ", which the test woke or waited on before,"
        yield _claim(case, "", StateGroup((interval,)), failure, aside)


def _claim(
    case: Case, subject: str, group: StateGroup, failure: Failure, aside: str = ""
) -> Finding:
    interval = group.first
    names = _names([i.lane.id for i in group.intervals])
    several = len(group.intervals) > 1
    who = (f"{subject} {names}" if subject else names) + aside
    frame = own_frame(interval.stack, case.package)
    where = f" at {frame.short_file}:{frame.line}" if frame else ""
    lasted = format_duration(group.duration_ns(failure.at_ns))
    verb = "had waited" if several or not interval.to_the_end else "had been waiting"
    state = interval.state.label
    awaited = _AWAITED.get(interval.state, state)
    since = f" (since {format_moment(interval.start_ns)})"
    ended = _ending(case, interval, failure)
    return Finding(
        rule="blocked",
        claim=first_that_fits(
            f"{who} {verb} for {awaited} for {lasted}{since}{where}{ended}",
            f"{who} {verb} for {awaited} for {lasted}{where}{ended}",
            f"{names}{aside} had waited for {awaited} for {lasted}{where}{ended}",
            f"{names}{aside} {verb} for {awaited}{where}{ended}",
            f"{names}{aside} had waited in {state}{where}{ended}",
            f"{names} had waited in {state}{where}",
            f"{names} had waited in {state}",
        ),
        certainty=Certainty.SEEN,
        weight=Weight.EFFECT,
        test=failure.test,
        places=tuple(_place(case, each) for each in group.intervals[:_SHOWN]),
        evidence=tuple(_evidence(case, each) for each in group.intervals[:_SHOWN]),
        explains=frozenset(each.lane.id for each in group.intervals),
    )


def _goes_round(case: Case, interval: Interval, failure: Failure) -> bool:
    """Return whether a goroutine went on from a wait at the same place that was about as long."""
    schedule = case.schedule
    assert schedule is not None
    lasted = min(interval.end_ns, failure.at_ns) - interval.start_ns
    earlier = schedule.before(interval.lane, interval.start_ns)
    for _ in range(_LOOKED_BACK):
        if earlier is None:
            break
        is_alike = earlier.state is interval.state and earlier.stack == interval.stack
        if is_alike and lasted <= _ABOUT * (earlier.end_ns - earlier.start_ns):
            return True
        earlier = schedule.before(interval.lane, earlier.start_ns)
    return False


def _ending(case: Case, interval: Interval, failure: Failure) -> str:
    """Return what ended a wait, as the end of a sentence; "" where that is unknown."""
    if interval.to_the_end and interval.end_ns < failure.at_ns:
        early = format_duration(failure.at_ns - interval.end_ns)
        return f"; the trace ends {early} too early to tell what ended it"
    if interval.to_the_end and _goes_round(case, interval, failure):
        return "; it had gone on from there before"
    if interval.to_the_end:
        return "; nothing ended it" if interval.state is not State.SLEEP else ""
    if interval.wake is None:
        return ""
    by = interval.wake.goroutine
    return f"; {f'G{by}' if by else 'the runtime'} ended it later"


def _place(case: Case, interval: Interval) -> Place:
    frame = own_frame(interval.stack, case.package)
    if frame is None:
        return Place(Role.WAITS, interval.lane.id, "", "", 0)
    return Place(Role.WAITS, interval.lane.id, frame.function, frame.file, frame.line)


_AWAITED = {
    State.CHAN_SEND: "a channel to take what it sends",
    State.CHAN_RECEIVE: "a channel receive",
    State.SELECT: "a select",
    State.MUTEX: "a mutex",
    State.COND: "a sync.Cond",
    State.WAIT_GROUP: "a wait group",
    State.NETWORK: "the network",
    State.SLEEP: "a sleep to end",
    State.FOREVER: "nothing that can come",
    State.OTHER_WAIT: "something the trace does not name",
}


def _evidence(case: Case, interval: Interval) -> Evidence:
    frame = own_frame(interval.stack, case.package)
    place = f" at {frame.short_function} {frame.short_file}:{frame.line}" if frame else ""
    return Evidence(
        f"{interval.lane} {interval.state.label}{place}", interval.start_ns, interval.lane.id
    )


def _names(numbers: Sequence[int]) -> str:
    names = [f"G{number}" for number in numbers]
    if len(names) > 4:
        return f"{', '.join(names[:3])} and {len(names) - 3} more"
    if len(names) == 1:
        return names[0]
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _failure_time(schedule: Schedule, failure: Failure) -> int:
    """Return the time of the failure, moved into the extent of the trace."""
    return max(schedule.start_ns, min(failure.at_ns, schedule.end_ns))
