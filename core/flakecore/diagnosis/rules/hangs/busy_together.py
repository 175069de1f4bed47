"""``slow-not-stuck``, of a test whose many goroutines share the procs until its time is up.

Reports a timeout where the procs ran the test's goroutines for at least half of the time looked at,
and several of them could go on at its end, of which none ran through half of it by itself. Whether
they come to an end is not known, so they are still running. Silent without a trace, and where the
procs mostly ran others, or nothing.

Example: a hundred goroutines that hit a cache with one lock, under the race detector.
Counterexample: the same hundred behind a lock that one keeps.
"""

from __future__ import annotations

from collections.abc import Iterator

from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Role
from flakecore.diagnosis.proc_users import proc_users
from flakecore.diagnosis.rules.hangs.slow_not_stuck import MOSTLY, is_reported, time_looked_at
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits, names
from flakecore.diagnosis.waits.blocked_on import BlockedOn
from flakecore.timeline import FailureKind
from flakecore.times import format_duration

_USERS = 3
"""Users of the procs that are named as evidence."""
_SHOWN = 4
"""Goroutines that are places of a finding."""


def _find(question: Question) -> Iterator[Finding]:
    failure, schedule = question.failure, question.case.schedule
    if failure is None or schedule is None or failure.kind is not FailureKind.TIMEOUT:
        return
    running = [
        state
        for state in question.states.of_test()
        if state.blocked_on in (BlockedOn.RUNNING, BlockedOn.RUNNABLE)
    ]
    if len(running) < 2 or is_reported(question):
        return
    test = question.case.tests[failure.test]
    since, until = time_looked_at(question, test)
    users = proc_users(question.case, since, until, -1)
    share = sum(part for user, part in users if user.name == test.name)
    if share < MOSTLY:
        return
    window = format_duration(until - since)
    procs = schedule.procs_at(until)
    ran = f"goroutines of {test.name} had {share:.0%} of {procs} procs in the last {window}"
    could = f"{names([each.number for each in running])} could go on"
    where = running[0].at() if len({each.at() for each in running}) == 1 else ""
    parts = ", ".join(f"{user.name} {part:.0%}" for user, part in users[:_USERS])
    yield Finding(
        rule=RULE.ids[0],
        claim=first_that_fits(
            f"Still running: {ran}; {could}{where} when the time was up",
            f"Still running: {ran}; {could}",
            f"Still running: {ran}",
            f"Still running: its goroutines had {share:.0%} of the procs in the last {window}",
        ),
        certainty=Certainty.SEEN,
        test=failure.test,
        places=tuple(each.place_of(Role.RUNS) for each in running[:_SHOWN]),
        evidence=(
            Evidence(f"the {procs} procs ran in the last {window}: {parts}", since, 0),
            *(each.evidence() for each in running[:_SHOWN]),
        ),
        next="a longer -timeout shows whether it comes to an end; a CPU profile, what takes long",
        explains=question.waits.behind(frozenset(each.number for each in running)),
    )


RULE = Rule("busy-together", Needs.STATES | Needs.FAILURE, _find, ids=("slow-not-stuck",))
