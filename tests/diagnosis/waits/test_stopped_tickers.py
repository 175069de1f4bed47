"""A loop over a ticker that another goroutine has stopped, and over one that is slow."""

from __future__ import annotations

from diagnosis.hang_tables import HangsAreTold, SoundIsSilent
from diagnosis.program_runs import Expected

HANGS = {
    "TestTickerIsStopped": Expected(
        full=(
            "timer-lost, inferred: Ga ranges over b.tick.C (@beacon-range); Gb has stopped its "
            "ticker (@beacon-stop), which does not close it [waits @beacon-range; closes "
            "@beacon-stop]"
        ),
    ),
}
SOUND = ("TestTickerIsSlow",)


class TestStoppedTickers(HangsAreTold, SoundIsSilent):
    """Who stopped the ticker is told beside the loop; one that is slow is no cause."""

    shape = "services"
    hangs = HANGS
    sound = SOUND
