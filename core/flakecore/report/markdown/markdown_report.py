"""The report as Markdown, to be pasted into an issue or a pull request."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from flakecore.bundle import Bundle
from flakecore.comparison import settings_of_run, settings_shown
from flakecore.diagnosis import Finding, Place
from flakecore.gotest.run_flag import run_flag
from flakecore.gotrace import Frame
from flakecore.report.excerpt import Excerpt
from flakecore.report.explainer import Explainer
from flakecore.report.markdown.escaping import code, escaped, fenced
from flakecore.report.markdown.text_timeline import text_timeline
from flakecore.report.text.finding_text import beyond_message, certainty_mark
from flakecore.report.text.output_text import cut
from flakecore.report.text.wait_text import grouped_waits, waits_title
from flakecore.text.counted import counted
from flakecore.text.printable import printable_lines
from flakecore.timeline import Case, Failure, FailureKind
from flakecore.timeline.sources import Sources
from flakecore.times import format_duration, format_time

_MESSAGE_LINES = 12
_EVIDENCE = 6
_EXCERPTS = 4
"""Places of a finding that are shown with their source lines."""


def render_markdown(
    bundle: Bundle,
    cases: Sequence[Case],
    excerpt: Excerpt | None = None,
    explainer: Explainer | None = None,
) -> str:
    """Return the report on a bundle as Markdown with a newline at its end.

    Args:
        bundle: the bundle.
        cases: those of it that are reported on.
        excerpt: the tests that are reported on; all without it. Output is not part of it.
        explainer: finds why; without it, one with no other folder and no baseline.
    """
    explainer = explainer or Explainer(bundle)
    excerpt = excerpt or Excerpt()
    lines: list[str] = []
    for case in cases:
        lines += _case(bundle, case, excerpt, explainer)
    return printable_lines("\n".join(lines)) + "\n"


def _case(bundle: Bundle, case: Case, excerpt: Excerpt, explainer: Explainer) -> Iterator[str]:
    facts = [f"run {case.attempt}" if case.attempt else "", case.go_version]
    facts += ["race" if case.race else ""]
    failures = excerpt.failures(case)
    facts += [counted(len(case.tests), "test"), counted(len(failures), "failure")]
    yield f"### {escaped(case.package or '(no package named)')}"
    yield ""
    yield escaped(" · ".join(each for each in facts if each))
    manifest = bundle.manifest
    if manifest and (given := settings_shown(settings_of_run(manifest, case.attempt))):
        yield ""
        yield escaped(f"Under {', '.join(given)}.")
    for failure in failures:
        yield from _failure(bundle, case, failure, explainer)
    besides = explainer.passed(case)
    if not excerpt.test and besides.findings:
        yield ""
        yield "#### Found besides"
        for finding in besides.findings:
            yield from _finding(finding, explainer.sources_of(case), set())
    yield ""


def _failure(bundle: Bundle, case: Case, failure: Failure, explainer: Explainer) -> Iterator[str]:
    yield ""
    yield f"#### {escaped(failure.test_name or '(no test named)')}: {failure.kind}"
    yield ""
    findings = explainer.findings(case, failure)
    headline = explainer.headline(case, failure)
    first = explainer.leading(case, failure)
    sure = f"{certainty_mark(first)} {code(first.rule)}" if first is not None else ""
    yield f"**{escaped(headline)}**{sure}"
    yield ""
    at = f"at {format_time(failure.at_ns, digits=6)}s" if case.timed else ""
    place = f"in {failure.file.rpartition('/')[2]}:{failure.line}" if failure.file else ""
    where = " ".join(each for each in (at, place) if each)
    if first is not None and first.rule == FailureKind.RACE:
        yield f"It was found {escaped(where)}." if where else "It was found by the race detector."
    else:
        yield f"It said {escaped(where)}:" if where else "It said:"
        yield ""
        lines = failure.message.splitlines()
        more = len(lines) - _MESSAGE_LINES
        message = [cut(line) for line in lines[:_MESSAGE_LINES]]
        yield from fenced([*message, f"… {more} more lines"] if more > 0 else message, "text")
    drawn = text_timeline(case, failure, findings)
    if drawn:
        yield ""
        yield "What its goroutines were in until then:"
        yield ""
        yield from fenced(drawn, "text")
    sources = explainer.sources_of(case)
    shown: set[tuple[str, int]] = set()
    if first is not None and first.claim == headline:  # not cut
        yield ""
        yield from _evidence(first, "", sources, shown, failure.message)
    for finding in findings:
        if finding is not first or first.claim != headline:
            yield from _finding(finding, sources, shown)
    waits = explainer.waits(case, failure)
    if waits and failure.kind is not FailureKind.ASSERTION:
        yield ""
        yield f"{waits_title(waits, failure.at_ns)}:"
        yield ""
        for who, text in grouped_waits(waits):
            yield f"- {escaped(who)} {escaped(text)}"
    if failure.kind is not FailureKind.BUILD:
        yield ""
        yield "Run it again:"
        yield ""
        yield from fenced([_again(bundle, case, failure)], "sh")


def _finding(finding: Finding, sources: Sources, shown: set[tuple[str, int]]) -> Iterator[str]:
    yield ""
    yield f"- {escaped(finding.claim)}{certainty_mark(finding)} {code(finding.rule)}"
    yield from _evidence(finding, "  ", sources, shown)


def _evidence(
    finding: Finding,
    indent: str,
    sources: Sources,
    shown: set[tuple[str, int]],
    message: str = "",
) -> Iterator[str]:
    """Yield what a finding rests on, what to do next and its source lines, without its claim.

    What only repeats the failure's message, which stands above, is left out, and so are source
    lines that stand above.

    Args:
        finding: the finding.
        indent: what the lines begin with.
        sources: where source lines may be found.
        shown: files and lines that stand above; those that are yielded are added.
        message: of the failure.
    """
    evidence = beyond_message(finding, message)
    for each in evidence[:_EVIDENCE]:
        at = f" (at {format_duration(each.time_ns)})" if each.time_ns is not None else ""
        yield f"{indent}- {escaped(each.text + at)}"
    if len(evidence) > _EVIDENCE:
        yield f"{indent}- {len(evidence) - _EVIDENCE} more"
    if finding.next:
        yield f"{indent}- next: {escaped(finding.next)}"
    source = list(_source(finding.places, sources, shown))
    if source:
        yield ""
        yield from (f"{indent}{line}" for line in fenced(source, "go"))


def _source(
    places: Sequence[Place], sources: Sources, shown: set[tuple[str, int]]
) -> Iterator[str]:
    """Return the source lines of the first places whose files are at hand, unless shown above."""
    seen: dict[tuple[str, int], Place] = {}
    for place in places:
        seen.setdefault((place.file, place.line), place)
    for place in list(seen.values())[:_EXCERPTS]:
        found = sources.excerpt(Frame(place.function, place.file, place.line), 1)
        if found is None or (place.file, place.line) in shown:
            continue
        shown.add((place.file, place.line))
        yield f"// {place.file.rpartition('/')[2]}:{place.line}  {place.words}"
        for number, line in enumerate(found.lines, found.first):
            yield f"{'>' if number == found.line else ' '}{number:5}  {line}"


def _again(bundle: Bundle, case: Case, failure: Failure) -> str:
    """Return the command that runs what failed again."""
    manifest = bundle.manifest
    if manifest is not None and manifest.packages and manifest.exit_code:
        return f"flaketui collect --replay {shlex.quote(bundle.name)}"
    name = failure.test_name if failure.test >= 0 else ""
    run = f" {run_flag(name)}" if name else ""
    race = " -race" if case.race else ""
    # No import path begins with a dash: what a log names so would be a flag.
    package = case.package if not case.package.startswith("-") else ""
    return f"go test{race} -count=10{run} {shlex.quote(package or '.')}"
