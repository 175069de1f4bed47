"""A lock that was copied while it was locked is told; copies of free locks are none."""

from __future__ import annotations

from diagnosis.hang_tables import HangsAreTold, PagesAreTold, SoundIsSilent
from diagnosis.program_runs import Expected


def _told(lock: str, place: str, function: str) -> str:
    return (
        f"lock-copied, inferred: Ga waits for a copy of {lock} (@{place}), made while it was "
        f"locked: {function} takes it by value [waits @{place}]"
    )


COPIES = {
    "TestPurseIsCountedByValue": _told("p.mu", "purse-lock", "purse.count"),
    "TestPurseIsPassedByValue": _told("p.mu", "weigh-lock", "weigh"),
    "TestTillIsTotalledByValue": _told("t", "till-lock", "till.total"),
}


HANGS = {test: Expected(full=told) for test, told in COPIES.items()}
BY_PAGE = {test: (told,) for test, told in COPIES.items()}
SOUND = ("TestCopyOfAFreePurse", "TestSafeIsHeldForLong")


class TestLockCopied(HangsAreTold, PagesAreTold, SoundIsSilent):
    shape, hangs, by_page, sound = "alone", HANGS, BY_PAGE, SOUND
