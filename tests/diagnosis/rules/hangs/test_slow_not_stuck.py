"""Tests that run until their time is up, and tests that wait while something of theirs runs."""

from __future__ import annotations

import re

import pytest

from diagnosis.program_runs import RELEASES, Level, causes, findings, program
from flakecore.diagnosis import Certainty, Role, Weight

RUNS = {
    "TestLoops": " in TestLoops",
    "TestRebuilds": " in (*index).rebuild",
    "TestWaitsForAWorkerThatRuns": " in TestWaitsForAWorkerThatRuns.func1",
}
WAITS = ("TestSleeps", "TestWaitsForATimer")
SHAPE = "slow_not_stuck"


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("test", RUNS)
def test_what_ran_is_told_with_its_share(release: str, test: str) -> None:
    finding, *others = findings(program(SHAPE, release), test)
    assert all(each.weight is Weight.EFFECT for each in others)
    found = re.match(
        r"Slow, not stuck: G(\d+) was running (\d+)% of the last 1\.\d+s", finding.claim
    )
    assert found is not None, finding.claim
    assert RUNS[test] in finding.claim or " in " not in finding.claim
    assert int(found[2]) > 90
    assert finding.certainty is Certainty.SEEN
    (place,) = finding.places
    assert (place.role, place.goroutine) == (Role.RUNS, int(found[1]))
    assert place.line != 1


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("test", RUNS)
@pytest.mark.parametrize("level", [Level.LOG, Level.BARE])
def test_without_a_trace_no_share_is_told(release: str, test: str, level: Level) -> None:
    # The runtime has no stack of a goroutine that it could not stop: nothing is told of it.
    for told in causes(program(SHAPE, release), test, level):
        assert re.match(
            r"slow-not-stuck, seen: Slow, not stuck: Ga was (running|runnable) in ", told
        )
        assert "%" not in told
        assert RUNS[test] in told


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("test", RUNS)
def test_by_the_trace_alone_the_share_is_told(release: str, test: str) -> None:
    (told,) = causes(program(SHAPE, release), test, Level.TRACE)
    assert "Ga was running T of the last T" in told


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("test", WAITS)
@pytest.mark.parametrize("level", Level)
def test_what_waits_is_not_slow(release: str, test: str, level: Level) -> None:
    assert causes(program(SHAPE, release), test, level) == []


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("level", Level)
def test_a_goroutine_that_polls_is_neither_slow_nor_what_the_test_hung_in(
    release: str, level: Level
) -> None:
    run = program(SHAPE, release)
    assert not any("slow" in told for told in causes(run, "TestPollsBesideALock", level))
    first = findings(run, "TestPollsBesideALock", level)[0]
    if level.has_source:
        assert first.claim.startswith("Self-deadlock: ")
    elif level is Level.TRACE:
        assert "a mutex" in first.claim
