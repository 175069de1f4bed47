"""What happened around a failure: collections, pauses, waiting for a proc, other tests."""

from __future__ import annotations

from collections.abc import Iterator

from flakecore.diagnosis.findings import Certainty, Evidence, Finding
from flakecore.timeline import (
    Case,
    CollectionKind,
    CollectionSpan,
    Failure,
    Interval,
    Lane,
    LaneKind,
    State,
)
from flakecore.times import MILLISECOND, SECOND, format_duration, format_time

_LOOK_BACK = SECOND
"""How far back from a failure its surroundings reach, at most."""
_LONG_QUEUE = MILLISECOND
"""Waiting longer than this for a proc is worth a word."""


def surroundings(case: Case, failure: Failure) -> Iterator[Finding]:
    """Tell what the collector, the scheduler and other tests did while the failing test ran."""
    if failure.test < 0:
        return
    test = case.tests[failure.test]
    since = max(test.start_ns, failure.at_ns - _LOOK_BACK)
    if case.gc is not None:
        yield from _collections(case, failure, since)
    yield from _queued(case, failure, since)
    beside = [
        other
        for other in case.tests
        if other.index != test.index
        and other.start_ns <= failure.at_ns <= other.end_ns
        and not any(pause <= failure.at_ns < go_on for pause, go_on in other.waits)
        and not test.name.startswith(f"{other.name}/")
        and not other.name.startswith(f"{test.name}/")
    ]
    if beside:
        names = ", ".join(other.name for other in beside[:4])
        more = f" and {len(beside) - 4} more" if len(beside) > 4 else ""
        evidence = tuple(
            Evidence(f"{other.name} began", other.start_ns, other.goroutine) for other in beside[:8]
        )
        yield Finding(f"At that moment {names}{more} ran as well", Certainty.SEEN, evidence)


def _collections(case: Case, failure: Failure, since: int) -> Iterator[Finding]:
    if case.gc is None:
        return
    spans = case.gc.spans(since, failure.at_ns)
    cycles = [span for span in spans if span.kind is CollectionKind.CYCLE]
    stops = [span for span in spans if span.kind is CollectionKind.STOP_THE_WORLD]
    window = format_duration(failure.at_ns - since)
    if not cycles and not stops:
        return
    parts = []
    if cycles:
        times = "once" if len(cycles) == 1 else f"{len(cycles)} times"
        marked = format_duration(_within(cycles, since, failure.at_ns))
        parts.append(f"the garbage collector ran {times} (marking for {marked})")
    if stops:
        longest = format_duration(max(span.duration_ns for span in stops))
        stopped = format_duration(_within(stops, since, failure.at_ns))
        times = "once" if len(stops) == 1 else f"{len(stops)} times"
        parts.append(
            f"the world was stopped {times} for {stopped}"
            + (f", {longest} at the longest" if len(stops) > 1 else "")
        )
    evidence = tuple(
        Evidence(f"{span.name}, {format_duration(span.duration_ns)}", span.start_ns, span.goroutine)
        for span in sorted([*cycles, *stops], key=lambda s: -s.duration_ns)[:8]
    )
    claim = f"In the {window} before it failed, {' and '.join(parts)}"
    yield Finding(claim, Certainty.SEEN, evidence)


def _queued(case: Case, failure: Failure, since: int) -> Iterator[Finding]:
    """Tell the longest time the test's goroutine could have run and got no proc."""
    test, schedule = case.tests[failure.test], case.schedule
    if schedule is None or not test.goroutine:
        return
    lane = Lane(LaneKind.GOROUTINE, test.goroutine)
    longest = _longest(case, lane, since, failure.at_ns)
    if longest is not None and longest.duration_ns >= _LONG_QUEUE:
        claim = (
            f"{lane} was ready to run but had no proc for {format_duration(longest.duration_ns)}"
            f" at {format_time(longest.start_ns, digits=3)}s"
        )
        evidence = Evidence(f"{lane} runnable", longest.start_ns, test.goroutine)
        yield Finding(claim, Certainty.SEEN, (evidence,))


def _longest(case: Case, lane: Lane, since: int, until: int) -> Interval | None:
    if case.schedule is None:
        return None
    queues = case.schedule.longest(lane, State.RUNNABLE, since, until, 1)
    return queues[0] if queues else None


def _within(spans: list[CollectionSpan], since: int, until: int) -> int:
    return sum(min(span.end_ns, until) - max(span.start_ns, since) for span in spans)
