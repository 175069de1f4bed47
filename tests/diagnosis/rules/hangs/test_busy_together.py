"""Tests whose goroutines take turns on the procs until the time is up."""

from __future__ import annotations

import re

import pytest

from diagnosis.program_runs import RELEASES, Level, findings, program
from flakecore.diagnosis import Certainty, Role
from toolchains import NEWEST

SHAPE = "busy_together"
CLAIM = re.compile(
    r"Still running: goroutines of TestManyCount had (\d+)% of 4 procs in the last \S+;"
    r" G\d+.* could go on"
)


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("level", [Level.FULL, Level.TRACE, Level.TRACE_SOURCE])
def test_their_share_of_the_procs_is_reported(release: str, level: Level) -> None:
    finding, *others = findings(program(SHAPE, release), "TestManyCount", level)
    assert finding.rule == "slow-not-stuck"
    assert finding.certainty is Certainty.SEEN
    found = CLAIM.match(finding.claim)
    assert found is not None, finding.claim
    assert 50 <= int(found[1]) <= 100
    assert {each.role for each in finding.places} == {Role.RUNS}
    assert not any(each.rule == "slow-not-stuck" for each in others)


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("level", Level)
def test_many_that_wait_are_not_busy_however_busy_the_procs_are(release: str, level: Level) -> None:
    told = findings(program(SHAPE, release), "TestManyWait", level)
    assert not any(each.rule == "slow-not-stuck" for each in told)


@pytest.mark.parametrize("level", [Level.LOG, Level.BARE])
def test_without_a_trace_no_share_is_reported(level: Level) -> None:
    for each in findings(program(SHAPE, NEWEST), "TestManyCount", level):
        assert "%" not in each.claim
