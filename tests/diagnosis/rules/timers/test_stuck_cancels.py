"""Tests that hang for a context which nobody can cancel, and ones whose context ends, late."""

from __future__ import annotations

from diagnosis.hang_tables import HangsAreTold, PagesAreTold, SoundIsSilent
from diagnosis.program_runs import Expected


def _told(name: str, calls: str = "nobody calls the cancel of") -> str:
    return (
        f"context-not-cancelled, inferred: Ga waits for ctx.Done() at @{name}-waits: {calls} "
        f"@{name}-made [waits @{name}-waits; created @{name}-made]"
    )


HANGS = {
    "TestKeeperIsStopped": Expected(full=_told("keeper")),
    "TestServerIsShutDown": Expected(full=_told("server")),
    "TestTermEnds": Expected(full=_told("term", "only its own defer calls the cancel of")),
}
BY_PAGE = {
    "TestKeeperIsStopped": (
        "context-not-cancelled, seen: Ga waits for a cancel (@keeper-waits); Gb, which made the "
        "context (@keeper-made), is in a channel receive [waits @keeper-waits; made @keeper-made; "
        "created @keeper-made]",
    ),
    "TestTermEnds": (
        "context-not-cancelled, seen: Ga waits for a cancel (@term-waits); it made the context "
        "itself (@term-made) [waits @term-waits; made @term-made; created @term-made]",
    ),
}
SOUND = ("TestGuardIsStoppedLate", "TestNodeIsStoppedLate", "TestTimedTermEnds")


class TestStuckCancels(HangsAreTold, PagesAreTold, SoundIsSilent):
    """Where the context is made, and who waits for it, is told of what waits for that one alone."""

    shape, hangs, by_page, sound = "stuck_cancels", HANGS, BY_PAGE, SOUND
