"""What the test itself waits for comes before what goes on beside it."""

from __future__ import annotations

import pytest

from diagnosis.program_runs import RELEASES, Level, causes, program
from diagnosis.rule_table import record

SHAPE = "pollers"
ONE_PROC = "-cpu=1"
"""Whoever writes the dump has the only proc: of a poller on another no stack may be available."""
CAUSES = {
    "TestWaitsBesideAPoller": "chan-no-sender, inferred: Ga receives from answer (@waits-answer);",
    "TestLocksBesideAPoller": "self-lock, inferred: Self-deadlock: Ga waits at @locks-again for mu",
}
_WITH_SOURCE = (Level.FULL, Level.LOG)


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("test", CAUSES)
def test_the_wait_of_the_test_is_told_before_a_poller_beside_it(test: str, release: str) -> None:
    run = program(SHAPE, release, ONE_PROC)
    for level in _WITH_SOURCE:
        first, *others = causes(run, test, level)
        record(f"({SHAPE})", level, [CAUSES[test]], [first[: len(CAUSES[test])]])
        assert first.startswith(CAUSES[test])
        assert [each.partition(",")[0] for each in others] == ["slow-not-stuck"]


@pytest.mark.parametrize("release", RELEASES)
def test_a_poller_that_the_test_waits_for_is_what_is_told(release: str) -> None:
    run = program(SHAPE, release, ONE_PROC)
    for level in (*_WITH_SOURCE, Level.BARE, Level.TRACE):
        told = causes(run, "TestWaitsForThePoller", level)
        assert [each.partition(",")[0] for each in told] == ["slow-not-stuck"]
    assert "TestEndsWithItsPoller" not in {each.test_name for each in run.case.failures}
