"""Hangs of services of several types and goroutines, and as many that are only slow."""

from __future__ import annotations

import pytest

from diagnosis.object_runs import check_by_page, check_no_cause_by_page
from diagnosis.program_runs import RELEASES, Expected, check_silent, check_told

HANGS = {
    "TestDocksInARing": Expected(
        full=(
            "lock-cycle, inferred: Deadlock of 3: Ga → Gb → Gc → Ga, each holds d.mu "
            "(@dock-hold) and waits for the next's: d.mu (@dock-wait) [waits @dock-wait; "
            "locked_at @dock-hold; waits @dock-wait; locked_at @dock-hold; waits @dock-wait; "
            "locked_at @dock-hold]"
        ),
    ),
    "TestBroadcastBeforeWait": Expected(
        full=(
            "cond-lost-signal, inferred: Ga waits for a signal of b.ready (@bakery-wait); no "
            "goroutine is left that signals it (@bakery-mix or @bakery-broadcast) [waits "
            "@bakery-wait; signals @bakery-mix; signals @bakery-broadcast]"
        ),
    ),
}
BY_PAGE: dict[str, tuple[str, ...]] = {
    "TestDocksInARing": (
        (
            "lock-cycle, seen: Deadlock of 3: Ga → Gb → Gc → Ga, each holds d.mu (@dock-hold) "
            "and waits for the next's: d.mu (@dock-wait) [waits @dock-wait; locked_at "
            "@dock-hold; waits @dock-wait; locked_at @dock-hold; waits @dock-wait; locked_at "
            "@dock-hold]"
        ),
    ),
    "TestBroadcastBeforeWait": tuple(
        "cond-lost-signal, seen: Ga waits for a signal of b.ready (@bakery-wait); the last "
        f"Broadcast, by Gb (@bakery-broadcast), came {ago}before the Wait [waits @bakery-wait; "
        "signals @bakery-broadcast; signals @bakery-mix]"
        for ago in ("", "T ")  # the page tells it from 20 ms on
    ),
}
SOUND = ("TestRampsInARing",)


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("test", HANGS)
def test_a_hang_across_methods_is_told_with_both_sides(release: str, test: str) -> None:
    check_told("services", release, test, HANGS[test])


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("test", BY_PAGE)
def test_a_hang_across_methods_is_seen_with_both_sides(release: str, test: str) -> None:
    check_by_page("services", release, test, *BY_PAGE[test])


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("test", SOUND)
def test_a_slow_service_is_no_cause(release: str, test: str) -> None:
    check_silent("services", release, test)
    check_no_cause_by_page("services", release, test)
