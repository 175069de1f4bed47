"""``slow-not-stuck``: a test that ran out of time while a goroutine of its own was running.

Speaks of a timeout where a goroutine of the test was running or ready to run when the time was up
and none of the test's goroutines is stuck for good. With a trace it states the share of the test's
time in which it ran. Silent where all of the test's goroutines wait.

Example: a loop over a million entries under a limit of one second.
Counterexample: a deadlock beside a goroutine that polls once a second.
"""

from __future__ import annotations

from collections.abc import Iterator

from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Role
from flakecore.diagnosis.goroutine_states import GoroutineState
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.diagnosis.waits.blocked_on import BlockedOn
from flakecore.timeline import FailureKind, Lane, LaneKind, State
from flakecore.times import format_duration

_LOOK_BACK_NS = 60_000_000_000
_MOSTLY = 0.5
"""Share of the time looked at from which on a goroutine counts as running through it."""


def _find(question: Question) -> Iterator[Finding]:
    failure = question.failure
    if failure is None or failure.kind is not FailureKind.TIMEOUT:
        return
    for state in question.states.of_test():
        if state.blocked_on not in (BlockedOn.RUNNING, BlockedOn.RUNNABLE):
            continue
        share, window = _share(question, state)
        where = state.at()
        if (window and share < _MOSTLY) or not (window or where):
            continue
        evidence = [state.evidence()]
        claims = [
            f"Slow, not stuck: {state.name} was {state.blocked_on.value}{where} when the time"
        ]
        claims = [f"{claims[0]} was up"]
        if window:
            ran = f"{state.name} was running {share:.0%} of the last {format_duration(window)}"
            claims = [
                f"Slow, not stuck: {ran}{where} when the time was up",
                f"Slow, not stuck: {ran}{where}",
                f"Slow, not stuck: {ran}",
            ]
            evidence.append(Evidence(ran, None, state.number))
        yield Finding(
            rule=RULE.id,
            claim=first_that_fits(*claims, f"Slow, not stuck: {state.name} was running"),
            certainty=Certainty.SEEN,
            test=state.test,
            places=(state.place_of(Role.RUNS),),
            evidence=tuple(evidence),
            explains=question.waits.behind(frozenset((state.number,))),
        )
        return


def _share(question: Question, state: GoroutineState) -> tuple[float, int]:
    """Return the share of the time before the failure in which it ran, and how long that is."""
    schedule, test = question.case.schedule, question.case.tests[state.test]
    if schedule is None:
        return 0.0, 0
    until = min(question.states.at_ns, schedule.end_ns)
    since = max(test.start_ns, until - _LOOK_BACK_NS, schedule.start_ns)
    if until <= since:
        return 0.0, 0
    shares = schedule.shares(Lane(LaneKind.GOROUTINE, state.number), since, until, 1)
    ran = int(shares[State.RUNNING][0]) if State.RUNNING in shares else 0
    return ran / (until - since), until - since


RULE = Rule("slow-not-stuck", Needs.STATES | Needs.FAILURE, _find)
