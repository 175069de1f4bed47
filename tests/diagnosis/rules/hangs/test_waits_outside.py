"""Tests that wait for what is outside of the program, and tests that wait for what is inside."""

from __future__ import annotations

import pytest

from diagnosis.program_runs import RELEASES, Level, findings, named, program
from diagnosis.rule_table import record

OUTSIDE = {
    "TestChildProcess": "waits for a child process in TestChildProcess (@child)",
    "TestListens": "waits for somebody to connect in TestListens (@accept)",
    "TestReadsFromPeer": "waits for a network peer to send in TestReadsFromPeer (@read)",
    "TestReadsFromPipe": "waits to read from a file, pipe or terminal in TestReadsFromPipe (@pipe)",
    "TestSleeps": "sleeps in TestSleeps (@sleep)",
    "TestKeepsRowsOpen": ("waits for a free connection of its sql.DB in TestKeepsRowsOpen (@exec)"),
    "TestClosesRows": "sleeps in TestClosesRows (@rows-closed)",
    "TestShutsDownInItsHandler": (
        "waits for a server's handlers to end, within a handler, in (*node).stop (@shutdown)"
    ),
}
INSIDE = ("TestInMemoryPipe", "TestWaitsForItself")


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("test", OUTSIDE)
@pytest.mark.parametrize("level", [Level.FULL, Level.LOG, Level.BARE, Level.TRACE])
def test_what_is_waited_for_outside_is_named(release: str, test: str, level: Level) -> None:
    found = findings(program("waits_outside", release), test, level)
    expected, told = (
        f"waits-outside, Ga {OUTSIDE[test]}",
        f"{found[0].rule}, {named(found[0].claim)}",
    )
    record("waits-outside", level, [expected], [told])
    assert told == expected


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("test", INSIDE)
@pytest.mark.parametrize("level", Level)
def test_a_wait_within_the_program_is_not_outside(release: str, test: str, level: Level) -> None:
    found = findings(program("waits_outside", release), test, level)
    outside = [each.claim for each in found if each.rule == "waits-outside"]
    record("(waits_outside)", level, [], outside)
    assert outside == []


@pytest.mark.parametrize("release", RELEASES)
def test_a_server_that_listens_comes_after_the_lock_that_the_test_hangs_at(release: str) -> None:
    found = findings(program("waits_outside", release), "TestServerBesideALock")
    assert named(found[0].claim).startswith("Self-deadlock: Ga waits at @outside-lock for mu")
