"""A table at the end of a test run: what each rule told of the programs that it was tried on.

A case is one test of one program, on one release, with one level of evidence. It is right where it
is told word for word as expected; partly, where by the same rule in other words; silent, where
nothing is told; and false, where something else is. A sound case must be silent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from enum import StrEnum

import pytest

_KEY = "diagnosis verdicts"
_seen: list[tuple[str, str, str]] = []
"""Row, level and verdict of what the test that runs now has tried."""


class Verdict(StrEnum):
    """How what is told compares to what is to be told."""

    RIGHT = "right"
    PARTLY = "partly"
    SILENT = "silent"
    FALSE = "false"
    SOUND = "sound, silent"


def verdict(expected: Sequence[str], told: Sequence[str]) -> Verdict:
    """Return how causes that are told compare to those that are expected."""
    if list(told) == list(expected):
        return Verdict.RIGHT if expected else Verdict.SOUND
    if not told:
        return Verdict.SILENT
    rules = {each.partition(",")[0] for each in expected}
    return Verdict.PARTLY if {each.partition(",")[0] for each in told} & rules else Verdict.FALSE


def record(row: str, level: str, expected: Sequence[str], told: Sequence[str]) -> None:
    """Note a case for the table.

    Args:
        row: the rule, or the program where nothing is to be told.
        level: the evidence that was at hand.
        expected: the causes that are to be told.
        told: those that are.
    """
    # Plain texts, for they go from one process to another.
    _seen.append((str(row), str(level), str(verdict(expected, told))))


def record_tests(
    rule: str,
    shape: str,
    level: str,
    expected: Mapping[str, Sequence[str]],
    told: Mapping[str, Sequence[str]],
) -> None:
    """Note a case for each test of a program.

    Args:
        rule: what is to be told is of.
        shape: the program, which names the row of the tests of which nothing is to be told.
        level: the evidence that was at hand.
        expected: by test, the causes that are to be told; sound ones have none.
        told: by test, those that are.
    """
    for test in {**expected, **told}:
        whole = expected.get(test, ())
        record(rule if whole else f"({shape})", level, whole, told.get(test, ()))


def lines_of(seen: Sequence[tuple[str, str, str]]) -> list[str]:
    """Return the table of cases as lines: a row for each rule and level."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    for row, level, found in seen:
        counts.setdefault((row, level), Counter())[found] += 1
    if not counts:
        return []
    verdicts = [str(each) for each in Verdict]
    wide = max(len(row) for row, _ in counts)
    high = max(len(level) for _, level in counts)
    head = f"{'rule':{wide}}  {'evidence':{high}}  cases  {'  '.join(verdicts)}"
    body = [
        f"{row:{wide}}  {level:{high}}  {found.total():5}  "
        + "  ".join(f"{found[each]:{len(each)}}" for each in verdicts)
        for (row, level), found in sorted(counts.items())
    ]
    return [head, *body]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol() -> Generator[None, object, object]:
    _seen.clear()
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    call: pytest.CallInfo[None],
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Hand what a test has tried to the process that prints the table."""
    report = yield
    if call.when == "call" and _seen:
        report.user_properties.append((_KEY, [list(each) for each in _seen]))
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    seen = [
        (row, level, found)
        for reports in terminalreporter.stats.values()
        for report in reports
        for key, tried in getattr(report, "user_properties", ())
        if key == _KEY and getattr(report, "when", "") == "call"
        for row, level, found in tried
    ]
    lines = lines_of(seen)
    if lines:
        terminalreporter.section("what the rules of diagnosis told")
        for line in lines:
            terminalreporter.write_line(line)
