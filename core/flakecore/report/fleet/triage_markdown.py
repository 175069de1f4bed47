"""A triage as Markdown, for an issue or a page that a job writes each night."""

from __future__ import annotations

from collections.abc import Iterator

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
from flakecore.report.markdown.escaping import code, escaped
from flakecore.text.counted import counted

_TESTS, _CLUSTERS = 50, 30


def render_triage_markdown(found: Triage, *, in_full: bool = False) -> bytes:
    """Return a triage as Markdown in UTF-8.

    Args:
        found: the triage.
        in_full: every test and every cluster, however many.
    """
    lines = ["# Flaky tests", "", escaped(totals_words(found.totals)), ""]
    if found.totals.damaged:
        unread = counted(found.totals.damaged, "bundle")
        lines += [f"{unread} could not be read.", ""]
    if words := filter_sentence(found.chosen):
        lines += [escaped(words), ""]
    lines += _tests(found, in_full)
    lines += _clusters(found, in_full)
    return ("\n".join(lines).rstrip("\n") + "\n").encode()


def _tests(found: Triage, in_full: bool) -> Iterator[str]:
    if not found.tests:
        yield from (nothing_words(found.chosen), "")
        return
    yield from ("| test | failed | over time | since, and what it goes with |", "| --- " * 4 + "|")
    shown = found.tests if in_full else found.tests[:_TESTS]
    for test in shown:
        beside = [since_words(test.since)] if test.since is not None else []
        beside += [each.sentence() for each in found.goes_with.get(test.number, ())]
        cells = (
            code(test.name),
            escaped(rate_words(test)),
            code(sparkline(test.trend)) if test.has_trend else "",
            escaped("; ".join(beside)),
        )
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
    yield ""
    if len(shown) < len(found.tests):
        yield from (f"{counted(len(found.tests) - len(shown), 'more test')} failed.", "")


def _clusters(found: Triage, in_full: bool) -> Iterator[str]:
    if not found.clusters:
        return
    yield from ("## Failures that share a cause or a signature", "")
    shown = found.clusters if in_full else found.clusters[:_CLUSTERS]
    for cluster in shown:
        days = days_words(cluster)
        yield f"### {escaped(cluster_words(cluster))}{f', {days}' if days else ''}"
        yield from ("", escaped(cluster.headline), "")
        for name in cluster.tests[:5]:
            yield f"- {code(name)}"
        if len(cluster.tests) > 5:
            yield f"- {counted(len(cluster.tests) - 5, 'other test')}"
        yield from ("", code(open_command(cluster.examples[0])), "")
    if len(shown) < len(found.clusters):
        yield f"{counted(len(found.clusters) - len(shown), 'more cluster')}."
