"""What all cases of a report add up to: one line for scripts, and the slowest tests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from flakecore.timeline import Case, TestStatus

SLOWEST = 5
"""Tests that are listed by how long they took."""
_SLOW_NS = 100_000_000
"""Below a tenth of a second no test is worth a line; durations have two decimals."""


@dataclass(frozen=True, slots=True)
class Totals:
    """Counts over all cases.

    Attributes:
        packages: different packages.
        runs: cases; a package that was run again has several.
        statuses: how many tests ended how, each attempt counted.
        failures: what failed, tests and packages.
        elapsed_ns: how long the packages took together, as go prints it; None if it does for none.
    """

    packages: int
    runs: int
    statuses: Counter[TestStatus]
    failures: int
    elapsed_ns: int | None

    @property
    def tests(self) -> int:
        """How many tests there were."""
        return self.statuses.total()


def totals_of(cases: Sequence[Case]) -> Totals:
    """Return what cases add up to."""
    durations = [case.elapsed_ns for case in cases if case.elapsed_ns is not None]
    return Totals(
        packages=len({case.package for case in cases}),
        runs=len(cases),
        statuses=Counter(test.status for case in cases for test in case.tests),
        failures=sum(len(case.failures) for case in cases),
        elapsed_ns=sum(durations) if durations else None,
    )


def totals_line(totals: Totals) -> str:
    """Return totals as ``total: packages=1 runs=1 tests=3 pass=1 …``: one line, one order."""
    counts = {"packages": totals.packages, "runs": totals.runs, "tests": totals.tests}
    counts |= {str(status): totals.statuses[status] for status in TestStatus}
    counts["failures"] = totals.failures
    parts = [f"{name}={count}" for name, count in counts.items()]
    if totals.elapsed_ns is not None:
        parts.append(f"seconds={totals.elapsed_ns / 1e9:.3f}")
    return f"total: {' '.join(parts)}"


def slowest_tests(cases: Sequence[Case]) -> list[tuple[int, str, str]]:
    """Return duration in nanoseconds, name and package of the slowest tests, slowest first.

    Only tests that hold no others count: a parent takes as long as its subtests.
    """
    found = []
    for case in cases:
        parents = {test.parent for test in case.tests}
        for test in case.tests:
            took = test.elapsed_ns if test.elapsed_ns is not None else test.duration_ns
            known = test.has_duration and test.status is not TestStatus.UNFINISHED
            if known and test.index not in parents and took >= _SLOW_NS:
                found.append((took, test.name, case.package))
    return sorted(found, key=lambda row: (-row[0], row[1], row[2]))[:SLOWEST]
