"""``blocked``: what the test's goroutines were waiting for when it ended, without a counterpart.

Reports a timeout, a fatal error or an exit where there is a trace: what each of the test's
goroutines waited for, since when, and whether anything ended it. Where there is a dump alone it
shows where the test's own goroutine waits; of a dump from which one goroutine alone was copied,
where that does. It is an effect: a cause that accounts for the same goroutines takes its place.
Silent on assertions, panics and races, where something always waits.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Role, Weight
from flakecore.diagnosis.goroutine_states import GoroutineState, states_of_dump
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.diagnosis.waits.blocked_on import BlockedOn
from flakecore.diagnosis.waits.standstill import standstill
from flakecore.gotest import GoroutineDump
from flakecore.timeline import FailureKind

_STANDSTILLS = (FailureKind.TIMEOUT, FailureKind.FATAL, FailureKind.EXIT)

_LEAST_NS = 100_000_000
"""Before an exit, shorter waits mean nothing: the exit ended them, and no limit did."""


_MAIN = 1
"""The number that the runtime gives the goroutine of ``main.main``."""
_DOES = MappingProxyType(
    {
        BlockedOn.MUTEX: "waits for a lock",
        BlockedOn.RWMUTEX_READ: "waits for a read lock",
        BlockedOn.RWMUTEX_WRITE: "waits for a write lock",
        BlockedOn.ONCE: "waits in a sync.Once",
        BlockedOn.WAIT_GROUP: "waits for a wait group",
        BlockedOn.COND: "waits for a cond",
        BlockedOn.SEND: "waits to send",
        BlockedOn.RECEIVE: "waits to receive",
        BlockedOn.SELECT: "waits in a select",
    }
)
"""Waits that only another goroutine can end; those that nothing can have rules of their own."""
_SHOWN = 8
"""Goroutines of a test beside its own that the evidence shows."""
_RUNNING_TESTS = ("testing.runTests", "testing.RunTests", "testing.(*T).Run")
"""Package testing's functions that wait for tests, of all releases."""


def _find(question: Question) -> Iterator[Finding]:
    failure = question.failure
    if failure is None or failure.kind not in _STANDSTILLS:
        return
    if question.case.schedule is None:
        yield from _in_dump(question)
    else:
        at_least_ns = _LEAST_NS if failure.kind is FailureKind.EXIT else 0
        found = list(standstill(question.case, failure, at_least_ns))
        # The trace ends with the last test, and has nothing of what TestMain does then.
        yield from found if found or failure.test >= 0 else _in_dump(question)


def _in_dump(question: Question) -> Iterator[Finding]:
    """Yield where the test's own goroutine waits in the dump that the failure came with."""
    failure = question.failure
    assert failure is not None
    if failure.crash < 0:
        return
    dumped = question.case.dumps[failure.crash].goroutines
    # Before the first test and after the last one, the main goroutine is what has to go on.
    number = failure.goroutine or (_MAIN if failure.test < 0 else 0)
    own = next((each for each in dumped if each.stack.number == number and number), None)
    if own is None and len(dumped) == 1:
        own = dumped[0]
    # Where main runs tests, one that the log does not name is what has to go on.
    if own is None or (failure.test < 0 and _runs_tests(own.stack)):
        return
    alone = states_of_dump(question.case, [own.stack], failure.test, failure.at_ns, whole=False)
    state = next((each for each in alone if _waits(each)), None)
    if state is None or state.own is None:
        return
    whose = ", the test's own," if own.runs else ""
    minutes = state.minutes
    since = f" for {minutes} minute{'' if minutes == 1 else 's'}" if minutes else ""
    does = f"{_DOES[state.blocked_on]} at {state.own.place}{since}"
    others = [
        each
        for each in question.states.others(state)
        if _waits(each) and each.test == failure.test >= 0
    ]
    yield Finding(
        rule=RULE.id,
        claim=first_that_fits(
            f"{state.name}{whose} {does}",
            f"{state.name} {does}",
        ),
        certainty=Certainty.SEEN,
        weight=Weight.EFFECT,
        test=failure.test,
        places=(state.place_of(Role.WAITS),),
        evidence=tuple(
            Evidence(f"{each.name} {_DOES[each.blocked_on]}{each.at()}", None, each.number)
            for each in (state, *others[:_SHOWN])
        ),
        explains=frozenset((state.number,)),
    )


def _runs_tests(stack: GoroutineDump) -> bool:
    return any(frame.function.startswith(_RUNNING_TESTS) for frame in stack.frames)


def _waits(state: GoroutineState) -> bool:
    """Return whether a goroutine waits for another in a place that is known."""
    return state.blocked_on in _DOES and state.own is not None and bool(state.own.place)


RULE = Rule("blocked", Needs.FAILURE, _find)
