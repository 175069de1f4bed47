"""``deadline-missed``, ``starved``: where the time of a test went that ran out of it.

Reports a timeout, or a failure that states ``context deadline exceeded``, where the trace has
the test's goroutine and one of these took at least half of the test's time: running, ready without
a proc, assisting the collector, or one kind of wait, reported with the place and who ended it where
one wait took half by itself. A wait that the deadline itself ended is an effect, and a cause only
with who was at work then, if that was but one of the test's other goroutines. The shares are of the
same time and sum up to it. Of a timeout neither running nor a wait is reported here, nor a loop
that no proc would have ended: other rules show what a hung or busy test stood in. Silent on other
failures, on tests that were paused, and where the message shows what was wanted rather than what
happened.

Example: a request with a budget of 100 ms whose answer comes from a goroutine that sleeps for 90.
Counterexample: an assertion that fails after as long a wait.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Place, Role, Weight
from flakecore.diagnosis.rules.hangs.slow_not_stuck import goes_round_for_ever
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.timers.at_work import at_work
from flakecore.diagnosis.rules.timers.timer_races import ENDS_CONTEXT
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.diagnosis.time_shares import (
    ASSISTING,
    LEAST_SHARE,
    longest_wait,
    shares_in_words,
    time_shares,
)
from flakecore.timeline import FailureKind, Lane, LaneKind, State
from flakecore.times import format_duration

_MESSAGE = "context deadline exceeded"
_WANTED = re.compile(r"\b(?:want|wanted|wants|expect|expected|expects|should)\b", re.IGNORECASE)
_HALF = 0.5
"""Share of the time from which on one part of it is named as the reason."""


def _find(question: Question) -> Iterator[Finding]:
    case, failure = question.case, question.failure
    schedule = case.schedule
    if failure is None or schedule is None or failure.test < 0 or not _is_of_time(question):
        return
    test = case.tests[failure.test]
    start_ns, end_ns = test.start_ns, min(failure.at_ns, schedule.end_ns)
    lane = Lane(LaneKind.GOROUTINE, test.goroutine)
    goroutine = schedule.goroutine(test.goroutine) if test.goroutine else None
    if goroutine is None or test.waits or end_ns <= start_ns:
        return
    if goroutine.ended_ns is not None and goroutine.ended_ns < end_ns:
        end_ns = goroutine.ended_ns
    parts = time_shares(case, lane, start_ns, end_ns)
    total = end_ns - start_ns
    name, taken = max(parts.items(), key=lambda item: item[1])
    if taken < _HALF * total or abs(sum(parts.values()) - total) > LEAST_SHARE * total:
        return
    if failure.kind is FailureKind.TIMEOUT and (
        name not in (State.RUNNABLE.label, ASSISTING) or goes_round_for_ever(question)
    ):
        return
    found = _finding(question, lane, parts, start_ns, end_ns)
    yield found if found.weight is Weight.CAUSE else _with_who_was_late(question, found, lane)


def _is_of_time(question: Question) -> bool:
    failure = question.failure
    if failure is None:
        return False
    if failure.kind is FailureKind.TIMEOUT:
        return True
    if failure.kind is not FailureKind.ASSERTION or _MESSAGE not in failure.message:
        return False
    return not _WANTED.search(failure.message)


def _finding(
    question: Question, lane: Lane, parts: dict[str, int], start_ns: int, end_ns: int
) -> Finding:
    failure = question.failure
    assert failure is not None
    total = end_ns - start_ns
    name, taken = max(parts.items(), key=lambda item: item[1])
    starved = name == State.RUNNABLE.label
    span = f"{taken / total:.0%} of {format_duration(total)}"
    evidence = [
        Evidence(
            f"{lane}, the test's own goroutine: {shares_in_words(parts, total)}", start_ns, lane.id
        )
    ]
    places: tuple[Place, ...] = ()
    where, weight = "", Weight.CAUSE
    if starved:
        claim = f"{lane} of {failure.test_name} was ready without a proc for {span}"
    elif name == State.RUNNING.label:
        claim = f"{lane} of {failure.test_name} was running for {span}"
    elif name == ASSISTING:
        claim = f"{lane} of {failure.test_name} was assisting the collector for {span}"
    else:
        claim = f"{lane} of {failure.test_name} waited ({name}) for {span}"
        where, fact, places, weight = _longest(question, lane, name, start_ns, end_ns)
        if fact is not None:
            evidence.append(fact)
    return Finding(
        rule="starved" if starved else "deadline-missed",
        claim=first_that_fits(f"{claim}{where}", claim),
        certainty=Certainty.SEEN,
        weight=weight,
        test=failure.test,
        places=places,
        evidence=tuple(evidence),
        explains=frozenset((lane.id,)),
    )


def _with_who_was_late(question: Question, finding: Finding, lane: Lane) -> Finding:
    """Return a wait that a deadline ended with who was at work then, if that was but one."""
    failure = question.failure
    assert failure is not None
    others = at_work(question, failure.at_ns, (lane.id,))
    if len(others) != 1 or not finding.places:
        return finding
    (other,) = others
    at = f"{finding.places[0].file.rpartition('/')[2]}:{finding.places[0].line}"
    late = f"{other.name} was still {other.doing}{other.where}"
    fact = f"{late}; no other goroutine of the test was at work then"
    return replace(
        finding,
        claim=first_that_fits(
            f"The deadline of {failure.test_name} ended its wait at {at}; {late}",
            f"A deadline ended the wait at {at}; {late}",
            f"A deadline ended the wait; {late}",
            late,
        ),
        certainty=Certainty.INFERRED,
        weight=Weight.CAUSE,
        places=(*finding.places, other.place),
        evidence=(*finding.evidence, Evidence(fact, other.now.start_ns, other.goroutine.id)),
        explains=finding.explains | {other.goroutine.id},
    )


def _longest(
    question: Question, lane: Lane, name: str, start_ns: int, end_ns: int
) -> tuple[str, Evidence | None, tuple[Place, ...], Weight]:
    """Return where the longest wait of a kind was, who ended it, and what that explains."""
    schedule = question.case.schedule
    assert schedule is not None
    longest = longest_wait(question.case, lane, name, start_ns, end_ns)
    if longest is None or longest.frame is None:
        return "", None, (), Weight.EFFECT
    frame = longest.frame
    place = Place(Role.WAITS, lane.id, frame.function, frame.file, frame.line)
    waker = schedule.goroutine(longest.ended_by) if longest.ended_by else None
    by, weight = "", Weight.CAUSE
    if waker is not None and waker.function.startswith(ENDS_CONTEXT):
        by, weight = ", ended by the deadline of its context", Weight.EFFECT
    elif waker is not None:
        by = f", ended by G{waker.id}"
    fact = Evidence(
        f"its longest wait took {format_duration(longest.took_ns)} of it, at {longest.place}{by}",
        longest.interval.start_ns,
        lane.id,
    )
    half = longest.took_ns >= _HALF * (end_ns - start_ns)
    return f" at {longest.place}{by}" if half else "", fact, (place,), weight


RULE = Rule(
    "deadline-missed",
    Needs.TRACE | Needs.FAILURE,
    _find,
    ids=("deadline-missed", "starved"),
)
