"""The report as text, for a CI log: what failed, when, where, and what was going on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from flakecore.bundle import Bundle
from flakecore.comparison import recorded_runs, settings_of_run, settings_shown
from flakecore.diagnosis import Evidence, Finding, StateGroup, states_at
from flakecore.diagnosis.headline import cut_to_headline
from flakecore.frames import is_own
from flakecore.report.excerpt import Excerpt, OutputBudget
from flakecore.report.explainer import Explainer, Passed
from flakecore.report.hotspots import Hotspot, Hotspots, format_value, hotspots
from flakecore.report.runs.run_text import runs_in_short
from flakecore.report.text.dump_table import failure_table, other_dumps
from flakecore.report.text.finding_text import certainty_mark, evidence_text, finding_text, wrapped
from flakecore.report.text.output_text import cut, output_text
from flakecore.report.text.test_output import OutputOfTests, test_output
from flakecore.report.text.wait_text import wait_text
from flakecore.report.totals import slowest_tests, totals_line, totals_of
from flakecore.text.printable import clean, printable
from flakecore.timeline import (
    Case,
    CaseProfile,
    ClockMethod,
    Failure,
    FailureKind,
    TestStatus,
    load_profiles,
    own_frame,
)
from flakecore.timeline.profiles.profile_series import whole_profiles
from flakecore.times import format_duration, format_time

_MESSAGE_LINES = 12
_GOROUTINES = 12
_MOST_LOSSES = 20
_LEAST_SHARE = 0.05
"""Of a profile's sum, what a place has that is shown; ``flaketui profile`` has all."""


Explained = dict[tuple[str, tuple[Evidence, ...]], Failure]
"""The failure under which a claim stands already, by the claim and what it rests on."""


def render_text(
    bundle: Bundle,
    cases: Sequence[Case],
    excerpt: Excerpt | None = None,
    explainer: Explainer | None = None,
) -> str:
    """Return the report on a bundle as text with a newline at its end.

    Args:
        bundle: the bundle.
        cases: those of it that are reported on.
        excerpt: which output is part of it, and of which tests; none, and of all, without it.
        explainer: finds why; without it, one with no other folder and no baseline.
    """
    explainer = explainer or Explainer(bundle)
    excerpt = excerpt or Excerpt()
    budget = OutputBudget()
    blocks = [_lines(_case(bundle, case, excerpt, explainer, budget)) for case in cases]
    packages = len({case.package for case in cases})
    header = f"{bundle.name}: {_count(packages, 'package')}"
    if len(cases) > packages:
        header += f", {_count(len(cases), 'run')}"
    head = [header, *runs_in_short(recorded_runs(bundle))]
    return "\n\n".join([_lines(head), *blocks, _lines(_totals(cases))]) + "\n"


def _lines(lines: Iterable[str]) -> str:
    """Return lines whose names of packages, tests, files and functions may be hostile."""
    return "\n".join(printable(clean(line)) for line in lines)


def _totals(cases: Sequence[Case]) -> Iterator[str]:
    """Yield the slowest tests, and a line of totals in words that do not change."""
    slowest = slowest_tests(cases)
    if slowest:
        yield "Slowest tests:"
        rows = [(format_duration(took), name, package) for took, name, package in slowest]
        yield from _table(rows)
        yield ""
    yield totals_line(totals_of(cases))


def _case(
    bundle: Bundle, case: Case, excerpt: Excerpt, explainer: Explainer, budget: OutputBudget
) -> Iterator[str]:
    profiles, profile_losses = load_profiles(bundle, case)
    yield "  ".join(_title(case))
    yield "  ".join(_results(case))
    manifest = bundle.manifest
    if manifest and (given := settings_shown(settings_of_run(manifest, case.attempt))):
        yield from wrapped(f"under {', '.join(given)}", "  ")
    yield f"  {_clock(case)}"
    said = OutputOfTests(case)
    told: set[int] = set()  # crashes whose other goroutines have been shown
    explained: Explained = {}
    for failure in excerpt.failures(case):
        yield ""
        yield from _failure(case, failure, explainer, explained)
        yield from _block(test_output(failure, said.of(failure)))
        if failure.crash >= 0:
            with_others = failure.crash not in told
            yield from _block(failure_table(case, failure, with_others=with_others))
            told.add(failure.crash)
        yield from _before(case, failure, excerpt)
    if not excerpt.test:
        yield from _besides(explainer.passed(case), alone=not case.failures and not case.tests)
        yield from other_dumps(case)
    if excerpt.output:
        yield from _output(case, excerpt, budget)
    rows = list(_profiles(profiles, case))
    if rows:
        yield ""
        yield "  Profiles, by the place in the package that they charge most:"
        yield from _table(rows)
    losses = excerpt.losses((*case.losses, *profile_losses, *explainer.losses(case)), _MOST_LOSSES)
    if losses:
        yield ""
        yield "  Missing or damaged:"
        for loss in losses:
            yield from wrapped(str(loss), "  - ")


def _profiles(profiles: Sequence[CaseProfile], case: Case) -> Iterator[tuple[str, ...]]:
    """Yield rows of the profiles that charge enough of their sum to code that is not Go's own."""
    for profile in whole_profiles(profiles):
        found = hotspots(profile, case)
        places = [each for each in found.places if not each.file or _is_much(each, found, case)]
        if not any(each.file for each in places):
            continue
        head = (f"{found.kind} {found.measure}", format_value(found.total, found.unit))
        for place in places:
            share = f"{100 * place.value / found.total:.0f}%"
            where = f"{place.file.rpartition('/')[2]}:{place.line}" if place.file else ""
            where = where or (f"for {place.test}" if place.test else "")
            yield (*head, share.rjust(4), where, place.function.rpartition("/")[2])
            head = ("", "")


def _is_much(place: Hotspot, found: Hotspots, case: Case) -> bool:
    return is_own(place, case.package) and place.value >= _LEAST_SHARE * found.total


def _title(case: Case) -> Iterator[str]:
    yield case.package or "(no package named)"
    if case.attempt:
        yield f"run {case.attempt}"
    if case.go_version:
        yield case.go_version
    if case.race:
        yield "race"
    if case.schedule is not None:
        yield _count(case.schedule.procs, "proc")


def _results(case: Case) -> Iterator[str]:
    yield f"  {_count(len(case.tests), 'test')}"
    counts = Counter(test.status for test in case.tests)
    for status in TestStatus:
        if counts[status]:
            yield f"{counts[status]} {_STATUS_WORDS[status]}"
    took = case.end_ns - case.start_ns
    if case.trace is None and case.elapsed_ns is not None:
        took = case.elapsed_ns
    if took or case.trace is not None:
        yield f"in {format_duration(took)}"


_STATUS_WORDS = {
    TestStatus.PASS: "passed",
    TestStatus.FAIL: "failed",
    TestStatus.SKIP: "skipped",
    TestStatus.UNFINISHED: "unfinished",
}


def _clock(case: Case) -> str:
    if case.trace is None:
        what = "times are the output's own stamps" if len(case.output) else "no test output either"
        if len(case.output) and not case.timed:
            what = "the output has no times but the durations that results tell"
        return f"no trace: {what}"
    extent = (
        f"trace: {case.trace.events:,} events, {len(case.trace.goroutines.lanes):,} goroutines"
        f", {format_duration(sum(end - start for start, end in case.trace.recorded))}"
    )
    if case.clock.method is ClockMethod.TRACE:
        return f"{extent}; no output to align with"
    return f"{extent}; output stamps agree with it to ±{format_duration(case.clock.error_ns)}"


def _besides(found: Passed, *, alone: bool) -> Iterator[str]:
    """Return the findings that belong to no failure.

    Args:
        found: the findings.
        alone: whether nothing is known but stacks of goroutines.
    """
    if not found.findings and not found.known:
        return
    yield ""
    yield "  Found in the stacks:" if alone else "  Found besides:"
    for finding in found.findings:
        yield from finding_text(finding)
    if found.known:
        yield f"  - {_count(found.known, 'finding')} of the baseline left out"


def _failure(
    case: Case, failure: Failure, explainer: Explainer, explained: Explained
) -> Iterator[str]:
    findings = explainer.findings(case, failure)
    headline = explainer.headline(case, failure)
    first = next((each for each in findings if cut_to_headline(each.claim) == headline), None)
    yield _what_failed(case, failure)
    if first is not None:
        yield f"  {headline}{certainty_mark(first)}"
    # Of a race the message is no more than both accesses, which a claim has in fewer words.
    if first is None or first.rule != FailureKind.RACE:
        yield from _message(failure)
    if first is not None and first.claim != headline:
        first = None  # its claim was cut
    if first is not None:
        yield from _block(_evidence(first, failure, explained))
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
        yield from _block(wait_text(explainer.waits(case, failure), failure.at_ns))


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


def _evidence(finding: Finding, failure: Failure, explained: Explained) -> Iterator[str]:
    """Return what the finding of the headline rests on, unless that stands above."""
    above = explained.setdefault((finding.claim, finding.evidence), failure)
    if above is not failure:
        yield f"    as for {above.test_name}, above"
    else:
        yield from evidence_text(finding, "    ", failure.message)


def _other_finding(finding: Finding, failure: Failure, explained: Explained) -> Iterator[str]:
    above = explained.setdefault((finding.claim, finding.evidence), failure)
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


def _block(lines: Iterator[str]) -> Iterator[str]:
    """Return lines with an empty one above, nothing if there are none."""
    first = next(lines, None)
    if first is not None:
        yield ""
        yield first
        yield from lines


def _output(case: Case, excerpt: Excerpt, budget: OutputBudget) -> Iterator[str]:
    first, last, left_out = excerpt.lines(case, budget)
    yield ""
    yield "  Output, in the order it was printed:"
    lines = output_text(case, (*first, *last))
    yield from islice(lines, len(first))
    if left_out:
        yield f"  … {_count(left_out, 'line')} left out; --all shows all, --test those of one test"
    yield from lines


def _before(case: Case, failure: Failure, excerpt: Excerpt) -> Iterator[str]:
    if excerpt.last_ns is None:
        return
    lines, left_out = excerpt.lines_before(case, failure)
    yield ""
    whose = f" of {excerpt.test}" if excerpt.test else ""
    yield f"  Output{whose} of the {format_duration(excerpt.last_ns)} before it:"
    if left_out:
        yield f"    … {_count(left_out, 'earlier line')} left out; --all shows all"
    yield from output_text(case, lines) if lines else ("    none",)


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
    yield from _table(rows)
    if len(groups) > _GOROUTINES:
        yield f"    … {len(groups) - _GOROUTINES} more kinds"


def _table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        padded = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield f"    {'  '.join(padded)}".rstrip()


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
