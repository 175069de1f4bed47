"""What a passing test left that goes on, but that nobody can end, and what somebody can."""

from __future__ import annotations

import pytest

from diagnosis.program_bundles import collected_program, findings_besides, named
from flakecore.diagnosis import Certainty
from toolchains import NEWEST

OLDER = "1.22.10"
TICKING = "left GN ticking in select at @watches, started at @starts-watchdog"
LEFT = {
    "TestKeepsAWatchdog": TICKING,
    "TestKeepsAnIterator": "left GN at the yield of an iterator (@yields) that iter.Pull began",
    "TestKeepsABody": "left GN stuck until the body of an HTTP response is closed",
}


def _left(release: str) -> dict[str, str]:
    run = collected_program("left_running", "--no-race", release=release)
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


def test_what_nobody_can_end_is_told_and_what_somebody_can_is_not() -> None:
    assert _left(NEWEST) == LEFT


@pytest.mark.slow
def test_without_iterators_and_the_collectors_word_tickers_are_told() -> None:
    assert _left(OLDER) == {"TestKeepsAWatchdog": TICKING}
