"""A failure as text: what failed, when and where, why, and what its goroutines were doing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flakecore.diagnosis import Finding, StateGroup, states_at
from flakecore.report.explainer import Explainer
from flakecore.report.text.finding_text import certainty_mark, evidence_text, finding_text, wrapped
from flakecore.report.text.output_text import cut
from flakecore.report.text.rows import aligned, set_apart
from flakecore.report.text.wait_text import wait_text
from flakecore.timeline import Case, Failure, FailureKind, TestStatus, own_frame
from flakecore.times import format_duration, format_time

_MESSAGE_LINES = 12
_GOROUTINES = 12

Explained = dict[tuple[str, ...], Failure]
"""The failure under which a claim stands already, by the words of the claim and of what it rests
on: where ``-count`` repeats a test, the same at other times."""


def failure_text(
    case: Case, failure: Failure, explainer: Explainer, explained: Explained
) -> Iterator[str]:
    """Yield the lines on a failure: what failed, its headline and evidence, goroutines and waits.

    Args:
        case: the case.
        failure: one of it.
        explainer: finds why.
        explained: claims that stand above already; those that are yielded are added to it.
    """
    findings = explainer.findings(case, failure)
    headline = explainer.headline(case, failure)
    first = explainer.leading(case, failure)
    yield _what_failed(case, failure)
    if first is not None:
        yield f"  {headline}{certainty_mark(first)}"
    # Of a race the message is no more than both accesses, which a claim has in fewer words.
    if first is None or first.rule != FailureKind.RACE:
        yield from _message(failure)
    if first is not None and first.claim != headline:
        first = None  # its claim was cut
    if first is not None:
        yield from set_apart(_evidence(first, failure, explained))
    others = [each for each in findings if each is not first]
    if others:
        yield ""
        for finding in others:
            yield from _other_finding(finding, failure, explained)
    doing = states_at(case, failure)
    if _goroutines_matter(failure, findings, doing):
        yield ""
        yield from _goroutines(case, failure, doing)
    if failure.kind is not FailureKind.ASSERTION or any(each.explains for each in findings):
        yield from set_apart(wait_text(explainer.waits(case, failure), failure.at_ns))


def _what_failed(case: Case, failure: Failure) -> str:
    place = f"  {failure.file}:{failure.line}" if failure.file else ""
    at = f" at {format_time(failure.at_ns, digits=6)}s" if case.timed else ""
    passed = failure.test >= 0 and case.tests[failure.test].status is TestStatus.PASS
    after = ", when the test had passed" if passed else ""
    return f"✗ {failure.test_name or '(no test named)'}  {failure.kind}{at}{after}{place}"


def _message(failure: Failure) -> Iterator[str]:
    if failure.subject:
        yield f"    in {cut(failure.subject)}:"
    lines = failure.message.splitlines()
    for line in lines[:_MESSAGE_LINES]:
        yield f"    {cut(line)}"
    if len(lines) > _MESSAGE_LINES:
        yield f"    … {len(lines) - _MESSAGE_LINES} more lines"


def _words(finding: Finding) -> tuple[str, ...]:
    return (finding.claim, *(each.text for each in finding.evidence))


def _evidence(finding: Finding, failure: Failure, explained: Explained) -> Iterator[str]:
    """Return what the finding of the headline rests on, unless that stands above."""
    above = explained.setdefault(_words(finding), failure)
    if above is not failure:
        yield f"    as for {above.test_name}, above"
    else:
        yield from evidence_text(finding, "    ", failure.message)


def _other_finding(finding: Finding, failure: Failure, explained: Explained) -> Iterator[str]:
    above = explained.setdefault(_words(finding), failure)
    if above is not failure:
        yield from wrapped(
            f"{finding.claim}{certainty_mark(finding)}, as for {above.test_name}.", "  - "
        )
    else:
        yield from finding_text(finding)


def _goroutines_matter(
    failure: Failure, findings: Sequence[Finding], groups: Sequence[StateGroup]
) -> bool:
    """Return whether goroutines have a part in a failure: none in a plain assertion."""
    if failure.kind is FailureKind.ASSERTION:
        return bool(groups) and any(finding.explains for finding in findings)
    if failure.kind is FailureKind.PANIC:
        return sum(len(group.intervals) for group in groups) > 1
    return bool(groups)


def _goroutines(case: Case, failure: Failure, groups: Sequence[StateGroup]) -> Iterator[str]:
    yield "  Its goroutines at that moment:"
    rows = []
    for group in groups[:_GOROUTINES]:
        interval = group.first
        frame = own_frame(interval.stack, case.package)
        count = f" ×{len(group.intervals)}" if len(group.intervals) > 1 else ""
        goroutine = case.schedule.goroutine(interval.lane.id) if case.schedule else None
        rows.append(
            (
                f"{interval.lane}{count}",
                interval.state.label,
                format_duration(group.duration_ns(failure.at_ns)),
                f"{frame.short_file}:{frame.line}" if frame else "",
                frame.short_function if frame else goroutine.short_function if goroutine else "",
            )
        )
    yield from aligned(rows)
    if len(groups) > _GOROUTINES:
        yield f"    … {len(groups) - _GOROUTINES} more kinds"
