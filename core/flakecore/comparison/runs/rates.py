"""How often each test fails, with the interval in which its rate lies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from flakecore.comparison.predicates.predicate_associations import (
    PredicateAssociation,
    predicate_associations,
)
from flakecore.comparison.runs.association import Association, associations
from flakecore.comparison.runs.run import Run
from flakecore.comparison.statistics import highest_rate_of_none, wilson_interval


@dataclass(frozen=True, slots=True)
class FailureRate:
    """How often something failed.

    Attributes:
        name: full name of the test behind its package and a dot, or the package.
        failures: runs in which it failed.
        runs: all runs of its package.
        drawn_failures, drawn_runs: those whose conditions were drawn evenly (``Run.drawn``). The
            others ran under what had failed before, and give no rate.
        low, high: 95 % interval of the rate, of these alone.
        signatures: how often each signature was seen, the most frequent first.
        goes_with: the conditions that its failures go with.
        predicates: what happened inside the runs that its failures go with.
    """

    name: str
    failures: int
    runs: int
    drawn_failures: int
    drawn_runs: int
    low: float
    high: float
    signatures: tuple[tuple[str, int], ...]
    goes_with: tuple[Association, ...]
    predicates: tuple[PredicateAssociation, ...]

    def sentence(self) -> str:
        """Return ``9 of 52, 17.3 % (95 %: 9.4 to 29.7 %)``; of none how often it may fail still."""
        return drawn_rate_sentence(self.drawn_failures, self.drawn_runs, self.failures, self.runs)


def rate_sentence(failures: int, runs: int) -> str:
    """Return a rate with its 95 % interval; for no failure the rate that it is below."""
    if failures == 0:
        return f"0 of {runs:,}, below {100 * highest_rate_of_none(runs):.2g} % (95 %)"
    low, high = wilson_interval(failures, runs)
    share = f"{failures:,} of {runs:,}, {100 * failures / runs:.1f} %"
    return f"{share} (95 %: {100 * low:.1f} to {100 * high:.1f} %)"


def drawn_rate_sentence(drawn_failures: int, drawn_runs: int, failures: int, runs: int) -> str:
    """Return a rate with its interval, of runs whose conditions were drawn evenly, and all counts.

    Where all runs were, it is that of all: ``9 of 52, 17.3 % (…)``; else ``9 of 52 drawn evenly,
    17.3 % (…); 40 of 90 in all``.
    """
    if not 0 < drawn_runs < runs:
        return rate_sentence(failures, runs)
    counts, _, rate = rate_sentence(drawn_failures, drawn_runs).partition(", ")
    return f"{counts} drawn evenly, {rate}; {failures:,} of {runs:,} in all"


def failure_rates(runs: Sequence[Run]) -> tuple[FailureRate, ...]:
    """Return what failed in any run, the most frequent first.

    A test whose subtest failed in the same runs, and in no others, is left out.
    """
    failures = Counter(name for run in runs for name in set(run.failed))
    found = []
    for name, count in failures.items():
        if _is_of_a_subtest(name, failures):
            continue
        of_package = [run for run in runs if _ran(run, name)]
        drawn = [run for run in of_package if run.drawn]
        drawn_failures = sum(name in run.failed for run in drawn)
        low, high = wilson_interval(drawn_failures, len(drawn))
        signatures = Counter(run.signatures[name] for run in of_package if name in run.signatures)
        found.append(
            FailureRate(
                name=name,
                failures=count,
                runs=len(of_package),
                drawn_failures=drawn_failures,
                drawn_runs=len(drawn),
                low=low,
                high=high,
                signatures=tuple(signatures.most_common()),
                goes_with=associations(of_package, partial(_failed_in, name)),
                predicates=what_happened(of_package, name),
            )
        )
    return tuple(sorted(found, key=lambda rate: (-rate.failures, rate.name)))


def what_happened(runs: Sequence[Run], name: str) -> tuple[PredicateAssociation, ...]:
    """Return what happened inside the runs that the failures of a test go with.

    Args:
        runs: those of its package; runs of which no events are kept do not count.
        name: its full name, behind its package and a dot.
    """
    noted = [run for run in runs if name in run.records]
    return predicate_associations(
        [run.records[name] for run in noted], [name in run.failed for run in noted]
    )


def _failed_in(name: str, run: Run) -> bool:
    return name in run.failed


def _is_of_a_subtest(name: str, failures: Counter[str]) -> bool:
    return any(
        other.startswith(f"{name}/") and failures[other] == failures[name] for other in failures
    )


def _ran(run: Run, name: str) -> bool:
    """Return whether a run ran the package of a test; of an unknown package every run may have."""
    return (
        not run.packages
        or name in run.failed
        or any(name == package or name.startswith(f"{package}.") for package in run.packages)
    )
