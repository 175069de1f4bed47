"""What a passing test left that goes on, but that nobody can end, and what somebody can."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from diagnosis.program_bundles import collected_program, findings_besides, named
from diagnosis.rule_table import record_tests
from flakecore.diagnosis import Certainty
from timeline.captures import Capture
from toolchains import NEWEST

OLDER = "1.22.10"
TICKING = "left GN ticking in a select at @watches, started at @starts-watchdog"
LEFT = {
    "TestKeepsAWatchdog": TICKING,
    "TestKeepsAnIterator": "left GN at the yield of an iterator (@yields) that iter.Pull began",
    "TestReadsALine": "left GN at the yield of an iterator (@yields-lines) that iter.Pull began",
    "TestKeepsABody": "left GN stuck until the body of an HTTP response is closed",
}


def _run(release: str) -> Capture:
    return collected_program("left_running", "--no-race", release=release)


def _left(run: Capture) -> dict[str, str]:
    found = findings_besides(run)
    assert {(each.rule, each.certainty) for each in found} == {("leak", Certainty.SEEN)}
    left = {}
    for each in found:
        claim = each.claim.partition(" (transport.go")[0]
        test, _, what = named(claim).partition(" ")
        assert test == run.case.tests[each.test].name
        left[test] = what
    assert len(left) == len(found)
    return left


def _record(run: Capture, expected: Mapping[str, str], left: Mapping[str, str]) -> None:
    tests = [each.name for each in run.case.tests]
    record_tests(
        "leak",
        "left_running",
        "page, dump and trace",
        *(
            {test: [f"leak, {of[test]}"] if test in of else [] for test in tests}
            for of in (expected, left)
        ),
    )


def _in_other_hands(run: Capture) -> set[str]:
    """Return the tests of whose waits the page has an address elsewhere, be it a stale word."""
    (page,) = run.case.objects
    return {
        each.test
        for each in page.goroutines
        for wait in each.waits
        if (found := page.by_address.get(wait.address)) is not None and found.reachable_from
    }


def _amid_a_tick(run: Capture) -> set[str]:
    """Return the tests whose goroutine's ticker had just fired when the page was written."""
    (page,) = run.case.objects
    return {each.test for each in page.goroutines if each.state in ("runnable", "running")}


def test_what_nobody_can_end_is_told_and_what_somebody_can_is_not() -> None:
    run = _run(NEWEST)
    left = _left(run)
    _record(run, LEFT, left)
    assert left.items() <= LEFT.items()
    assert LEFT.keys() - left.keys() <= _in_other_hands(run) | _amid_a_tick(run)


@pytest.mark.slow
def test_without_iterators_and_the_collectors_word_tickers_are_told() -> None:
    run = _run(OLDER)
    expected = {test: LEFT[test] for test in ("TestKeepsAWatchdog", "TestKeepsABody")}
    left = _left(run)
    _record(run, expected, left)
    assert left.items() <= expected.items()
    assert left or "TestKeepsAWatchdog" in _in_other_hands(run)
