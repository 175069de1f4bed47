"""Slots that a helper takes and another gives back: who holds them, or which return keeps one."""

from __future__ import annotations

from diagnosis.hang_tables import HangsAreTold, PagesAreTold, SoundIsSilent
from diagnosis.program_runs import Expected


def _waits(taken: str = "") -> str:
    return f"sem-stuck, inferred: Ga waits for a slot of s.boxes (@stable-take){taken}"


KEPT = "; the return at @stable-sick keeps its slot [waits @stable-take; ended @stable-sick]"
TEAM = "[waits @stable-take; holds @team-wait; holds @team-wait]"
HANGS = {
    "TestSickHorsesKeepTheirBoxes": Expected(full=_waits() + KEPT),
    "TestRiderWantsAnotherHorse": Expected(
        full=f"{_waits()}; it holds one and wants another [waits @stable-take]"
    ),
    "TestRidersWaitForEachOther": Expected(
        full=f"{_waits()}; Gb and Gc hold some in a WaitGroup.Wait (@team-wait) {TEAM}"
    ),
}
BY_PAGE = {
    "TestSickHorsesKeepTheirBoxes": (_waits(", all 2 taken") + KEPT,),
    "TestRiderWantsAnotherHorse": (
        f"{_waits(', the only one taken')}; it holds it and wants another [waits @stable-take]",
    ),
    "TestRidersWaitForEachOther": (
        f"{_waits(', all 2 taken')}; Gb and Gc hold them in a WaitGroup.Wait {TEAM}",
    ),
}
SOUND = (
    "TestSickHorseGivesItsBoxBack",
    "TestRiderHasTwoHorses",
    "TestRidersWaitForASlowOne",
)


class TestLentSlots(HangsAreTold, PagesAreTold, SoundIsSilent):
    """Helpers are followed from who takes a slot to who gives it back."""

    shape, hangs, by_page, sound = "lent_slots", HANGS, BY_PAGE, SOUND
