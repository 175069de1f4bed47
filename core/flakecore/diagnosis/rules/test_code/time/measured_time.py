"""``deadline-missed``, ``starved``: where the time went that an assertion found too long.

Asked by ``wall_time`` of a failed assertion on how long real time took. The time is what the
message states it was, the longest duration in it, and it is taken to have ended at the failing
line. Where at least half of it went into one thing that is no running of the test's own goroutine,
that is the cause: being ready without a proc, with who had the procs; assisting the collector, with
who began the cycle; one kind of wait, with its place and who ended it. It is inferred, for nothing
proves when the reading was taken.
Silent where the message has no duration, or one longer than the test; and on running, of which the
shares alone are a fact beside the rest.

Example: a budget of 5 ms, and for 4.2 of 6.3 ms the collector's workers had the procs.
Counterexample: the goroutine itself computed for all of that time.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from flakecore.bundle import Manifest
from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Place, Role
from flakecore.diagnosis.proc_users import IDLE, ProcUser, proc_users
from flakecore.diagnosis.rules.rule import Question
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.diagnosis.time_shares import (
    ASSISTING,
    LEAST_SHARE,
    longest_wait,
    shares_in_words,
    time_shares,
)
from flakecore.frames import own_frame
from flakecore.timeline import Lane, LaneKind, State
from flakecore.timeline.lanes.collections import CollectionKind, CollectionSpan
from flakecore.times import format_duration, parse_duration

_DURATION = re.compile(
    r"(?<![\w.])(?:(?:\d+(?:\.\d+)?(?:ns|us|µs|μs|ms|s|m|h))+|\d+(?:\.\d+)? (?:us|µs|ms))(?!\w)"
)
_HALF = 0.5
"""Share of the time from which on one part of it is named as the reason."""


_IDLE = 0.25
"""Share of the procs' time that ran nothing, beside a ready goroutine, that is no accident."""
_LEAST = 0.05
"""Share of the procs' time from which on who had them is named."""
_MOST_WINDOWS = 32
"""Times without a proc that are looked at, the longest of them; chosen."""


@dataclass(frozen=True)
class MeasuredTime:
    """The time up to the failing line that its message states was too long.

    Attributes:
        lane: the goroutine that measured it.
        start_ns, end_ns: from when to when.
        parts: the nanoseconds of each state within it.
    """

    lane: Lane
    start_ns: int
    end_ns: int
    parts: dict[str, int]

    @property
    def total_ns(self) -> int:
        """Its length."""
        return self.end_ns - self.start_ns

    @property
    def fact(self) -> Evidence:
        """Where it went, whatever that was."""
        shares = shares_in_words(self.parts, self.total_ns)
        text = f"{self.lane} in the {format_duration(self.total_ns)} until it failed: {shares}"
        return Evidence(text, self.end_ns, self.lane.id)


def measured_time(question: Question) -> MeasuredTime | None:
    """Return the time that a failure's message states was too long; None where it is not known."""
    case, failure = question.case, question.failure
    if failure is None or case.schedule is None or failure.test < 0:
        return None
    test = case.tests[failure.test]
    number = failure.goroutine or test.goroutine
    durations = [parse_duration(found) or 0 for found in _DURATION.findall(failure.message)]
    start_ns, end_ns = failure.at_ns - max(durations, default=0), failure.at_ns
    if not number or start_ns >= end_ns or start_ns < test.start_ns:
        return None
    lane = Lane(LaneKind.GOROUTINE, number)
    parts = time_shares(case, lane, start_ns, end_ns)
    total = end_ns - start_ns
    if abs(sum(parts.values()) - total) > LEAST_SHARE * total:
        return None  # the trace does not have it all
    return MeasuredTime(lane, start_ns, end_ns, parts)


def where_it_went(question: Question, measured: MeasuredTime) -> Finding | None:
    """Return what took half of a measured time and more, if it is not the goroutine's own work."""
    failure = question.failure
    assert failure is not None
    name, taken = max(measured.parts.items(), key=lambda item: item[1])
    if taken < _HALF * measured.total_ns or name == State.RUNNING.label:
        return None
    lane = measured.lane
    span = f"{format_duration(taken)} of {format_duration(measured.total_ns)}"
    if name == State.RUNNABLE.label:
        claims, places, facts = _of_starving(question, measured, span)
    elif name == ASSISTING:
        claims, places, facts = _of_assists(question, measured, span)
    else:
        claims, places, facts = _of_wait(question, measured, name, span)
    return Finding(
        rule="starved" if name == State.RUNNABLE.label else "deadline-missed",
        claim=first_that_fits(*claims),
        certainty=Certainty.INFERRED,
        test=failure.test,
        places=places,
        evidence=(measured.fact, *facts),
        explains=frozenset((lane.id,)),
    )


_Explanation = tuple[tuple[str, ...], tuple[Place, ...], list[Evidence]]
"""Claims, the longest first; places; facts."""


def _of_starving(question: Question, measured: MeasuredTime, span: str) -> _Explanation:
    case, failure, lane = question.case, question.failure, measured.lane
    assert failure is not None
    assert case.schedule is not None
    claim = f"{lane} of {failure.test_name} was ready without a proc for {span}"
    short = f"{lane} was ready without a proc for {span}"
    schedule, window = case.schedule, (measured.start_ns, measured.end_ns)
    ready = schedule.longest(lane, State.RUNNABLE, *window, _MOST_WINDOWS)
    windows = [(max(each.start_ns, window[0]), min(each.end_ns, window[1])) for each in ready]
    users = [each for each in _users_of(question, windows) if each[1] >= _LEAST]
    if not users:
        return (claim, short), (), []
    listed = ", ".join(f"{user.name} {share:.0%}" for user, share in users)
    took, start_ns = format_duration(sum(end - start for start, end in windows)), ready[0].start_ns
    facts = [Evidence(f"in {took} of that the procs ran: {listed}", start_ns, lane.id)]
    facts += [
        Evidence(f"{user.name} had {share:.0%} of the procs", None, user.goroutine)
        for user, share in users
        if user.goroutine
    ]
    had = ""
    user, share = users[0]
    idle = dict(users).get(ProcUser(IDLE), 0.0)
    procs, processors = schedule.procs_at(start_ns), _processors(question.manifest)
    if idle >= _IDLE and 0 < processors < procs:
        serve = "processor serves" if processors == 1 else "processors serve"
        had = f"; {processors:g} {serve} {procs} procs"
        text = "a proc that runs nothing while a goroutine is ready waits for a processor"
        facts.append(Evidence(f"{text}: the run could use {processors:g}", None, 0))
    elif share >= _HALF and user.name != IDLE:
        had = f"; {user.name} had {share:.0%} of the procs"
    return (f"{claim}{had}", f"{short}{had}", claim, short), (), facts


def _users_of(
    question: Question, windows: Sequence[tuple[int, int]]
) -> list[tuple[ProcUser, float]]:
    """Return what the procs ran in some windows, with shares of all their time, largest first."""
    assert question.failure is not None
    total = sum(end - start for start, end in windows)
    users: defaultdict[ProcUser, float] = defaultdict(float)
    for start, end in windows:
        for user, share in proc_users(question.case, start, end, question.failure.test):
            users[user] += share * (end - start) / total
    return sorted(users.items(), key=lambda each: -each[1])


def _processors(manifest: Manifest | None) -> float:
    """Return how many processors the run could use; 0 if unknown."""
    if manifest is None:
        return 0.0
    allowed, granted = manifest.host.cpus, manifest.host.cgroup_cpus
    return granted if 0 < granted < allowed else float(allowed)


def _of_assists(question: Question, measured: MeasuredTime, span: str) -> _Explanation:
    case, failure, lane = question.case, question.failure, measured.lane
    assert failure is not None
    assert case.schedule is not None
    assert case.gc is not None
    begin = f"{lane} spent {span} assisting the collector"
    cycles = case.gc.spans(measured.start_ns, measured.end_ns, CollectionKind.CYCLE)
    cycle = max(cycles, key=lambda each: _overlap(each, measured), default=None)
    frame = own_frame(cycle.stack, case.package) if cycle is not None else None
    if cycle is None or frame is None or not cycle.goroutine:
        return (begin,), (), []
    at = f"{frame.short_file}:{frame.line}"
    test = case.schedule.tree.test_of(cycle.goroutine)
    other = f"G{cycle.goroutine}"
    if cycle.goroutine == lane.id:
        who = "it began itself"
    elif test >= 0 and test != failure.test:
        who = f"{case.tests[test].name} began"
    else:
        who = f"{other} began"
    ran = f"{format_duration(cycle.duration_ns)}, began by {other} in {frame.short_function} ({at})"
    fact = Evidence(f"the collection took {ran}", cycle.start_ns, cycle.goroutine)
    place = Place(Role.RUNS, cycle.goroutine, frame.function, frame.file, frame.line)
    return (
        (
            f"{begin}, in a cycle that {who} ({at})",
            f"{begin}; {other} began the cycle ({at})",
            begin,
        ),
        (place,),
        [fact],
    )


def _overlap(cycle: CollectionSpan, measured: MeasuredTime) -> int:
    return min(cycle.end_ns, measured.end_ns) - max(cycle.start_ns, measured.start_ns)


def _of_wait(question: Question, measured: MeasuredTime, name: str, span: str) -> _Explanation:
    failure, lane = question.failure, measured.lane
    assert failure is not None
    does = "was asleep" if name == State.SLEEP.label else f"waited ({name})"
    claim = f"{lane} of {failure.test_name} {does} for {span}"
    longest = longest_wait(question.case, lane, name, measured.start_ns, measured.end_ns)
    if longest is None or longest.frame is None:
        return (claim,), (), []
    frame = longest.frame
    by = f", ended by G{longest.ended_by}" if longest.ended_by else ""
    took = f"its longest took {format_duration(longest.took_ns)}, at {longest.place}{by}"
    facts = [Evidence(took, longest.interval.start_ns, lane.id)]
    wake = longest.interval.wake
    ended = own_frame(wake.stack, question.case.package) if wake is not None else None
    if longest.ended_by and ended is not None:
        where = f"{ended.short_function} ({ended.short_file}:{ended.line})"
        facts.append(Evidence(f"G{longest.ended_by} ended it in {where}", None, longest.ended_by))
    place = Place(Role.WAITS, lane.id, frame.function, frame.file, frame.line)
    if longest.took_ns < _HALF * measured.total_ns:
        return (claim,), (place,), facts
    return (
        (f"{claim} at {longest.place}{by}", f"{lane} {does} for {span} at {longest.place}", claim),
        (place,),
        facts,
    )
