"""Locks whose holder is stuck or has returned, and the same programs whose holder goes on."""

from __future__ import annotations

import pytest

from diagnosis.program_runs import RELEASES, Expected, check_silent, check_told

HANGS = {
    "TestSendsUnderLock": Expected(
        (
            "lock-held, inferred: Ga waits for e.mu (@sent-wait); Gb holds it, stuck in "
            "a channel send (@emit-send) [waits @sent-wait; locked_at @emit-hold; holds "
            "@emit-send]"
        ),
    ),
    "TestWaitsUnderLock": Expected(
        (
            "lock-held, inferred: Ga and Gb wait for p.mu (@work-wait); Gc holds it, stuck "
            "in a WaitGroup.Wait (@close-wait) [waits @work-wait; waits @work-wait; locked_at "
            "@close-hold; holds @close-wait]"
        ),
    ),
    "TestReturnsLocked": Expected(
        (
            "lock-held, inferred: Ga waits for s.mu (@session-wait); Send returns with it "
            "locked (@send-return) [waits @session-wait; locked_at @send-hold; ended "
            "@send-return]"
        ),
    ),
    "TestReaderWaitsForWriter": Expected(
        (
            "lock-held, inferred: Ga waits for g (@open-wait); Gb holds it, stuck in "
            "a channel receive (@pass-receive) [waits @open-wait; locked_at @pass-hold; holds"
            " @pass-receive]"
        ),
    ),
}
HANGS |= {
    f"TestReader{name}": Expected(
        (
            f"lock-held, inferred: Deadlock: Ga waits for f.on.mu (@{wait}); Gb holds it "
            f"(@post-hold) in a channel send (@post-send) [waits @{wait}; locked_at @post-hold; "
            "holds @post-send]"
        ),
    )
    for name, wait in (("LeavesFeed", "leave-wait"), ("TakesOne", "one-wait"))
}
SOUND = (
    "TestReaderIsSlow",
    "TestSlowReceiver",
    "TestWaitsWithoutLock",
    "TestReturnsUnlocked",
    "TestReaderWaitsForTimer",
)


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("test", HANGS)
def test_a_lock_is_told_with_what_its_holder_is_stuck_in_or_how_it_returned(
    release: str, test: str
) -> None:
    check_told("lock_held", release, test, HANGS[test])


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("test", SOUND)
def test_a_holder_that_goes_on_is_no_cause(release: str, test: str) -> None:
    check_silent("lock_held", release, test)
