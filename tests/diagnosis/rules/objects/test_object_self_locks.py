"""Locks that a goroutine waits for and holds itself, by an objects page; twins that let go."""

from __future__ import annotations

import pytest

from diagnosis.object_runs import OLDER, check_by_page, check_no_cause_by_page
from toolchains import NEWEST

HANGS = {
    ("self_lock", "TestLockInLock"): (
        "self-lock, seen: Self-deadlock: Ga waits at @find-wait for l.mu, which it locked "
        "itself (@drop-hold) [waits @find-wait; locked_at @drop-hold]"
    ),
    ("self_lock", "TestHelperLocks"): (
        "self-lock, seen: Self-deadlock: Ga waits at @enter-wait for q, which it locked "
        "itself (@enter-wait) [waits @enter-wait; locked_at @enter-wait; locked_at "
        "@push-hold]"
    ),
    ("self_lock", "TestOnceInOnce"): (
        "self-lock, seen: Self-deadlock: Ga calls Once.Do (@once-wait) from within the Do "
        "that it is in (@once-wait) [waits @once-wait; locked_at @once-wait]"
    ),
    ("lock_held", "TestReturnsLocked"): (
        "lock-held, seen: Ga waits at @session-wait for its own s.mu: (*session).Send "
        "returned with it locked (@send-hold) [waits @session-wait; locked_at @send-hold; "
        "ended @send-return]"
    ),
    ("self_lock", "TestReadBehindAWriter"): (
        "self-lock, seen: Self-deadlock: Ga waits at @get-wait for its own read lock, behind "
        "Gb's write lock (@set-wait) [waits @get-wait; locked_at @all-hold; waits @set-wait]"
    ),
}
SOUND = (
    *("TestUnlocksFirst", "TestReadAfterWrite", "TestReadWithinRead", "TestHelperUnlocks"),
    "TestOnceInAnother",
)
RELEASES = (pytest.param(OLDER, marks=pytest.mark.slow), NEWEST)


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(("shape", "test"), HANGS)
@pytest.mark.slow
def test_a_goroutine_waits_for_what_it_holds(release: str, shape: str, test: str) -> None:
    check_by_page(shape, release, test, HANGS[shape, test])


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("test", SOUND)
def test_one_that_let_go_is_no_cause(release: str, test: str) -> None:
    check_no_cause_by_page("self_lock", release, test)
