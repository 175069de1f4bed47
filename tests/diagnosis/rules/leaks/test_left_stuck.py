"""Goroutines that passing tests leave in a wait of each kind, by all evidence and by less of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from diagnosis.checked_findings import explain_passed
from diagnosis.program_bundles import collected_program, named, sources_of
from diagnosis.rule_table import record_tests
from flakecore.timeline import Case
from timeline.captures import Capture
from toolchains import NEWEST

SHAPE = "left_stuck"
BEFORE_LEAK_PROFILES = "1.24.11"
RELEASES = (pytest.param(BEFORE_LEAK_PROFILES, marks=pytest.mark.slow), NEWEST)
LEFT = {
    "TestTakesTheFirst": (
        "left 2 goroutines stuck in a channel send at @first-sends, started at @first-sends"
    ),
    "TestCancelsASubscription": (
        "left GN stuck in a channel receive at @hub-range, started at @hub-starts"
    ),
    "TestSharesAFailedLoad": (
        "left GN stuck in a WaitGroup.Wait at @flight-waits, started at @flight-starts"
    ),
    "TestPinsOneNote": "left GN stuck in a Cond.Wait at @board-waits, started at @board-starts",
    "TestReportsToNobody": (
        "left GN stuck in a send on a nil channel at @meter-sends, started at @meter-starts"
    ),
    "TestFollows": (
        "left GN stuck in a channel receive at @follow-waits, started at @follow-starts"
    ),
    "TestSubscribesTwice": (
        "left 2 goroutines stuck in a channel receive at @topic-range, started at @topic-starts"
    ),
}
"""All other tests of the program are their sound twins."""
WITH_PAGE = {
    **LEFT,
    "TestTakesTheFirst": (
        "left 2 goroutines stuck at @first-sends; GN, which received last (@first-takes), ended"
    ),
    "TestCancelsASubscription": (
        "left GN stuck receiving at @hub-range; GN, which sent last (@hub-sends), ended"
    ),
    "TestPinsOneNote": "left GN stuck in a Cond.Wait at @board-waits; the last Broadcast,",
    "TestFollows": (
        "left GN stuck at @follow-waits; GN, which made the context (@follow-makes), ended "
        "without it"
    ),
}
"""The same with the other side of the wait, which the page has."""
BY_SOURCE = {
    **LEFT,
    "TestCancelsASubscription": (
        "left GN stuck at @hub-range; no goroutine is left that closes it (@hub-closes)"
    ),
    "TestPinsOneNote": (
        "left GN stuck at @board-waits; no goroutine is left that signals it (@board-signals)"
    ),
}
"""The same with the other side of the wait, as far as the source has it."""
IN_NO_DOUBT = "TestReportsToNobody"
"""What it waits for shows by itself that nothing ends it."""


def _left(run: Capture, case: Case, level: str, claims: dict[str, str] = LEFT) -> dict[str, str]:
    """Return what each test is told to have left, and note it for the table."""
    left = {}
    for each in explain_passed(case, sources_of(run)):
        if each.rule == "leak":
            test = case.tests[each.test].name
            claim = named(each.claim).removeprefix(f"{test} ").partition(" by GN")[0]
            assert test not in left, claim
            left[test] = claim
    tests = [test.name for test in case.tests]
    expected, told = (
        {test: [f"leak, {of[test]}"] if test in of else [] for test in tests}
        for of in (claims, left)
    )
    record_tests("leak", SHAPE, level, expected, told)
    return left


def _in_other_hands(run: Capture) -> set[str]:
    """Return the tests of whose waits a page has an address elsewhere, be it a stale word."""
    return {
        each.test
        for page in run.case.objects
        for each in page.goroutines
        for wait in each.waits
        if (found := page.by_address.get(wait.address)) is not None and found.reachable_from
    }


@pytest.mark.parametrize("release", RELEASES)
def test_each_is_told_with_its_page_and_their_twins_are_not(release: str) -> None:
    run = collected_program(SHAPE, "--no-race", release=release)
    left = _left(run, run.case, "page, dump and trace", WITH_PAGE)
    assert left.items() <= WITH_PAGE.items()
    assert LEFT.keys() - left.keys() <= _in_other_hands(run)


def test_without_a_page_the_collector_tells_whom_nothing_can_wake() -> None:
    run = collected_program(SHAPE, "--no-race")
    left = _left(run, replace(run.case, objects=()), "dump and trace", BY_SOURCE)
    assert left.items() <= BY_SOURCE.items()
    assert IN_NO_DOUBT in left
    assert len(left) > len(LEFT) / 2  # The collector, too, takes a stale word for an address.


@pytest.mark.slow
def test_by_the_trace_alone_they_are_told_to_wait_and_not_to_be_stuck() -> None:
    run = collected_program(SHAPE, "--no-race", release=BEFORE_LEAK_PROFILES)
    left = _left(run, replace(run.case, objects=(), dumps=()), "trace alone")
    expected = {
        test: claim if test == IN_NO_DOUBT else claim.replace(" stuck in ", " waiting in ")
        for test, claim in LEFT.items()
    }
    assert left == expected


def test_by_the_dump_alone_only_what_shows_by_itself_is_told() -> None:
    run = collected_program(SHAPE, "--no-race", release=NEWEST)
    case = replace(run.case, objects=(), schedule=None, trace=None, gc=None, annotations=None)
    assert _left(run, case, "dump alone") == {IN_NO_DOUBT: LEFT[IN_NO_DOUBT]}
