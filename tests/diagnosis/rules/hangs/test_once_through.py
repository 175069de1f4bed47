"""A Once that what it runs calls through another type, and ones of other values."""

from __future__ import annotations

from diagnosis.hang_tables import HangsAreTold, PagesAreTold, SoundIsSilent
from diagnosis.program_runs import Expected

DOES = {
    "TestRefreshesThroughItself": "@clients-do",
    "TestLoadsOfAll": "@plugins-do",
    "TestIsItsOwnParent": "@node-do",
}
"""Where each hang calls Do, both times."""
SOUND = ("TestRefreshesThroughAnother", "TestLoadsLate", "TestHasASlowParent")


def _expected(do: str) -> Expected:
    claim = f"Self-deadlock: Ga calls Once.Do ({do}) from within the Do it is in ({do})"
    return Expected(full=f"self-lock, inferred: {claim} [waits {do}; holds {do}]")


def _by_page(do: str) -> tuple[str]:
    claim = f"Self-deadlock: Ga calls Once.Do ({do}) from within the Do that it is in ({do})"
    return (f"self-lock, seen: {claim} [waits {do}; locked_at {do}]",)


HANGS = {test: _expected(each) for test, each in DOES.items()}
BY_PAGE = {test: _by_page(each) for test, each in DOES.items()}


class TestOnceThrough(HangsAreTold, PagesAreTold, SoundIsSilent):
    """Nobody else is in the Once, so who waits for it is; a slow one of another value is none."""

    shape, sound = "once_through", SOUND
    hangs, by_page = HANGS, BY_PAGE
