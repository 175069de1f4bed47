"""Loops that were left, beside tests whose loop of the same type still goes round."""

from __future__ import annotations

from diagnosis.hang_tables import HangsAreTold, PagesAreTold, SoundIsSilent
from diagnosis.program_runs import Expected

_MILL = (
    "chan-no-receiver, inferred: Ga sends on m.sacks (@mill-fill); the loop that receives "
    "(@mill-range) ends at @mill-jam [waits @mill-fill; receives @mill-range{}]"
)
_PUMP = (
    "chan-no-receiver, inferred: Ga sends on p.stop (@pump-halt); the loop that receives "
    "(@pump-stop) ends at @pump-stopped or 71 [waits @pump-halt{}; receives @pump-stop{}]"
)
_PART = (
    "chan-no-sender, inferred: Ga receives from each.ready (@part-needs); nobody is left to close "
    "it: the return at @part-fails skips it [waits @part-needs; closes @part-ready{}]"
)
HANGS = {
    "TestMillJams": Expected(full=_MILL.format("; created @mill-starts"), log=_MILL.format("")),
    "TestPumpFailsBeforeItIsHalted": Expected(
        full=_PUMP.format("", "; created @pump-starts"), log=_PUMP.format("", "")
    ),
    "TestNeededPartFails": Expected(
        full=_PART.format("; created @wheel-starts"), log=_PART.format("")
    ),
}
BY_PAGE = {
    "TestMillJams": (
        "chan-no-receiver, seen: Ga sends on m.sacks (@mill-fill); Gb, which received last "
        "(@mill-range), ended at T [waits @mill-fill; receives @mill-range; created @mill-starts]",
    ),
    "TestPumpFailsBeforeItIsHalted": (_PUMP.format("; made @pump-made", ""),),
    "TestNeededPartFails": (
        "chan-no-sender, inferred: Ga receives from each.ready (@part-needs); the return at "
        "@part-fails skips the close (@part-ready) [waits @part-needs; made @part-made; closes "
        "@part-ready]",
    ),
}
SOUND = ("TestMillIsSlow", "TestPumpIsInALongStroke", "TestNeededPartIsSlow")


class TestQuietLoops(HangsAreTold, PagesAreTold, SoundIsSilent):
    """What another test's goroutines do with objects of their own keeps nobody waiting."""

    shape, hangs, by_page, sound = "quiet_loops", HANGS, BY_PAGE, SOUND
