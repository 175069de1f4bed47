"""A triage as text: the flaky tests, then what their failures share."""

from __future__ import annotations

from collections.abc import Iterator

from flakecore.fleet.triage.clusters import Cluster
from flakecore.fleet.triage.flaky_tests import FlakyTest
from flakecore.fleet.triage.triage import Triage
from flakecore.report.fleet.triage_words import (
    cluster_words,
    days_words,
    filter_sentence,
    nothing_words,
    open_command,
    rate_words,
    since_words,
    sparkline,
    totals_words,
)
from flakecore.report.text.finding_text import wrapped
from flakecore.text.counted import counted
from flakecore.text.printable import clean, printable

_TESTS, _CLUSTERS = 20, 20
"""Of each so many are shown, unless all are asked for; JSON has all."""
_OF_CLUSTER = 3


def render_triage_text(found: Triage, *, in_full: bool = False) -> bytes:
    """Return a triage as text in UTF-8.

    Args:
        found: the triage.
        in_full: every test and every cluster, however many.
    """
    tests = found.tests if in_full else found.tests[:_TESTS]
    groups = found.clusters if in_full else found.clusters[:_CLUSTERS]
    lines = [*_head(found), ""]
    for test in tests:
        lines += [*_test(found, test), ""]
    if len(tests) < len(found.tests):
        lines += [f"… {counted(len(found.tests) - len(tests), 'more test')}; --all lists them", ""]
    if groups:
        lines += ["Failures that share a cause or a signature:", ""]
    for cluster in groups:
        lines += [*_cluster(cluster), ""]
    if len(groups) < len(found.clusters):
        rest = len(found.clusters) - len(groups)
        lines += [f"… {counted(rest, 'more cluster')}; --all lists them", ""]
    return ("\n".join(printable(clean(line)) for line in lines[:-1]) + "\n").encode()


def _head(found: Triage) -> Iterator[str]:
    yield totals_words(found.totals)
    if found.totals.damaged:
        yield f"{counted(found.totals.damaged, 'bundle')} could not be read; the table says why"
    if words := filter_sentence(found.chosen):
        yield words
    if not found.tests:
        yield nothing_words(found.chosen)


def _test(found: Triage, test: FlakyTest) -> Iterator[str]:
    yield test.name
    yield f"  failed {rate_words(test)}"
    if test.has_trend:
        yield f"  over time |{sparkline(test.trend)}|"
    if test.since is not None:
        yield from wrapped(since_words(test.since), "  ")
    for each in found.goes_with.get(test.number, ()):
        yield from wrapped(f"{each.sentence()}.", "  associated: ")


def _cluster(cluster: Cluster) -> Iterator[str]:
    days = days_words(cluster)
    yield cluster_words(cluster) + (f", {days}" if days else "")
    yield from wrapped(f"latest: {cluster.headline}", "  ")
    if not cluster.is_cause:
        yield from wrapped(cluster.shared, "  signature: ")
    for name in cluster.tests[:_OF_CLUSTER]:
        yield f"  - {name}"
    if len(cluster.tests) > _OF_CLUSTER:
        yield f"  - … {counted(len(cluster.tests) - _OF_CLUSTER, 'other test')}"
    yield f"  {open_command(cluster.examples[0])}"
