"""The words and marks that all forms of a triage share."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from flakecore.comparison import drawn_rate_sentence
from flakecore.comparison.statistics import p_shown
from flakecore.fleet.triage.clusters import Cluster, FailurePlace
from flakecore.fleet.triage.flaky_tests import FlakyTest, Since
from flakecore.fleet.triage.results import TriageFilter
from flakecore.fleet.triage.triage import FleetTotals
from flakecore.text.counted import counted
from flakecore.times import format_date

_LEVELS = "▁▂▃▄▅▆▇█"
_ASCII_LEVELS = "12345678"


def sparkline(trend: Sequence[tuple[int, int]], *, ascii: bool = False) -> str:  # noqa: A002
    """Return a rate over time: a bar where it failed, a dot where it only passed, a gap for none.

    Bars are as high as the rate stands to the highest of this test.

    Args:
        trend: runs and failures in each span.
        ascii: digits instead of bars, 8 for the highest.
    """
    levels = _ASCII_LEVELS if ascii else _LEVELS
    rates = [failures / runs if runs else 0.0 for runs, failures in trend]
    highest = max(rates, default=0.0)
    cells = []
    for (runs, failures), rate in zip(trend, rates, strict=True):
        if failures:
            cells.append(levels[round(rate / highest * (len(levels) - 1))])
        else:
            cells.append(("." if ascii else "·") if runs else " ")
    return "".join(cells)


def rate_words(test: FlakyTest) -> str:
    """Return how often a test failed, with the interval of its rate."""
    if not test.flaky:
        return f"{test.failures:,} of {test.runs:,}: it never passed"
    return drawn_rate_sentence(test.drawn_failures, test.drawn_runs, test.failures, test.runs)


def since_words(since: Since) -> str:
    """Return since which revision a test fails, and whether luck may have hidden it before."""
    day = format_date(since.started_ns)
    at = f"first failed at revision {since.revision}" + (f" ({day})" if day else "")
    if not since.runs_before:
        return f"{at}; it has no runs at earlier ones"
    before = f"0 of {since.runs_before:,} runs before"
    if since.sure:
        return f"{at}; {before} (p = {p_shown(since.p)} at the rate since)"
    return f"{at}; {before}, too few to tell that from luck"


def totals_in_short(totals: FleetTotals) -> str:
    """Return how many bundles and runs a fleet has, and of which days."""
    words = f"{counted(totals.bundles, 'bundle')}, {counted(totals.runs, 'run')}"
    begin, end = format_date(totals.first_ns), format_date(totals.last_ns)
    if begin:
        words += f", {begin}" if begin == end else f", {begin} to {end}"
    return words


def totals_words(totals: FleetTotals) -> str:
    """Return how large a fleet is, and how many of its runs failed."""
    failed = drawn_rate_sentence(
        totals.drawn_failed_runs, totals.drawn_runs, totals.failed_runs, totals.runs
    )
    return f"{totals_in_short(totals)}; runs that failed: {failed}"


def filter_sentence(chosen: TriageFilter) -> str:
    """Return what is looked at alone, as a sentence; "" for all."""
    asked = (
        f"{name} {value}"
        for name in ("package", "test", "branch", "rule")
        if (value := getattr(chosen, name))
    )
    words = ", ".join(asked)
    return f"Only {words}." if words else ""


def nothing_words(chosen: TriageFilter) -> str:
    """Return that nothing failed: behind a filter, that does not mean that such a test ran."""
    return "No failure is of these." if filter_sentence(chosen) else "No test failed."


def cluster_words(cluster: Cluster) -> str:
    """Return how large a cluster is, and what its failures share."""
    size = f"{counted(cluster.failures, 'failure')} of {counted(len(cluster.tests), 'test')}"
    where = f"in {counted(cluster.bundles, 'bundle')}"
    shares = f"{cluster.rule} ({cluster.certainty})" if cluster.is_cause else "one signature"
    return f"{size} {where}: {shares}"


def days_words(cluster: Cluster) -> str:
    """Return from when to when a cluster was seen; "" if unknown."""
    first, last = format_date(cluster.first_ns), format_date(cluster.last_ns)
    return first if first == last else f"{first} to {last}"


def open_command(place: FailurePlace) -> str:
    """Return the command that opens the explorer at a failure."""
    words = ["flaketui", place.bundle]
    for option, value in (
        ("--package", place.package),
        ("--attempt", place.attempt),
        ("--test", place.test),
    ):
        words += [option, value] if value else []
    return shlex.join(words)
