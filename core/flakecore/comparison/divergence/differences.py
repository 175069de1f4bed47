"""Where two runs of a test part, the first and likeliest difference in front.

Two kinds of difference are asked for: a goroutine's own steps, and whom it met at a place
(``partners``). Runs differ by chance all the time, and most of that means nothing. So only
goroutines count that could have had a part in how the test ended in either run
(``happened_before``), and what other runs that passed had too counts only where there is nothing
else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flakecore.comparison.divergence.execution import (
    ExecutionPair,
    TestExecution,
    event_name,
    execution_of,
    may_matter,
)
from flakecore.comparison.divergence.first_difference import (
    FirstDifference,
    Found,
    UsualEvents,
    difference_between,
)
from flakecore.comparison.divergence.partners import partner_differences
from flakecore.comparison.divergence.roles import GoroutineRole
from flakecore.comparison.divergence.steps import Step
from flakecore.comparison.predicates.event import RunEvent, TestRecord
from flakecore.timeline import Case


def first_difference(
    first: Case, second: Case, test: str, passed: Sequence[TestRecord] = ()
) -> FirstDifference | None:
    """Return where two runs of a test part first; None where they do not (``differences``)."""
    return next(iter(differences(first, second, test, passed)), None)


def differences(
    first: Case, second: Case, test: str, passed: Sequence[TestRecord] = ()
) -> list[FirstDifference]:
    """Return where two runs of a test part, the first and likeliest in front.

    It is empty without two traces.

    Args:
        first: one run, usually the one that failed.
        second: another, usually one that passed.
        test: full name of the test.
        passed: what happened in all runs of it that passed, as far as it is kept.
    """
    runs: list[TestExecution] = []
    for case in (first, second):
        run = execution_of(case, test)
        if run is None:
            return []
        runs.append(run)
    pair = runs[0], runs[1]
    usual = UsualEvents(passed)
    found = [*_own_steps(pair, usual), *partner_differences(pair, usual)]
    # The moment in the first run counts, usually the one that failed.
    ordered = sorted(found, key=lambda each: (each[1].is_usual, each[0], each[1].since_ns))
    return [each for _, each in ordered]


def _own_steps(runs: ExecutionPair, usual: UsualEvents) -> Iterator[Found]:
    """Yield each goroutine whose own steps differ."""
    for role in dict.fromkeys([*runs[0].steps, *runs[1].steps]):
        own = [
            [step for step in run.steps.get(role, ()) if step.time_ns + run.start_ns <= run.over_ns]
            for run in runs
        ]
        alike = next(
            (at for at, (a, b) in enumerate(zip(*own, strict=False)) if a.what != b.what),
            min(map(len, own)),
        )
        ahead = [steps[alike] if alike < len(steps) else None for steps in own]
        # That a test does nothing more once it has failed is no step.
        if ahead == [None, None] or (role.test and ahead[0] is None):
            continue
        times = [step.time_ns if step is not None else None for step in ahead]
        before = [steps[alike - 1].time_ns if alike else 0 for steps in own]
        if not may_matter(runs, role, (before[0], before[1])):
            continue
        who = [_event_of(run, role, step) for run, step in zip(runs, ahead, strict=True)]
        words = [step.words if step is not None else "did nothing more" for step in ahead]
        is_usual = usual.differ(who[0], who[1])
        is_weak = ahead[0] is None or _waits_in_vain(runs[1], role, ahead[0])
        sites = [step.at if step is not None else "" for step in ahead]
        found = difference_between(
            runs, role, (times[0], times[1]), (words[0], words[1]), is_usual, sites
        )
        yield is_weak, found


def _waits_in_vain(other: TestExecution, role: GoroutineRole, step: Step) -> bool:
    """Return whether a step is a wait that the other run had too: what differs is its end."""
    waited = {each.at for each in other.ended_waits if each.who == role and each.at}
    return step.waits and step.what.rpartition(" at ")[2] in waited


def _event_of(run: TestExecution, role: GoroutineRole, step: Step | None) -> RunEvent | None:
    """Return the event that a step is; None for one that is noted of no run."""
    if step is None:
        return None
    who = event_name(run, role)
    verb, _, rest = step.what.partition(" ")
    if verb == "prints":
        return RunEvent("line", who, f"prints {rest!r}")
    if verb == "starts":
        return RunEvent("start", rest, "is started")
    if verb == "sleeps":
        return RunEvent("wait", who, f"waits (sleep) {rest}")
    return RunEvent("end", who, "ends") if verb == "ends" else None
