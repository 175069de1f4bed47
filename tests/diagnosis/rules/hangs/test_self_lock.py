"""Locks that their own goroutine holds, and the same programs that let go of them first."""

from __future__ import annotations

import pytest

from diagnosis.program_runs import RELEASES, Expected, check_silent, check_told

HANGS = {
    "TestLockInLock": Expected(
        (
            "self-lock, inferred: Self-deadlock: Ga waits at @find-wait for l.mu "
            "(@drop-hold), its own lock [waits @find-wait; locked_at @drop-hold]"
        ),
        bare=(
            "self-lock, inferred: Likely self-deadlock: Ga waits at @find-wait for a lock "
            "of its own caller at @drop-call [waits @find-wait; runs @drop-call]"
        ),
    ),
    "TestReadWithinWrite": Expected(
        (
            "self-lock, inferred: Self-deadlock: Ga waits at @size-wait for r.mu "
            "(@each-hold), its own lock [waits @size-wait; locked_at @each-hold]"
        ),
        bare=(
            "self-lock, inferred: Likely self-deadlock: Ga waits at @size-wait for a lock "
            "of its own caller at @each-call [waits @size-wait; runs @each-call]"
        ),
    ),
    "TestReadBehindAWriter": Expected(
        (
            "self-lock, inferred: Self-deadlock: Ga waits (@get-wait) for its own read lock"
            " behind Gb's write lock (@set-wait) [waits @get-wait; locked_at @all-hold; "
            "waits @set-wait]"
        ),
        bare=(
            "self-lock, inferred: Likely self-deadlock: Ga waits at @get-wait for a lock of"
            " its own caller at @all-call [waits @get-wait; runs @all-call]"
        ),
    ),
    "TestHelperLocks": Expected(
        (
            "self-lock, inferred: Self-deadlock: Ga waits at @enter-wait for q.Mutex "
            "(@push-hold), its own lock [waits @enter-wait; locked_at @push-hold]"
        ),
        bare=(
            "self-lock, inferred: Likely self-deadlock: Ga waits at @enter-wait for a lock "
            "of its own caller at @push-call [waits @enter-wait; runs @push-call]"
        ),
    ),
    "TestOnceInOnce": Expected(
        (
            "self-lock, inferred: Self-deadlock: Ga calls Once.Do (@once-wait) from within "
            "the Do it is in (@once-wait) [waits @once-wait; holds @once-wait]"
        ),
    ),
}
SOUND = (
    "TestUnlocksFirst",
    "TestReadAfterWrite",
    "TestReadWithinRead",
    "TestHelperUnlocks",
    "TestOnceInAnother",
)


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("test", HANGS)
def test_a_lock_of_ones_own_is_told_with_where_it_was_taken(release: str, test: str) -> None:
    check_told("self_lock", release, test, HANGS[test])


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("test", SOUND)
def test_waiting_for_anothers_lock_is_no_self_lock(release: str, test: str) -> None:
    check_silent("self_lock", release, test)
