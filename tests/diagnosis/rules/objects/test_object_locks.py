"""Locks by an objects page: who holds what is seen; the same programs with a slow holder."""

from __future__ import annotations

import pytest

from diagnosis.object_runs import OLDER, check_by_page, check_no_cause_by_page
from toolchains import NEWEST

HANGS = {
    ("lock_cycle", "TestTransfers"): (
        "lock-cycle, seen: Deadlock: Ga and Gb each hold a.mu (@transfer-hold) and wait for the "
        "other's: a.mu (@deposit-wait) [waits @deposit-wait; locked_at @transfer-hold; waits "
        "@deposit-wait; locked_at @transfer-hold]"
    ),
    ("lock_cycle", "TestThreeRound"): (
        "lock-cycle, seen: Deadlock of 3: Ga → Gb → Gc → Ga, each waits for a lock that the next "
        "holds [waits @join-wait; locked_at @open-hold; waits @open-wait; locked_at @post-hold; "
        "waits @post-wait; locked_at @join-hold]"
    ),
    ("lock_cycle", "TestEmbedded"): (
        "lock-cycle, seen: Deadlock: Ga and Gb each hold n (@link-hold) and wait for the other's: "
        "peer (@link-wait) [waits @link-wait; locked_at @link-hold; waits @link-wait; locked_at "
        "@link-hold]"
    ),
    ("lock_cycle", "TestShardsInAMap"): (
        "lock-cycle, seen: Deadlock: Ga and Gb each hold source.mu (@move-hold) and wait for the "
        "other's [waits @move-wait; locked_at @move-hold; waits @move-wait; locked_at @move-hold]"
    ),
    ("lock_held", "TestSendsUnderLock"): (
        "lock-held, seen: Ga waits for e.mu (@sent-wait); Gb holds it, stuck in a channel send "
        "(@emit-send) [waits @sent-wait; locked_at @emit-hold; holds @emit-send]"
    ),
    ("lock_held", "TestWaitsUnderLock"): (
        "lock-held, seen: Ga and Gb wait for p.mu (@work-wait); Gc holds it, stuck in a "
        "WaitGroup.Wait (@close-wait) [waits @work-wait; locked_at @close-hold; holds @close-wait]"
    ),
    ("lock_held", "TestReaderWaitsForWriter"): (
        "lock-held, seen: Ga waits for g (@open-wait); Gb holds it, stuck in a channel receive "
        "(@pass-receive) [waits @open-wait; locked_at @pass-hold; holds @pass-receive]"
    ),
    ("once_stuck", "TestFilledByWhoWaits"): (
        "once-stuck, seen: Ga waits for c.once (@load-do); Gb is in it, stuck in a channel "
        "receive (@load-receive) [waits @load-do; locked_at @load-do; holds @load-receive]"
    ),
    ("once_stuck", "TestWorkersNeedTheEngine"): (
        "once-stuck, seen: Ga waits for e.once (@start-do); Gb is in it, stuck in a WaitGroup.Wait "
        "(@boot-wait) [waits @start-do; locked_at @start-do; holds @boot-wait]"
    ),
    ("once_stuck", "TestEachNeedsTheOther"): (
        "once-stuck, seen: Deadlock: Ga and Gb each hold h.once (@make-do) and wait for the "
        "other's [waits @make-do; locked_at @make-do; waits @make-do; locked_at @make-do]"
    ),
}
SOUND = {
    "lock_cycle": ("TestSlowAudit", "TestSlowTable", "TestThreeInOrder", "TestEmbeddedSlow"),
    "lock_held": (
        *("TestSlowReceiver", "TestWaitsWithoutLock", "TestReturnsUnlocked"),
        "TestReaderWaitsForTimer",
    ),
    "once_stuck": ("TestFilledLate", "TestWorkersSleep", "TestOneNeedsNobody"),
}
RELEASES = (pytest.param(OLDER, marks=pytest.mark.slow), NEWEST)


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(("shape", "test"), HANGS)
@pytest.mark.slow
def test_a_hang_on_locks_is_seen_with_who_holds_what(release: str, shape: str, test: str) -> None:
    check_by_page(shape, release, test, HANGS[shape, test])


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(
    ("shape", "test"), [(shape, test) for shape, tests in SOUND.items() for test in tests]
)
def test_a_holder_that_goes_on_is_no_cause(release: str, shape: str, test: str) -> None:
    check_no_cause_by_page(shape, release, test)
