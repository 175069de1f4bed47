"""Runs of the programs under ``programs`` that left an objects page, told with it and without."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from diagnosis.checked_findings import explain
from diagnosis.program_bundles import collected_program
from diagnosis.program_runs import failure_of, sources_of, told
from diagnosis.rule_table import record
from flakecore.diagnosis import Finding, Weight
from timeline.captures import Capture
from toolchains import NEWEST

OLDER = "1.22.10"
WITHOUT_SOURCE = (
    *("lock-held", "chan-no-sender", "chan-no-receiver", "wait-cycle", "wait-group-stuck"),
)
"""What is told where no source tells a loop over a channel, nor who would never come to it, nor
that what is sent are slots, nor that a method locks for its callers, nor who is to call Done."""

BY_PAGE, BY_PAGE_ALONE = "page and source", "page without source"
"""Levels of evidence in the table of what the rules told."""


def page_run(shape: str, release: str = NEWEST) -> Capture:
    """Run all tests of a program, side by side, until their time is up, with all evidence."""
    arguments = ("--no-race", "-timeout", "4s", "--", "-parallel=64")
    return collected_program(shape, *arguments, release=release)


def page_findings(run: Capture, test: str, *, source: bool = True) -> tuple[Finding, ...]:
    """Return the findings on a test's failure with the page, and with the source or without."""
    sources = sources_of(run.case) if source else None
    return explain(run.case, failure_of(run.case, test), sources, run.bundle.manifest)


def causes_by_page(run: Capture, test: str, *, source: bool = True) -> list[str]:
    """Return the causes of a test's failure that are told with the page, as ``told`` has them."""
    found = page_findings(run, test, source=source)
    return [told(each) for each in found if each.weight is Weight.CAUSE]


def causes_without_page(run: Capture, test: str) -> list[Finding]:
    """Return the causes that are told of the same run by all its evidence but the page."""
    case = replace(run.case, objects=())
    found = explain(case, failure_of(case, test), sources_of(case), run.bundle.manifest)
    return [each for each in found if each.weight is Weight.CAUSE]


def is_in_other_hands(run: Capture, test: str) -> bool:
    """Return whether a page has a test's goroutines go on for no more than an address somewhere.

    A stack may hold a stale one, which makes a page careful and never wrong.
    """
    (page,) = run.case.objects
    waiting = [each for each in page.goroutines if each.test == test and each.state == "waiting"]
    return any(each.because == "object" for each in waiting)


def check_by_page(shape: str, release: str, test: str, *expected: str) -> None:
    """Assert what is told by a page, and that less evidence tells the same or less.

    Several claims are one, told from another of its goroutines on: which one has the lowest number
    is up to the scheduler.
    """
    run = page_run(shape, release)
    found = causes_by_page(run, test)
    rule = expected[0].partition(",")[0]
    is_expected = len(found) == 1 and found[0] in expected
    record(rule, BY_PAGE, found if is_expected else expected[:1], found)
    if not is_expected:
        assert is_in_other_hands(run, test), found
        assert found == [told(each) for each in causes_without_page(run, test)]
        return
    for less in causes_without_page(run, test):
        assert less.rule == rule, less.claim
    less_known = page_findings(run, test, source=False)
    record_less(rule, expected, [each for each in less_known if each.weight is Weight.CAUSE])
    for less in less_known:
        assert less.rule in (rule, *WITHOUT_SOURCE) or less.weight is not Weight.CAUSE, less.claim


def record_less(rule: str, expected: Sequence[str], causes: Sequence[Finding]) -> None:
    """Note what a page tells without the source, which may be less and bear a broader id."""
    found = [told(each) for each in causes]
    if len(found) == 1 and found[0] in expected:
        record(rule, BY_PAGE_ALONE, found, found)
        return
    broader = [
        f"{rule}, as {text}" if each.rule in WITHOUT_SOURCE else text
        for each, text in zip(causes, found, strict=True)
    ]
    record(rule, BY_PAGE_ALONE, expected[:1], broader)


def check_no_cause_by_page(shape: str, release: str, test: str) -> None:
    """Assert that a page makes nothing a cause in a test that is sound."""
    run = page_run(shape, release)
    for level, source in ((BY_PAGE, True), (BY_PAGE_ALONE, False)):
        found = causes_by_page(run, test, source=source)
        record(f"({shape})", level, [], found)
        assert found == [], level
