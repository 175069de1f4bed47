"""A stack that overflows is told with the functions that call one another on it."""

from __future__ import annotations

from diagnosis.rules.crash_pasts import CrashPasts

TOLD = {
    "TestSumsACircle": "seen: Ga's stack overflows: (*Node).Sum calls itself at @sums again and"
    " again [panics @sums]",
    "TestPrintsItself": "seen: Ga's stack overflows: Degree.String calls itself through"
    " fmt.Sprintf at @prints again and again [panics @prints]",
    "TestAsksEachOther": "seen: Ga's stack overflows: Even (@even) and Odd (@odd) call one another"
    " again and again [panics @even; panics @odd]",
}
SOUND = ("TestPrintsANumber", "TestSumsALine")


class TestStackOverflow(CrashPasts):
    """A cycle of calls is told; calls that come to an end do not crash."""

    crashes = TOLD
    sound = SOUND
