"""Tests that run until their time is up, and tests that wait while something of theirs runs."""

from __future__ import annotations

import re

import pytest

from diagnosis.program_runs import RELEASES, Level, causes, findings, named, program
from diagnosis.rule_table import record
from flakecore.diagnosis import Certainty, Finding, Role, Weight

ENDLESS = "Endless loop: G is in a loop without a way out"
SPINS = "Spins: G only asks for"
TOLD = {
    "TestLoops": f"{ENDLESS} (@loop)",
    "TestGoesRound": f"{ENDLESS} (@walk)",
    "TestRefills": f"{ENDLESS} (@refill)",
    "TestSpinsForTheServer": (
        f"{SPINS} !s.ready.Load() (@spin), which only start sets (@start-sets)"
    ),
    "TestSpinsForACount": f"{SPINS} atomic.LoadInt32(&done) == 0 (@count), which nothing sets",
    "TestSpinsForAFlag": (f"{SPINS} stopped.Load() (@flag), which only TestSpinsForAFlag sets"),
    "TestGoesThroughRows": "Slow, not stuck: G",
    "TestCountsDown": "Slow, not stuck: G",
}
OPEN = ("TestLooksForARoot", "TestAsksAndWorks", "TestLeavesByALabel")
"""Nobody knows whether these come to an end."""
LOOPS = "busy_loops"
RUNS = {
    "TestRebuilds": "Still running: G",
    "TestWaitsForAWorkerThatRuns": f"{ENDLESS} (@worker-loop)",
}
WAITS = ("TestSleeps", "TestWaitsForATimer")
SHAPE = "slow_not_stuck"
PROGRAMS = [(LOOPS, test) for test in (*TOLD, *OPEN)] + [(SHAPE, test) for test in RUNS]


def _kind(finding: Finding) -> str:
    """Return a claim without what the goroutine was, and in which share of the time."""
    text = re.sub(r"\bG\w was (?:.*; it |.*$)", "G ", named(finding.claim))
    return re.sub(r"\bG\w\b", "G", text).strip()


def _the_cause(shape: str, test: str, level: Level, release: str) -> Finding:
    finding, *others = findings(program(shape, release), test, level)
    assert all(each.weight is Weight.EFFECT for each in others)
    assert finding.rule == "slow-not-stuck"
    return finding


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("test", [*TOLD, *RUNS])
@pytest.mark.parametrize("level", [Level.FULL, Level.LOG])
def test_by_the_source_a_loop_ends_or_has_no_way_out_or_only_asks(
    level: Level, test: str, release: str
) -> None:
    shape, expected = (LOOPS, TOLD[test]) if test in TOLD else (SHAPE, RUNS[test])
    told = findings(program(shape, release), test, level)
    causes_told = [each for each in told if each.weight is Weight.CAUSE]
    record("slow-not-stuck", level, [expected], [_kind(each) for each in causes_told])
    if not causes_told and level is Level.LOG:
        return  # the runtime has no stack of a goroutine that it could not stop
    finding = _the_cause(shape, test, level, release)
    place = finding.places[0]
    if finding.certainty is Certainty.SEEN and not place.line:
        return  # nor has it a line of one that it stopped at no safe point
    assert _kind(finding) == expected
    assert place.role is Role.RUNS


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("test", OPEN)
@pytest.mark.parametrize("level", Level)
def test_of_a_loop_that_may_end_nobody_says_that_it_does(
    level: Level, test: str, release: str
) -> None:
    for told in causes(program(LOOPS, release), test, level):
        record(f"({LOOPS})", level, [], [] if "Still running: " in told else [told])
        assert told.startswith("slow-not-stuck, seen: Still running: Ga was ")


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(("shape", "test"), PROGRAMS)
def test_without_the_source_what_ran_is_told_with_its_share(
    shape: str, test: str, release: str
) -> None:
    finding = _the_cause(shape, test, Level.TRACE, release)
    assert finding.certainty is Certainty.SEEN
    found = re.match(
        r"Still running: G(\d+) was running (?:or ready )?(\d+)% of the last 1\.\d+s", finding.claim
    )
    assert found is not None, finding.claim
    assert int(found[2]) >= 50
    (place,) = finding.places
    assert (place.role, place.goroutine) == (Role.RUNS, int(found[1]))
    assert place.line != 1


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(("shape", "test"), PROGRAMS)
def test_by_the_dump_alone_no_share_is_told(shape: str, test: str, release: str) -> None:
    for told in causes(program(shape, release), test, Level.BARE):
        assert re.match(r"slow-not-stuck, seen: Still running: Ga was (running|runnable) in ", told)
        assert "%" not in told


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
