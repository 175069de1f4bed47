"""Semaphores whose slots are all held by goroutines that wait."""

from __future__ import annotations

from diagnosis.hang_tables import HangsAreTold, PagesAreTold, SoundIsSilent
from diagnosis.program_runs import Expected

HANGS = {
    "TestSlotsAreKept": Expected(
        full=(
            "sem-stuck, inferred: Ga and Gb wait for a slot of w.slots (@walker-take); Gc and "
            "Gd, which hold some, wait in wait group (@walker-wait) [waits @walker-take; waits "
            "@walker-take; holds @walker-wait; holds @walker-wait]"
        ),
    ),
}
BY_PAGE: dict[str, tuple[str, ...]] = {
    "TestSlotsAreKept": (
        (
            "sem-stuck, inferred: Ga and Gb wait for a slot of w.slots (@walker-take), all 2 "
            "taken; Gc and Gd, which hold them, wait in wait group [waits @walker-take; waits "
            "@walker-take; holds @walker-wait; holds @walker-wait]"
        ),
    ),
    "TestTaskStartsATask": (
        (
            "sem-stuck, inferred: Ga and Gb wait for a slot of c.places (@crew-take), the only "
            "one taken; Ga, which holds one, wants another [waits @crew-take; waits @crew-take]"
        ),
        (
            "sem-stuck, inferred: Ga and Gb wait for a slot of c.places (@crew-take), the only "
            "one taken; Gb, which holds one, wants another [waits @crew-take; waits @crew-take]"
        ),
    ),
}
SOUND = ("TestSlotsAreGivenBack",)


class TestSlotsTaken(HangsAreTold, PagesAreTold, SoundIsSilent):
    """Who holds the slots is told beside who wants one; slots that are given back are no cause."""

    shape = "services"
    hangs = HANGS
    by_page = BY_PAGE
    sound = SOUND
