"""How often each test fails, over time, and since which revision."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.comparison.statistics import chance_of_none, wilson_interval
from flakecore.fleet.triage.results import Results

TREND = 24
"""Equal spans of time that a trend has."""
_SURE = 0.05
"""p up to which passes before a first failure are taken for more than chance: the usual level."""


@dataclass(frozen=True, slots=True)
class Since:
    """The first revision at which a test was seen to fail.

    Attributes:
        revision: its id, cut.
        started_ns: when its first failing run began.
        runs_before: runs of the test at revisions that were first seen before that one.
        p: probability that as many runs would pass at the rate since; 1.0 without any.
    """

    revision: str
    started_ns: int
    runs_before: int
    p: float

    @property
    def sure(self) -> bool:
        """Whether the passes before it are more than luck."""
        return self.p <= _SURE


@dataclass(frozen=True, slots=True)
class FlakyTest:
    """A test that failed at least once.

    Attributes:
        number: its number in ``Results``.
        package, test: its name; "" for ``test`` is the package itself.
        runs, failures: results that passed or failed, and those that failed.
        drawn_runs, drawn_failures: those of runs whose conditions were drawn evenly. The others
            were under what had failed before, and give no rate.
        low, high: the 95 % interval of its rate, of these alone.
        trend: these in each of ``TREND`` equal spans of all time that is known.
        since: the first revision at which it failed; None if no revision is known.
        last_ns: when its last failing run began; 0 if unknown.
    """

    number: int
    package: str
    test: str
    runs: int
    failures: int
    drawn_runs: int
    drawn_failures: int
    low: float
    high: float
    trend: tuple[tuple[int, int], ...]
    since: Since | None
    last_ns: int

    @property
    def name(self) -> str:
        """Its full name behind its package and a dot."""
        return (
            f"{self.package}.{self.test}"
            if self.package and self.test
            else (self.package or self.test)
        )

    @property
    def has_trend(self) -> bool:
        """Whether it ran at times that are further apart than one span."""
        return sum(runs > 0 for runs, _ in self.trend) > 1

    @property
    def flaky(self) -> bool:
        """Whether it passed as well."""
        return self.failures < self.runs


def flaky_tests(results: Results) -> tuple[FlakyTest, ...]:
    """Return the tests that failed: those that passed as well first, then by failures."""
    tests = len(results.names)
    runs = _counted(results.test, results.count, tests)
    failing = np.flatnonzero(results.failed)
    failures = _counted(results.test[failing], results.count[failing], tests)
    counts = np.where(results.drawn, results.count, 0)
    drawn_runs = _counted(results.test, counts, tests)
    drawn_failures = _counted(results.test[failing], counts[failing], tests)
    spans, runs_by_span = _by_span(results, counts, tests)
    failures_by_span = _tally(results, counts, failing, spans, tests)
    order = np.argsort(results.test, kind="stable")
    bounds = np.searchsorted(results.test[order], np.arange(tests + 1))
    found = []
    for number in np.flatnonzero(failures).tolist():
        rows = order[bounds[number] : bounds[number + 1]]
        package, test = results.names[number]
        low, high = wilson_interval(int(drawn_failures[number]), int(drawn_runs[number]))
        began = results.started_ns[rows][results.failed[rows]]
        found.append(
            FlakyTest(
                number=number,
                package=package,
                test=test,
                runs=int(runs[number]),
                failures=int(failures[number]),
                drawn_runs=int(drawn_runs[number]),
                drawn_failures=int(drawn_failures[number]),
                low=low,
                high=high,
                trend=tuple(
                    zip(
                        runs_by_span[number].tolist(),
                        failures_by_span[number].tolist(),
                        strict=True,
                    )
                ),
                since=_since(results, rows),
                last_ns=int(began.max()),
            )
        )
    return tuple(sorted(found, key=lambda each: (not each.flaky, -each.failures, each.name)))


def _counted(
    numbers: NDArray[np.integer], weights: NDArray[np.integer], size: int
) -> NDArray[np.int64]:
    return np.bincount(numbers, weights, minlength=size).astype(np.int64)


def _by_span(
    results: Results, counts: NDArray[np.integer], tests: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the span of time of each row, ``TREND`` where unknown, and runs by test and span."""
    known = results.started_ns > 0
    spans = np.full(len(results.test), TREND, np.int64)
    if known.any():
        first, last = results.started_ns[known].min(), results.started_ns[known].max()
        width = max((int(last) - int(first)) // TREND + 1, 1)
        spans[known] = (results.started_ns[known] - first) // width
    return spans, _tally(results, counts, np.arange(len(spans)), spans, tests)


def _tally(
    results: Results,
    counts: NDArray[np.integer],
    rows: NDArray[np.int64],
    spans: NDArray[np.int64],
    tests: int,
) -> NDArray[np.int64]:
    cells = results.test[rows] * np.int64(TREND + 1) + spans[rows]
    counted = _counted(cells, counts[rows], tests * (TREND + 1))
    return counted.reshape(tests, TREND + 1)[:, :TREND]


def _since(results: Results, rows: NDArray[np.int64]) -> Since | None:
    """Return since which revision a test fails, of all its rows.

    Revisions are ordered by when a run of the test was first seen at them. Any run shows that it
    fails at one; how likely the passes before are is computed from runs drawn evenly.
    """
    known = np.array([bool(text) for text in [*results.revisions, ""]])[results.revision[rows]]
    rows = rows[known & (results.started_ns[rows] > 0)]
    failed = results.failed[rows]
    if not failed.any():
        return None
    revision, started = results.revision[rows], results.started_ns[rows]
    seen, places = np.unique(revision, return_inverse=True)
    first = np.full(len(seen), np.iinfo(np.int64).max)
    np.minimum.at(first, places, started)
    bad = np.unique(places[failed])
    culprit = bad[np.argmin(first[bad])]
    before = first[places] < first[culprit]
    count = np.where(results.drawn[rows], results.count[rows], 0)
    runs_before, runs_since = int(count[before].sum()), int(count[~before].sum())
    rate = int(count[failed].sum()) / runs_since if runs_since else 0.0
    return Since(
        revision=results.revisions[int(seen[culprit])],
        started_ns=int(started[failed & (places == culprit)].min()),
        runs_before=runs_before,
        p=chance_of_none(rate, runs_before) if runs_before else 1.0,
    )
