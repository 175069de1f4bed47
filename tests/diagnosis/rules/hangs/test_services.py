"""Hangs of services of several types and goroutines, and as many that are only slow."""

from __future__ import annotations

from diagnosis.hang_tables import HangsAreTold, PagesAreTold, SoundIsSilent
from diagnosis.program_runs import Expected

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


class TestServices(HangsAreTold, PagesAreTold, SoundIsSilent):
    """Hangs across methods are told with both sides; slow services are not."""

    shape = "services"
    hangs = HANGS
    by_page = BY_PAGE
    sound = SOUND
