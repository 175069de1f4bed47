"""The report as JUnit's XML: a suite for each package, a case for each test over all attempts.

A test that failed in some attempts and passed in another is flaky: its failures are
``flakyFailure``, as Maven's Surefire writes them, and it does not count as failed. One that never
passed has a ``failure`` for its first attempt and ``rerunFailure`` for each other
(maven.apache.org/surefire/maven-surefire-plugin/examples/rerun-failing-tests.html).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from xml.sax.saxutils import escape, quoteattr

from flakecore.bundle import Attempt, Bundle
from flakecore.comparison import (
    Condition,
    FailureRate,
    conditions_of,
    conditions_shown,
    failure_rates,
    recorded_runs,
    runs_conditions,
)
from flakecore.report.excerpt import Excerpt
from flakecore.report.explainer import Explainer
from flakecore.report.junit.results import OverallResult, Result, TestResults, package_results
from flakecore.report.text.finding_text import finding_text
from flakecore.report.text.test_output import OutputOfTests
from flakecore.text.printable import printable, printable_lines
from flakecore.timeline import Case, Failure, TestStatus

_OUTPUT_LINES = 200
"""Lines of a failed attempt's output that are printed: the last ones."""
_UNFINISHED = "it began and has no result: the process died, or the output was cut off"
_UNEXPLAINED = "it failed and said nothing of why"


def render_junit(
    bundle: Bundle,
    cases: Sequence[Case],
    excerpt: Excerpt | None = None,
    explainer: Explainer | None = None,
) -> str:
    """Return the report on a bundle as XML with a newline at its end.

    Args:
        bundle: the bundle.
        cases: those of it that are reported on; those of one package are attempts at it.
        excerpt: the tests that are reported on; all without it.
        explainer: finds why; without it, one with no other folder and no baseline.
    """
    writer = _Writer(bundle, explainer or Explainer(bundle))
    by_package: dict[str, list[Case]] = {}
    for case in cases:
        by_package.setdefault(case.package, []).append(case)
    for attempts in by_package.values():
        attempts.sort(key=lambda case: case.attempt)
    suites = [
        (
            package,
            attempts,
            package_results(attempts, excerpt or Excerpt(), partial(writer.passed_unkept, package)),
        )
        for package, attempts in by_package.items()
    ]
    totals = _counts([each for _, _, tests in suites for each in tests])
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<testsuites{_attributes(totals)}>"]
    for suite in suites:
        lines += writer.suite(*suite)
    lines.append("</testsuites>\n")
    return "\n".join(lines)


def _counts(tests: Sequence[TestResults]) -> dict[str, object]:
    verdicts = Counter(each.verdict for each in tests)
    errors = sum(
        each.verdict is OverallResult.FAILED and _is_error(each.failed[0]) for each in tests
    )
    took = sum(result.took_ns for each in tests for result in each.results if _is_top(result))
    return {
        "tests": len(tests),
        "failures": verdicts[OverallResult.FAILED] - errors,
        "errors": errors,
        "skipped": verdicts[OverallResult.SKIPPED],
        "flakes": verdicts[OverallResult.FLAKY],
        "time": f"{took / 1e9:.3f}",
    }


def _is_top(result: Result) -> bool:
    return result.test is not None and result.test.parent < 0


def _is_error(result: Result) -> bool:
    """Whether an attempt has no result, which JUnit calls an error and not a failure."""
    return not result.failures and result.status is TestStatus.UNFINISHED


class _Writer:
    """Writes the suites of one bundle."""

    def __init__(self, bundle: Bundle, explainer: Explainer) -> None:
        self._bundle = bundle
        self._explainer = explainer
        # A run of chosen tests proves nothing of the others.
        runs = [run for run in recorded_runs(bundle) if "-run" not in run.conditions]
        self._rates: Mapping[str, FailureRate] = {rate.name: rate for rate in failure_rates(runs)}

    def passed_unkept(self, package: str, test: str) -> bool:
        """Return whether a test that failed passed in a run of which nothing was kept."""
        rate = self._rates.get(f"{package}.{test}")
        return rate is not None and rate.failures < rate.runs

    def suite(
        self, package: str, cases: Sequence[Case], tests: Sequence[TestResults]
    ) -> Iterator[str]:
        named = {"name": package or "(no package named)"}
        yield f"  <testsuite{_attributes({**named, **_counts(tests)})}>"
        yield from _properties(self._conditions(cases), "    ")
        outputs = {id(case): OutputOfTests(case) for case in cases}
        for each in tests:
            yield from self._test(package, each, outputs)
        yield "  </testsuite>"

    def _conditions(self, cases: Sequence[Case]) -> Iterator[tuple[str, str]]:
        """Yield what the package ran under, of each attempt."""
        for case in cases:
            before = f"attempt {case.attempt}: " if case.attempt else ""
            found = self._of_attempt(case)
            for name, value in found.items():
                yield f"{before}{name}", f"{value:g}" if isinstance(value, float) else value
            if not found and case.go_version:
                yield f"{before}go", case.go_version

    def _of_attempt(self, case: Case) -> Mapping[str, Condition]:
        """Return what an attempt ran under; of a single one that the manifest does not list too."""
        found = runs_conditions(self._bundle, case.attempt.rpartition("/")[2])
        manifest = self._bundle.manifest
        if found or manifest is None or manifest.attempts:
            return found
        return conditions_of(manifest, Attempt())

    def _test(
        self, package: str, test: TestResults, outputs: Mapping[int, OutputOfTests]
    ) -> Iterator[str]:
        shown = test.failed[0] if test.failed else test.results[-1]
        placed = next((each for each in shown.failures if each.file), None)
        attributes: dict[str, object] = {
            "name": test.name,
            "classname": package,
            "time": f"{shown.took_ns / 1e9:.3f}",
        }
        if placed is not None:
            attributes |= {"file": placed.file, "line": placed.line}
        verdict = test.verdict
        if verdict is OverallResult.PASSED:
            yield f"    <testcase{_attributes(attributes)}/>"
            return
        yield f"    <testcase{_attributes(attributes)}>"
        if verdict is OverallResult.SKIPPED:
            yield "      <skipped/>"
        else:
            yield from _properties(self._history_properties(package, test), "      ")
            for number, result in enumerate(test.failed):
                prefix = "flaky" if verdict is OverallResult.FLAKY else "rerun" if number else ""
                yield from self._failure(prefix, result, outputs)
            if verdict is OverallResult.FAILED and (text := self._output(test.failed[0], outputs)):
                yield f"      <system-out>{text}</system-out>"
        yield "    </testcase>"

    def _history_properties(self, package: str, test: TestResults) -> Iterator[tuple[str, str]]:
        """Yield how often a test failed, what its failures go with, and which rules explain it."""
        attempts, failed = len(test.results), len(test.failed)
        rate = self._rates.get(f"{package}.{test.name}")
        if rate is not None:
            yield "failed", f"{rate.failures} of {rate.runs} runs"
            for each in rate.goes_with:
                yield "goes with", each.sentence()
        elif attempts > 1:
            yield "failed", f"{failed} of {attempts} attempts"
        for result in test.failed:
            for failure in result.failures:
                for finding in self._explainer.findings(result.case, failure)[:1]:
                    yield "rule", f"{finding.rule} ({finding.certainty})"

    def _failure(
        self, prefix: str, result: Result, outputs: Mapping[int, OutputOfTests]
    ) -> Iterator[str]:
        name = "error" if _is_error(result) else "failure"
        tag = f"{prefix}{name.capitalize()}" if prefix else name
        first = result.failures[0] if result.failures else None
        kind = str(first.kind) if first is not None else str(result.status)
        attributes = {"message": self._message(result), "type": kind}
        text = "\n".join(self._body(result))
        if prefix:
            yield f"      <{tag}{_attributes(attributes)}>"
            yield f"        <stackTrace>{_text(text)}</stackTrace>"
            if output := self._output(result, outputs):
                yield f"        <system-out>{output}</system-out>"
            yield f"      </{tag}>"
        else:
            yield f"      <{tag}{_attributes(attributes)}>{_text(text)}</{tag}>"

    def _output(self, result: Result, outputs: Mapping[int, OutputOfTests]) -> str:
        """Return what an attempt printed as XML's text; "" for nothing."""
        of_case = outputs[id(result.case)]
        printed = [line for each in result.failures[:1] for line in of_case.of(each)]
        return _text("\n".join(printed[-_OUTPUT_LINES:]))

    def _message(self, result: Result) -> str:
        if result.failures:
            return self._explainer.headline(result.case, result.failures[0])
        if _is_error(result):
            return _UNFINISHED
        below = _failed_subtests(result)
        return f"{below[0]} failed" if below else _UNEXPLAINED

    def _body(self, result: Result) -> Iterator[str]:
        case = result.case
        if case.attempt:
            under = ", ".join(conditions_shown(self._of_attempt(case)))
            yield f"attempt {case.attempt}" + (f": {under}" if under else "")
        for failure in result.failures:
            yield from _message_lines(failure)
            findings = self._explainer.findings(case, failure)
            if findings:
                yield "  Why:"
            for finding in findings:
                yield from finding_text(finding)


def _message_lines(failure: Failure) -> Iterator[str]:
    place = f"{failure.file.rpartition('/')[2]}:{failure.line}: " if failure.file else ""
    first, *more = failure.message.split("\n")
    yield f"    {place}{first}"
    yield from (f"        {line}" for line in more)


def _failed_subtests(result: Result) -> list[str]:
    test = result.test
    if test is None:
        return []
    return [
        each.name
        for each in result.case.tests
        if each.parent == test.index and each.status in (TestStatus.FAIL, TestStatus.UNFINISHED)
    ]


def _properties(pairs: Iterable[tuple[str, str]], indent: str) -> list[str]:
    lines = [
        f"{indent}  <property{_attributes({'name': name, 'value': value})}/>"
        for name, value in dict.fromkeys(pairs)
    ]
    return [f"{indent}<properties>", *lines, f"{indent}</properties>"] if lines else []


def _attributes(values: Mapping[str, object]) -> str:
    return "".join(f" {name}={quoteattr(printable(str(value)))}" for name, value in values.items())


def _text(text: str) -> str:
    return escape(printable_lines(text))
