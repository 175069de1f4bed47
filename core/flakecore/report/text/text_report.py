"""The report as text, for a CI log: what failed, when, where, and what was going on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from flakecore.bundle import Bundle
from flakecore.comparison import recorded_runs, settings_of_run, settings_shown
from flakecore.frames import is_own, without_package_path
from flakecore.report.excerpt import Excerpt, OutputBudget
from flakecore.report.explainer import Explainer, Passed
from flakecore.report.hotspots import Hotspot, Hotspots, format_value, hotspots
from flakecore.report.runs.run_text import runs_in_short
from flakecore.report.text.dump_table import failure_table, other_dumps
from flakecore.report.text.failure_text import Explained, failure_text
from flakecore.report.text.finding_text import finding_text, wrapped
from flakecore.report.text.output_text import output_text
from flakecore.report.text.rows import aligned, set_apart
from flakecore.report.text.test_output import OutputOfTests, test_output
from flakecore.report.totals import slowest_tests, totals_line, totals_of
from flakecore.text.counted import counted
from flakecore.text.printable import clean, printable
from flakecore.timeline import (
    Case,
    CaseProfile,
    ClockMethod,
    Failure,
    TestStatus,
    load_profiles,
)
from flakecore.timeline.profiles.profile_series import whole_profiles
from flakecore.times import format_duration

_MOST_LOSSES = 20
_LEAST_SHARE = 0.05
"""Of a profile's sum, what a place has that is shown; ``flaketui profile`` has all."""


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
    header = f"{bundle.name}: {counted(packages, 'package')}"
    if len(cases) > packages:
        header += f", {counted(len(cases), 'run')}"
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
        yield from aligned(rows)
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
    outputs = OutputOfTests(case)
    shown_crashes: set[int] = set()  # crashes whose other goroutines have been shown
    explained: Explained = {}
    printed: set[int] = set()  # tests whose output has been shown
    for failure in excerpt.failures(case):
        yield ""
        yield from failure_text(case, failure, explainer, explained)
        if failure.test not in printed:
            output = list(test_output(failure, outputs.of(failure)))
            yield from set_apart(iter(output))
            printed |= {failure.test} if output else set()
        if failure.crash >= 0:
            with_others = failure.crash not in shown_crashes
            yield from set_apart(failure_table(case, failure, with_others=with_others))
            shown_crashes.add(failure.crash)
        yield from _before(case, failure, excerpt)
    if not excerpt.test:
        yield from _findings_besides(
            explainer.passed(case), alone=not case.failures and not case.tests
        )
        yield from other_dumps(case)
    if excerpt.output:
        yield from _output(case, excerpt, budget)
    rows = list(_profiles(profiles, case))
    if rows:
        yield ""
        yield "  Profiles, by the place in the package that they charge most:"
        yield from aligned(rows)
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
        name = " ".join(dict.fromkeys((found.kind, found.measure)))
        head = (name, format_value(found.total, found.unit))
        for place in places:
            share = f"{100 * place.value / found.total:.0f}%"
            where = f"{place.file.rpartition('/')[2]}:{place.line}" if place.file else ""
            where = where or (f"for {place.test}" if place.test else "")
            yield (*head, share.rjust(4), where, without_package_path(place.function))
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
        yield counted(case.schedule.procs, "proc")


def _results(case: Case) -> Iterator[str]:
    yield f"  {counted(len(case.tests), 'test')}"
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
    if case.clock.method is ClockMethod.TRACE or not len(case.output):
        return f"{extent}; no output to align with"
    return f"{extent}; output stamps agree with it to ±{format_duration(case.clock.error_ns)}"


def _findings_besides(found: Passed, *, alone: bool) -> Iterator[str]:
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
        yield f"  - {counted(found.known, 'finding')} of the baseline left out"


def _output(case: Case, excerpt: Excerpt, budget: OutputBudget) -> Iterator[str]:
    first, last, left_out = excerpt.lines(case, budget)
    yield ""
    yield "  Output, in the order it was printed:"
    lines = output_text(case, (*first, *last))
    yield from islice(lines, len(first))
    if left_out:
        yield f"  … {counted(left_out, 'line')} left out; --all shows all, --test those of one test"
    yield from lines


def _before(case: Case, failure: Failure, excerpt: Excerpt) -> Iterator[str]:
    if excerpt.last_ns is None:
        return
    lines, left_out = excerpt.lines_before(case, failure)
    yield ""
    whose = f" of {excerpt.test}" if excerpt.test else ""
    yield f"  Output{whose} of the {format_duration(excerpt.last_ns)} before it:"
    if left_out:
        yield f"    … {counted(left_out, 'earlier line')} left out; --all shows all"
    yield from output_text(case, lines) if lines else ("    none",)
