"""Who is to close a channel and waits for that itself, by a page and without; and who is slow."""

from __future__ import annotations

from diagnosis.hang_tables import HangsAreTold, PagesAreTold, SoundIsSilent
from diagnosis.program_runs import Expected

ENDS = {
    "TestConsumerStopsItself": ("c.done", "consumer"),
    "TestWarmerWaitsForItself": ("w.warm", "warmer"),
    "TestGuestDrainsItsHost": ("h.empty", "host"),
}
"""Of each hang the channel, and how the names of its lines begin."""
SOUND = ("TestReaderIsAtWork", "TestHeaterTakesItsTime", "TestGuestSleeps")


def _expected(channel: str, of: str) -> Expected:
    claim = f"Ga receives from {channel} (@{of}-waits); only Ga itself could still close it"
    places = f"[waits @{of}-waits; closes @{of}-closes]"
    return Expected(full=f"chan-no-sender, inferred: {claim} (@{of}-closes) {places}")


def _by_page(channel: str, of: str) -> tuple[str]:
    begin = f"Ga receives from {channel} (@{of}-asked); Gb, due to close it (@{of}-closes), waits"
    places = f"[waits @{of}-asked; made @{of}-made; waits @{of}-waits; closes @{of}-closes]"
    return (f"chan-no-sender, inferred: {begin} for it too (@{of}-waits) {places}",)


HANGS = {test: _expected(*each) for test, each in ENDS.items()}
BY_PAGE = {test: _by_page(*each) for test, each in ENDS.items()}


class TestOwnClosers(HangsAreTold, PagesAreTold, SoundIsSilent):
    """Both who wait are told with the close; one that is asleep closes it later."""

    shape, sound = "own_closers", SOUND
    hangs, by_page = HANGS, BY_PAGE
