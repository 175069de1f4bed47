"""Who waits for a goroutine that sends to it, with a page and without; and who is heard later."""

from __future__ import annotations

from diagnosis.hang_tables import HangsAreTold, PagesAreTold, SoundIsSilent
from diagnosis.program_runs import Expected


def _expected(sends: str, name: str, heard: str, waits: str) -> Expected:
    places = f"[waits {sends}; receives {heard}; waits {waits}]"
    begin = f"chan-no-receiver, inferred: Ga sends on {name} ({sends}); Gb has no receive ahead"
    return Expected(full=f"{begin} ({heard}) and waits for Ga ({waits}) {places}")


def _by_page(sends: str, name: str, heard: str, waits: str) -> tuple[str]:
    begin = f"chan-no-receiver, seen: Ga sends on {name} ({sends}); Gb, which received last"
    places = f"[waits {sends}; receives {heard}; waits {waits}]"
    return (f"{begin} ({heard}), waits for Ga ({waits}) {places}",)


ENDS = {
    "TestStopsAProber": ("@prober-sends", "p.out", "@prober-heard", "@prober-stops"),
    "TestCommandsAShell": ("@shell-sends", "s.out", "@shell-heard", "@shell-commands"),
    "TestHarvests": ("@picker-sends", "h.in", "@basket-taken", "@harvest-waits"),
}
"""Of each hang who sends, on what, where that was received before, and where its receiver waits."""
SOUND = ("TestStopsAScout", "TestCommandsAConsole", "TestPresses")

HANGS = {test: _expected(*each) for test, each in ENDS.items()}
BY_PAGE = {test: _by_page(*each) for test, each in ENDS.items()}


class TestCrossedStops(HangsAreTold, PagesAreTold, SoundIsSilent):
    """The receiver is told with what it waits for; one that comes later is none that is gone."""

    shape, sound = "crossed_stops", SOUND
    hangs, by_page = HANGS, BY_PAGE
