"""Cycles of locks, and the same programs with one lock taken otherwise."""

from __future__ import annotations

import pytest

from diagnosis.program_runs import RELEASES, Expected, check_silent, check_told

HANGS = {
    "TestTransfers": Expected(
        (
            "lock-cycle, inferred: Deadlock: Ga and Gb each hold a.mu (@transfer-hold) and "
            "wait for the other's: a.mu (@deposit-wait) [waits @deposit-wait; locked_at "
            "@transfer-hold; waits @deposit-wait; locked_at @transfer-hold]"
        ),
        bare=(
            "lock-cycle, inferred: Likely deadlock: Ga and Gb each wait for a lock of what "
            "the other works on (@deposit-wait) [waits @deposit-wait; runs @transfer-call;"
            " waits @deposit-wait; runs @transfer-call]"
        ),
    ),
    "TestCacheAndStore": Expected(
        (
            "lock-cycle, inferred: Deadlock: Ga (@has-wait) and Gb (@load-wait) each wait "
            "for a lock that the other holds [waits @has-wait; locked_at @refresh-hold; "
            "waits @load-wait; locked_at @put-hold]"
        ),
        bare=(
            "lock-cycle, inferred: Likely deadlock: Ga and Gb each wait for a lock of what "
            "the other works on [waits @has-wait; runs @refresh-call; waits @load-wait; "
            "runs @put-call]"
        ),
    ),
    "TestThreeRound": Expected(
        (
            "lock-cycle, inferred: Deadlock of 3: Ga → Gb → Gc → Ga, each waits for a lock "
            "that the next holds [waits @join-wait; locked_at @open-hold; waits @open-wait;"
            " locked_at @post-hold; waits @post-wait; locked_at @join-hold]"
        ),
    ),
    "TestEmbedded": Expected(
        (
            "lock-cycle, inferred: Deadlock: Ga and Gb each hold n (@link-hold) and wait "
            "for the other's: peer (@link-wait) [waits @link-wait; locked_at @link-hold; "
            "waits @link-wait; locked_at @link-hold]"
        ),
        bare=(
            "lock-cycle, inferred: Likely deadlock: Ga and Gb each wait for a lock of what "
            "the other works on (@link-wait) [waits @link-wait; runs @link-wait; waits "
            "@link-wait; runs @link-wait]"
        ),
    ),
    "TestShardsInAMap": Expected(
        (
            "lock-cycle, inferred: Deadlock: Ga and Gb each hold source.mu (@move-hold) and"
            " wait for the other's (@move-wait) [waits @move-wait; locked_at @move-hold; "
            "waits @move-wait; locked_at @move-hold]"
        ),
    ),
}
TURNED = {
    "TestCacheAndStore": Expected(
        (
            "lock-cycle, inferred: Deadlock: Ga (@load-wait) and Gb (@has-wait) each wait "
            "for a lock that the other holds [waits @load-wait; locked_at @put-hold; "
            "waits @has-wait; locked_at @refresh-hold]"
        ),
        bare=(
            "lock-cycle, inferred: Likely deadlock: Ga and Gb each wait for a lock of what "
            "the other works on [waits @load-wait; runs @put-call; waits @has-wait; "
            "runs @refresh-call]"
        ),
    ),
}
SOUND = (
    "TestSlowAudit",
    "TestSlowTable",
    "TestThreeInOrder",
    "TestEmbeddedSlow",
)


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("test", HANGS)
def test_a_cycle_of_locks_is_told_from_both_sides(release: str, test: str) -> None:
    check_told(
        "lock_cycle", release, test, HANGS[test], *([TURNED[test]] if test in TURNED else [])
    )


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("test", SOUND)
def test_waiting_behind_a_slow_holder_is_no_cycle(release: str, test: str) -> None:
    check_silent("lock_cycle", release, test)
