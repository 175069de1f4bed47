"""One run of a test, as far as it is compared: its goroutines, their steps, the waits ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flakecore.comparison.divergence.ended_waits import NOBODY, EndedWait, ended_waits
from flakecore.comparison.divergence.happened_before import last_influence
from flakecore.comparison.divergence.roles import GoroutineRole, roles_of_test
from flakecore.comparison.divergence.steps import Step, failure_lines, reports, steps_by_role
from flakecore.timeline import Case, TestStatus, with_subtests


@dataclass(frozen=True, slots=True)
class TestExecution:
    """One run of the test.

    Attributes:
        case: the run that it is part of.
        test: its full name.
        start_ns, over_ns: when the test began, and when it failed or ended, since the case began.
        numbers: goroutine of each role.
        steps: of each role, but for the lines that report the failure.
        ended_waits: the waits that were ended before that, by time.
        influence_ns: until when each role could have influenced how the test ended, since the case
            began (``happened_before``).
    """

    case: Case
    test: str
    start_ns: int
    over_ns: int
    numbers: Mapping[GoroutineRole, int]
    steps: Mapping[GoroutineRole, Sequence[Step]]
    ended_waits: Sequence[EndedWait]
    influence_ns: Mapping[GoroutineRole, int]


ExecutionPair = tuple[TestExecution, TestExecution]
"""The runs that are compared: usually the one that failed, and one that passed."""


def execution_of(case: Case, name: str) -> TestExecution | None:
    """Return a case's run of a test, the last one of this name; None without it or a trace."""
    index = next((test.index for test in reversed(case.tests) if test.name == name), None)
    if index is None or case.schedule is None:
        return None
    test, roles = case.tests[index], roles_of_test(case, index)
    woken = ended_waits(case, roles)
    within = set(with_subtests(case.tests, index))
    failures = [each for each in case.failures if each.test in within]
    ends = {each.goroutine or test.goroutine: each.at_ns for each in failures}
    if test.status is not TestStatus.FAIL:
        ends = {test.goroutine: test.end_ns}
    until = last_influence(case, woken, ends, roles)
    of_tests = failure_lines(case)
    reported = set[str]().union(*(of_tests.get(index, ()) for index in within))
    steps = {
        role: [step for step in each if not reports(step.what.removeprefix("prints "), reported)]
        for role, each in steps_by_role(case, index, roles, woken).items()
    }
    over_ns = max(ends.values())
    return TestExecution(
        case=case,
        test=name,
        start_ns=test.start_ns,
        over_ns=over_ns,
        numbers={role: number for number, role in roles.items()},
        steps=steps,
        ended_waits=[each for each in woken if each.time_ns <= over_ns],
        influence_ns={
            roles[number]: time_ns for number, time_ns in until.items() if number in roles
        },
    )


def may_matter(runs: ExecutionPair, role: GoroutineRole, times_ns: tuple[int, int]) -> bool:
    """Return whether what a goroutine did from a moment on could have reached how the test ended.

    In one of the runs at least: what never came in the one that failed did so in the other.
    """
    return any(
        time_ns + run.start_ns <= run.influence_ns.get(role, -1)
        for run, time_ns in zip(runs, times_ns, strict=True)
    )


def goroutine_name(run: TestExecution, role: GoroutineRole) -> str:
    """Return a goroutine for a person: ``work, number 2 (G9)``."""
    if role == NOBODY:
        return role.function
    number = run.numbers.get(role, 0)
    alike = [each for each in run.numbers if not each.test and _short(each) == _short(role)]
    name = role.words() if role.test or len(alike) > 1 else _short(role)
    return f"{name} (G{number})" if number else name


def _short(role: GoroutineRole) -> str:
    return role.function.rpartition("/")[2].partition(".")[2] or "a goroutine"


def event_name(run: TestExecution, role: GoroutineRole) -> str:
    """Return a goroutine as events name it."""
    return "it" if role.test == run.test else role.words()
