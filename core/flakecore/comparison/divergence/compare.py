"""Two runs of the same tests beside each other: what differs, and where one test parts.

Nothing that differs is called a cause. Of a test that ended otherwise, each goroutine's steps in
one run are held against those of its counterpart in the other, and the first that differs is shown
with its moment in both; the earliest of these moments is where the runs part, as far as steps show.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flakecore.comparison.divergence.differences import first_difference
from flakecore.comparison.divergence.ended_waits import ended_waits
from flakecore.comparison.divergence.first_difference import FirstDifference
from flakecore.comparison.divergence.repetitions import RepeatedTest, repeated_tests
from flakecore.comparison.divergence.roles import GoroutineRole, roles_of_test
from flakecore.comparison.divergence.steps import Step, printed_lines, steps_by_role
from flakecore.comparison.features.feature import FEATURES, Feature
from flakecore.comparison.features.features_of_case import ScopeFeatures, case_features
from flakecore.comparison.predicates.event import TestRecord
from flakecore.comparison.runs.conditions import Condition, condition_in
from flakecore.comparison.runs.run import Run
from flakecore.comparison.signature import without_varying
from flakecore.timeline import Case, TestSpan


@dataclass(frozen=True, slots=True)
class TestDifference:
    """A test that ended otherwise in the two runs.

    Attributes:
        name: its full name.
        first, second: the test in either run; None where it did not run.
    """

    __test__ = False

    name: str
    first: TestSpan | None
    second: TestSpan | None


@dataclass(frozen=True, slots=True)
class Divergence:
    """Where one goroutine's steps part.

    Attributes:
        role: who it is.
        numbers: its number in either run; 0 where it is not there.
        alike: how many steps were alike before.
        last: the last of these in the first run; None for none.
        first, second: the first step that differs, in either run; None where there is no further.
    """

    role: GoroutineRole
    numbers: tuple[int, int]
    alike: int
    last: Step | None
    first: Step | None
    second: Step | None

    @property
    def time_ns(self) -> int:
        """The earlier moment of the two steps, since the test began."""
        return min(each.time_ns for each in (self.first, self.second) if each is not None)


@dataclass(frozen=True, slots=True)
class FeatureDifference:
    """A feature with its value in either run; None where it is unknown."""

    feature: Feature
    first: float | None
    second: float | None


@dataclass(frozen=True, slots=True)
class LineDifference:
    """A line that one run of a test printed more often, without what varies.

    Attributes:
        text: without numbers, times and the like.
        first, second: how often either run printed it.
    """

    text: str
    first: int
    second: int


@dataclass(frozen=True, slots=True)
class CaseComparison:
    """What differs between two runs.

    Attributes:
        conditions: by name, the value in either run; None where it is not recorded.
        tests: how many tests both ran.
        ended_otherwise: those that ended otherwise, and those that only one of them ran.
        test: name of the test whose steps, lines and features follow; "" for the whole run.
        before: the tests that began before it in only one of the runs, of those that both ran.
        parts: the first step that differs and could reach how the test ended; None for none.
        divergences: of each goroutine that parts, the earliest first.
        features: those that differ by a half or more, the first three with thresholds in front.
        lines: those that only one run printed, or one more often, in the order printed.
        repetitions: of either run, tests that ran several times in it and not always alike; of the
            test alone where there is one.
    """

    conditions: Mapping[str, tuple[Condition | None, Condition | None]]
    tests: int
    ended_otherwise: tuple[TestDifference, ...]
    test: str
    parts: FirstDifference | None
    divergences: tuple[Divergence, ...]
    features: tuple[FeatureDifference, ...]
    lines: tuple[LineDifference, ...]
    repetitions: tuple[tuple[RepeatedTest, ...], tuple[RepeatedTest, ...]] = ((), ())
    before: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())


def compare_cases(
    first: Case,
    second: Case,
    conditions: tuple[Mapping[str, Condition], Mapping[str, Condition]] = ({}, {}),
    test: str = "",
    runs: Sequence[Run] = (),
) -> CaseComparison:
    """Return what differs between two runs of the same package.

    Args:
        first: one run, usually the one that failed.
        second: another.
        conditions: those of either run.
        test: full name of the test to follow; "" for the first that ended otherwise.
        runs: all runs of the package that are known, to show what is usual.
    """
    otherwise = tests_that_ended_otherwise(first, second)
    both = [each for each in otherwise if each.first is not None and each.second is not None]
    test = test or (both[0].name if both else "")
    scopes = [
        next((row for row in case_features(case) if row.name == test), None)
        for case in (first, second)
    ]
    return CaseComparison(
        conditions=differing_conditions(*conditions),
        tests=len({each.name for each in first.tests} & {each.name for each in second.tests}),
        ended_otherwise=otherwise,
        test=test,
        parts=first_difference(first, second, test, passing_records(first.package, test, runs))
        if test
        else None,
        divergences=divergences_of_test(first, second, test) if test else (),
        features=differing_features(*scopes),
        lines=differing_lines(first, second, test) if test else (),
        repetitions=(_repetitions(first, test), _repetitions(second, test)),
        before=earlier_tests(first, second, test),
    )


def earlier_tests(first: Case, second: Case, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the tests that began before one in only one of two runs, of those that both ran.

    Subtests are left out; of one name that ran several times, the last run counts.
    """
    own = name.partition("/")[0]
    places = [
        {test.name: test.index for test in case.tests if test.parent < 0}
        for case in (first, second)
    ]
    if not own or any(own not in each for each in places):
        return (), ()
    earlier = [{each for each, at in of_run.items() if at < of_run[own]} for of_run in places]
    only = [
        tuple(each for each in places[run] if each in earlier[run] - earlier[1 - run])
        for run in (0, 1)
    ]
    return (
        tuple(each for each in only[0] if each in places[1]),
        tuple(each for each in only[1] if each in places[0]),
    )


def _repetitions(case: Case, test: str) -> tuple[RepeatedTest, ...]:
    return tuple(each for each in repeated_tests(case) if test in ("", each.name))


def passing_records(package: str, test: str, runs: Sequence[Run]) -> list[TestRecord]:
    """Return what happened in the runs that a test passed in, as far as it is kept."""
    name = f"{package}.{test}" if package else test
    return [run.records[name] for run in runs if name in run.records and name not in run.failed]


def differing_conditions(
    first: Mapping[str, Condition], second: Mapping[str, Condition]
) -> dict[str, tuple[Condition | None, Condition | None]]:
    """Return the conditions that are not alike, in the order of the first run."""
    names = dict.fromkeys([*first, *second])
    pairs = {name: (condition_in(first, name), condition_in(second, name)) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def tests_that_ended_otherwise(first: Case, second: Case) -> tuple[TestDifference, ...]:
    """Return the tests with another status in the two runs, in the order of the first run.

    Of one name that ran several times, the last run counts.
    """
    spans = [{test.name: test for test in case.tests} for case in (first, second)]
    names = dict.fromkeys([*spans[0], *spans[1]])
    found = [TestDifference(name, spans[0].get(name), spans[1].get(name)) for name in names]
    return tuple(
        each
        for each in found
        if each.first is None or each.second is None or each.first.status is not each.second.status
    )


def divergences_of_test(first: Case, second: Case, name: str) -> tuple[Divergence, ...]:
    """Return where the goroutines of a test part, the earliest first; () without two traces.

    Args:
        first: one run.
        second: another.
        name: full name of the test.
    """
    if first.schedule is None or second.schedule is None:
        return ()
    roles: list[dict[int, GoroutineRole]] = []
    steps: list[dict[GoroutineRole, list[Step]]] = []
    for case in (first, second):
        index = _index(case, name)
        if index is None:
            return ()
        roles.append(roles_of_test(case, index))
        woken = ended_waits(case, roles[-1])
        steps.append(steps_by_role(case, index, roles[-1], woken))
    numbers = [{role: number for number, role in of_case.items()} for of_case in roles]
    found = []
    for role in dict.fromkeys([*steps[0], *steps[1]]):
        divergence = _divergence(steps[0].get(role, []), steps[1].get(role, []))
        if divergence is not None:
            pair = (numbers[0].get(role, 0), numbers[1].get(role, 0))
            found.append(Divergence(role, pair, *divergence))
    return tuple(sorted(found, key=lambda each: each.time_ns))


def differing_lines(first: Case, second: Case, name: str) -> tuple[LineDifference, ...]:
    """Return the lines that a test printed more often in one run, in the order printed."""
    counts = []
    for case in (first, second):
        index = _index(case, name)
        texts = [text for *_, text in printed_lines(case, index)] if index is not None else []
        counts.append(Counter(without_varying(text) for text in texts))
    lines = dict.fromkeys([*counts[0], *counts[1]])
    found = [LineDifference(text, counts[0][text], counts[1][text]) for text in lines]
    return tuple(each for each in found if each.first != each.second)


def differing_features(
    first: ScopeFeatures | None, second: ScopeFeatures | None
) -> tuple[FeatureDifference, ...]:
    """Return the features with thresholds, and the others that differ by a half or more."""
    if first is None or second is None:
        return ()
    found = []
    for at, feature in enumerate(FEATURES):
        pair = (first.values.get(feature.id), second.values.get(feature.id))
        if at < _ALWAYS or _differs(*pair):
            found.append(FeatureDifference(feature, *pair))
    return tuple(each for each in found if each.first is not None or each.second is not None)


_ALWAYS = 3
"""Features that are reported whether or not they differ: those with thresholds."""
_HALF = 1.5
"""Times as much from which on two numbers differ: half as much again. Chosen, not measured."""


def _differs(first: float | None, second: float | None) -> bool:
    if first is None or second is None:
        return (first is None) != (second is None)
    low, high = sorted((abs(first), abs(second)))
    return high > _HALF * low


def _divergence(
    first: list[Step], second: list[Step]
) -> tuple[int, Step | None, Step | None, Step | None] | None:
    """Return how many steps are alike, the last of them, and the first that differ; None if all."""
    alike = 0
    for one, other in zip(first, second, strict=False):
        if one.what != other.what:
            break
        alike += 1
    ahead = [steps[alike] if alike < len(steps) else None for steps in (first, second)]
    if ahead[0] is None and ahead[1] is None:
        return None
    return alike, first[alike - 1] if alike else None, ahead[0], ahead[1]


def _index(case: Case, name: str) -> int | None:
    """Return the index of the last run of a test; None if it did not run."""
    return next((test.index for test in reversed(case.tests) if test.name == name), None)
