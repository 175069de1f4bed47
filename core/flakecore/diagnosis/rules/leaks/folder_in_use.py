"""``folder-in-use``: goroutines of a test that still ran when its temporary folder was removed.

Reported where package testing fails a test since ``t.TempDir`` could not be removed (``TempDir
RemoveAll cleanup``, ``src/testing/testing.go``) for files that were there again or still open, and
a trace or dump of the moment shows goroutines that the test started and that were at work: running,
ready, in a system call, or asleep a moment after. That they wrote to that folder is not known, and
not stated. Silent where all of the test's goroutines had ended or waited, and where package testing
gives another reason.

Example: ``go spool.run()`` writes files into ``t.TempDir()``, and the test does not wait for it.
Counterexample: a folder that the test made read-only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Place, Role
from flakecore.diagnosis.goroutine_states import GoroutineState
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits, names
from flakecore.diagnosis.waits.blocked_on import BlockedOn
from flakecore.frames import is_own
from flakecore.timeline import FailureKind, Lane, LaneKind, State

_MESSAGE = re.compile(
    r"TempDir RemoveAll cleanup: .*?(directory not empty|being used by another process"
    r"|The directory is not empty)",
    re.DOTALL,
)
_AT_WORK = (BlockedOn.RUNNING, BlockedOn.RUNNABLE, BlockedOn.SYSCALL)
_WORKS = (State.RUNNING, State.SYSCALL)
_JUST_NS = 10_000_000
"""How long ago it may have worked last, in nanoseconds: a folder of some hundred files takes so
long to remove."""
_SHOWN = 8


def _find(question: Question) -> Iterator[Finding]:
    failure = question.failure
    if failure is None or failure.kind is not FailureKind.ASSERTION:
        return
    found = _MESSAGE.match(failure.message)
    if found is None:
        return
    states = [
        each
        for each in question.states.of_test()
        if each.number != failure.goroutine and _is_ones_own(each) and _is_at_work(question, each)
    ]
    if states:
        yield _finding(question, states, found[1])


def _is_at_work(question: Question, state: GoroutineState) -> bool:
    """Whether it works at that moment, or has just done so and only sleeps."""
    if state.blocked_on in _AT_WORK:
        return True
    schedule, until = question.case.schedule, question.states.at_ns
    if schedule is None or state.blocked_on is not BlockedOn.SLEEP:
        return False
    lane, since = Lane(LaneKind.GOROUTINE, state.number), max(0, until - _JUST_NS)
    shares = schedule.shares(lane, since, until, 1) if since < until else {}
    return any(int(shares[each][0]) for each in _WORKS if each in shares)


def _is_ones_own(state: GoroutineState) -> bool:
    frames = [*state.frames, *([state.created_at] if state.created_at is not None else [])]
    return any(is_own(frame, state.package) for frame in frames)


def _finding(question: Question, states: list[GoroutineState], reason: str) -> Finding:
    failure, first, one = question.failure, states[0], len(states) == 1
    assert failure is not None
    who = names([each.number for each in states])
    made = first.created_at
    started = f", started at {made.place}," if one and made is not None and made.place else ""
    where = first.at() if one else ""
    verb = "was" if one else "were"
    removed = "when the TempDir of its test was removed"
    return Finding(
        rule=RULE.id,
        claim=first_that_fits(
            f"{who}{started} {verb} still at work{where} {removed}",
            f"{who}{started} {verb} still at work {removed}",
            f"{who} {verb} still at work {removed}",
        ),
        certainty=Certainty.SEEN,
        test=failure.test,
        places=tuple(_places(states)),
        evidence=(
            Evidence(f"package testing: {reason}", None, failure.goroutine),
            *(each.evidence() for each in states[:_SHOWN]),
        ),
        next=f"let the test wait for {'it' if one else 'them'} before it returns",
        explains=frozenset(each.number for each in states),
    )


def _places(states: list[GoroutineState]) -> Iterator[Place]:
    for state in states[:_SHOWN]:
        yield state.place_of(Role.RUNS)
    for made in dict.fromkeys(each.created_at for each in states[:_SHOWN]):
        if made is not None and made.file:
            yield Place(Role.CREATED, 0, made.function, made.file, made.line)


RULE = Rule("folder-in-use", Needs.STATES | Needs.FAILURE, _find)
