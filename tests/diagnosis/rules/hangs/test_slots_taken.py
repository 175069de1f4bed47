"""Semaphores whose slots are all held by goroutines that wait."""

from __future__ import annotations

from diagnosis.hang_tables import HangsAreTold, PagesAreTold, SoundIsSilent
from diagnosis.program_runs import Expected

HANGS = {
    "TestSlotsAreKept": Expected(
        full=(
            "sem-stuck, inferred: Ga and Gb wait for a slot of w.slots (@walker-take); Gc and Gd "
            "hold some in a WaitGroup.Wait (@walker-wait) [waits @walker-take; "
            "waits @walker-take; holds @walker-wait; holds @walker-wait]"
        ),
    ),
}
BY_PAGE: dict[str, tuple[str, ...]] = {
    "TestSlotsAreKept": (
        (
            "sem-stuck, inferred: Ga and Gb wait for a slot of w.slots (@walker-take), all 2 "
            "taken; Gc and Gd hold them in a WaitGroup.Wait [waits @walker-take; waits "
            "@walker-take; holds @walker-wait; holds @walker-wait]"
        ),
    ),
    "TestTaskStartsATask": tuple(
        "sem-stuck, inferred: Ga and Gb wait for a slot of c.places (@crew-take), the only one "
        f"taken; {who} holds it and wants another [waits @crew-take; waits @crew-take]"
        for who in ("Ga", "Gb")
    ),
}
SOUND = ("TestSlotsAreGivenBack",)


class TestSlotsTaken(HangsAreTold, PagesAreTold, SoundIsSilent):
    """Who holds the slots is told beside who wants one; slots that are given back are no cause."""

    shape = "services"
    hangs = HANGS
    by_page = BY_PAGE
    sound = SOUND
