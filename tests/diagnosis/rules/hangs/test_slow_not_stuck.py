"""Tests that run until their time is up, and tests that wait while something of theirs runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from diagnosis.checked_findings import explain
from diagnosis.program_runs import RELEASES, Level, causes, findings, named, program
from diagnosis.rule_table import record
from flakecore.diagnosis import Certainty, Finding, Role, Weight
from timeline.captures import read

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
@pytest.mark.slow
def test_by_the_source_a_loop_ends_or_has_no_way_out_or_only_asks(
    level: Level, test: str, release: str
) -> None:
    shape, expected = (LOOPS, TOLD[test]) if test in TOLD else (SHAPE, RUNS[test])
    told = findings(program(shape, release), test, level)
    causes_told = [each for each in told if each.weight is Weight.CAUSE]
    record(
        "slow-not-stuck",
        level,
        [f"slow-not-stuck, {expected}"],
        [f"{each.rule}, {_kind(each)}" for each in causes_told],
    )
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
        r"Still running: G(\d+) was running (?:or ready )?(\d+)% of the last (?:1\.\d+s|9\d\dms)",
        finding.claim,
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


JUST_WOKEN = """=== RUN   TestPolls
panic: test timed out after 1s
running tests:
\tTestPolls (1s)

goroutine 15 [running]:
testing.(*M).startAlarm.func1()
\t/usr/local/go/src/testing/testing.go:2366 +0x385
created by time.goFunc
\t/usr/local/go/src/time/sleep.go:177 +0x2d

goroutine 12 [sync.Mutex.Lock]:
sync.runtime_SemacquireMutex(0x46dcd2?, 0x38?, 0x44514b?)
\t/usr/local/go/src/runtime/sema.go:77 +0x25
sync.(*Mutex).lockSlow(0xc000348010)
\t/usr/local/go/src/sync/mutex.go:171 +0x15d
sync.(*Mutex).Lock(...)
\t/usr/local/go/src/sync/mutex.go:90
example.com/polls.TestPolls(0xc0000aab60?)
\t/src/polls/polls_test.go:20 +0x70
testing.tRunner(0xc0000aab60, 0x5487d8)
\t/usr/local/go/src/testing/testing.go:1689 +0xfb
created by testing.(*T).Run in goroutine 1
\t/usr/local/go/src/testing/testing.go:1742 +0x390

goroutine 17 [runnable]:
time.Sleep(0xf4240)
\t/usr/local/go/src/runtime/time.go:195 +0x115
example.com/polls.TestPolls.func1()
\t/src/polls/polls_test.go:14 +0x18
created by example.com/polls.TestPolls in goroutine 12
\t/src/polls/polls_test.go:12 +0x30
exit status 2
FAIL\texample.com/polls\t1.113s
"""


def test_one_that_has_just_been_woken_does_not_run(tmp_path: Path) -> None:
    (tmp_path / "test.log").write_text(JUST_WOKEN)
    case = read(tmp_path).case
    (failure,) = case.failures
    assert "slow-not-stuck" not in [each.rule for each in explain(case, failure)]
    (tmp_path / "test.log").write_text(JUST_WOKEN.replace("time.Sleep(0xf4240)", "sort.Ints(...)"))
    case = read(tmp_path).case
    (failure,) = case.failures
    assert "slow-not-stuck" in [each.rule for each in explain(case, failure)]


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("level", [Level.FULL, Level.TRACE])
def test_of_a_goroutine_that_goes_round_nobody_says_that_nothing_ended_its_wait(
    release: str, level: Level
) -> None:
    for test in ("TestPollsBesideALock", "TestSleeps", "TestPollsItself"):
        for each in findings(program(SHAPE, release), test, level):
            assert "sleep" not in each.claim or "nothing ended it" not in each.claim, each.claim
    (told,) = (
        each
        for each in findings(program(SHAPE, release), "TestPollsItself", level)
        if each.rule == "blocked"
    )
    assert told.claim.endswith("; it had gone on from there before")
