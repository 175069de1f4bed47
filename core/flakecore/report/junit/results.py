"""What became of each test over all attempts of a bundle, in the terms of JUnit's XML."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from flakecore.report.excerpt import Excerpt
from flakecore.timeline import Case, Failure, FailureKind, TestSpan, TestStatus

NOT_BUILT, WHOLE_PACKAGE = "[build failed]", "TestMain"
"""Names of what failed without a test, as go-junit-report and gotestsum write them."""


class OverallResult(Enum):
    """The result of all attempts at a test together."""

    PASSED = "passed"
    SKIPPED = "skipped"
    FLAKY = "flaky"
    """It passed at least once and failed at least once."""
    FAILED = "failed"
    """It never passed."""


@dataclass(frozen=True, slots=True)
class Result:
    """One attempt at a test.

    Attributes:
        case: the run that it is of.
        test: the test; None for what failed outside of any.
        failures: those of it, in order of time.
        status: how it ended.
    """

    case: Case
    test: TestSpan | None
    failures: tuple[Failure, ...]
    status: TestStatus

    @property
    def has_failed(self) -> bool:
        """Whether it ended in any other way than those that package testing calls well."""
        return bool(self.failures) or self.status in (TestStatus.FAIL, TestStatus.UNFINISHED)

    @property
    def took_ns(self) -> int:
        """How long it took, as far as that is known."""
        if self.test is None or not self.test.has_duration:
            return 0
        elapsed = self.test.elapsed_ns
        return self.test.duration_ns if elapsed is None else elapsed


@dataclass(frozen=True, slots=True)
class TestResults:
    """All attempts at one test of a package, in the order in which the cases stand.

    Attributes:
        name: the test.
        results: of the attempts whose output is there.
        passed_unkept: whether it passed in one of which nothing was kept.
    """

    __test__ = False

    name: str
    results: tuple[Result, ...]
    passed_unkept: bool = False

    @property
    def failed(self) -> tuple[Result, ...]:
        """The attempts that failed."""
        return tuple(each for each in self.results if each.has_failed)

    @property
    def verdict(self) -> OverallResult:
        """The result of all attempts together."""
        passed = self.passed_unkept or any(
            each.status is TestStatus.PASS and not each.has_failed for each in self.results
        )
        if self.failed:
            return OverallResult.FLAKY if passed else OverallResult.FAILED
        return OverallResult.PASSED if passed else OverallResult.SKIPPED


def package_results(
    cases: Sequence[Case], excerpt: Excerpt, passed_unkept: Callable[[str], bool]
) -> list[TestResults]:
    """Return the tests of one package, in the order in which they are first seen.

    Args:
        cases: the attempts at the package.
        excerpt: the tests that are wanted.
        passed_unkept: whether a test passed in an attempt of which nothing was kept.
    """
    found: dict[str, list[Result]] = {}
    for case in cases:
        for name, result in _of_case(case, excerpt):
            found.setdefault(name, []).append(result)
    # An attempt that did not fail outside of its tests is one in which that went well.
    for name in {NOT_BUILT, WHOLE_PACKAGE} & found.keys():
        known = {id(each.case) for each in found[name]}
        well = [case for case in cases if id(case) not in known and case.tests]
        found[name] += [Result(case, None, (), TestStatus.PASS) for case in well]
    return [
        TestResults(name, tuple(results), passed_unkept(name)) for name, results in found.items()
    ]


def _of_case(case: Case, excerpt: Excerpt) -> Iterator[tuple[str, Result]]:
    wanted = excerpt.tests(case) if excerpt.test else None
    by_test: dict[int, list[Failure]] = {}
    for failure in excerpt.failures(case):
        by_test.setdefault(failure.test, []).append(failure)
    for span in case.tests:
        if wanted is None or span.index in wanted:
            failures = tuple(by_test.get(span.index, ()))
            yield span.name, Result(case, span, failures, span.status)
    named: dict[str, list[Failure]] = {}
    for failure in by_test.get(-1, ()):
        named.setdefault(_name_of(case, failure), []).append(failure)
    for name, failures_of_name in named.items():
        yield name, Result(case, None, tuple(failures_of_name), TestStatus.FAIL)


def _name_of(case: Case, failure: Failure) -> str:
    if failure.kind is FailureKind.BUILD:
        return NOT_BUILT
    return WHOLE_PACKAGE if failure.test_name in ("", case.package) else failure.test_name
