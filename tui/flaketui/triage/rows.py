"""The lines of the triage screen: a test, a cluster, and what is known of either."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from flakecore.comparison import Association
from flakecore.fleet.triage.clusters import Cluster
from flakecore.fleet.triage.flaky_tests import TREND, FlakyTest
from flakecore.report.fleet.triage_words import (
    cluster_words,
    days_words,
    rate_words,
    since_words,
    sparkline,
)
from flakecore.text.counted import counted
from flakecore.times import format_date
from flaketui.drawing.lines import StyledLine, cut_left
from flaketui.drawing.theme import Look

_WIDE = 90
"""Columns from which on there is room for a trend in each row."""
_SHARE, _COUNTS, _DAY, _SIZE, _TESTS = 7, 15, 10, 14, 12


def test_line(test: FlakyTest, look: Look, width: int, *, chosen: bool) -> StyledLine:
    """Return a test's row: its rate, counts, trend, last day and name."""
    line = StyledLine(look, width, "cursor" if chosen else "plain")
    share = f"{100 * test.failures / test.runs:.1f} %"
    line.add(" ").cell(share, _SHARE, "warn" if test.flaky else "bad", right=True)
    line.cell(f"{test.failures:,}/{test.runs:,}", _COUNTS, right=True)
    if width >= _WIDE:
        trend = sparkline(test.trend, ascii=look.ascii) if test.has_trend else ""
        line.cell(trend, TREND, "accent")
        line.cell(format_date(test.last_ns), _DAY, "muted")
    line.add(cut_left(test.name, max(line.left, 1), look.glyphs.ellipsis))
    return line


def cluster_line(cluster: Cluster, look: Look, width: int, *, chosen: bool) -> StyledLine:
    """Return a cluster's row: how large it is, its rule, its latest day and its sentence."""
    line = StyledLine(look, width, "cursor" if chosen else "plain")
    line.add(" ").cell(counted(cluster.failures, "failure"), _SIZE, "bad", right=True)
    line.cell(counted(len(cluster.tests), "test"), _TESTS, right=True)
    if width >= _WIDE:
        line.cell(format_date(cluster.last_ns), _DAY, "muted")
        line.cell(cluster.rule if cluster.is_cause else "", _SIZE, "accent")
    line.add(cluster.headline)
    line.add(" " * line.left)
    return line


def test_details(test: FlakyTest, goes_with: Sequence[Association] | None, width: int) -> list[str]:
    """Return what is known of a test, in lines.

    Args:
        test: the test.
        goes_with: the conditions that its failures go with; None while they are worked out.
        width: columns of a line.
    """
    parts = [test.name, f"failed {rate_words(test)}"]
    if test.since is not None:
        parts.append(since_words(test.since))
    if goes_with is None:
        parts.append("working out what its failures go with …")
    elif goes_with:
        parts += [f"associated: {each.sentence()}" for each in goes_with]
    else:
        parts.append("no condition that its failures go with")
    return _wrapped(parts, width)


def cluster_details(cluster: Cluster, width: int) -> list[str]:
    """Return what is known of a cluster, in lines."""
    parts = [cluster_words(cluster), f"latest: {cluster.headline}"]
    if days := days_words(cluster):
        parts.append(days)
    if not cluster.is_cause:
        parts.append(f"signature: {cluster.shared}")
    parts += [f"- {name}" for name in cluster.tests]
    return _wrapped(parts, width)


def _wrapped(parts: Sequence[str], width: int) -> list[str]:
    return [line for part in parts for line in textwrap.wrap(part, max(width, 20)) or [""]]
