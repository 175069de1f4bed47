"""Which run of the bundle a failing one is held against, or a passing one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flakecore.comparison import Condition, Run, conditions_shared
from flakecore.timeline import Case, TestStatus


def conditions_of_case(case: Case, runs: Sequence[Run]) -> Mapping[str, Condition]:
    """Return the recorded conditions of the run that a case is of; {} where there are none."""
    number = int(case.attempt) if case.attempt.isdecimal() else -1
    return next((run.conditions for run in runs if run.number == number), {})


def compared_run(cases: Sequence[Case], here: int, test: str, runs: Sequence[Run]) -> int | None:
    """Return the index of the most alike case in which a test ended otherwise.

    Alike is what ran under the most conditions of the same value; of several the first.

    Args:
        cases: all cases of the bundle.
        here: index of the case that is looked at.
        test: full name of the test.
        runs: the runs that the manifest lists.

    Returns:
        None where the test ended alike in all other runs of its package, or there are none.
    """
    case = cases[here]
    ended, own = _status(case, test), conditions_of_case(case, runs)
    best, most = None, -1
    for index, other in enumerate(cases):
        status = _status(other, test)
        if index == here or other.package != case.package or status in (None, ended):
            continue
        alike = conditions_shared(own, conditions_of_case(other, runs))
        if alike > most:
            best, most = index, alike
    return best


def _status(case: Case, test: str) -> TestStatus | None:
    return next((each.status for each in reversed(case.tests) if each.name == test), None)
