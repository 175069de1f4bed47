"""A misused wait group is told with what else counts it."""

from __future__ import annotations

from diagnosis.rules.crash_pasts import CrashPasts

TOLD = {
    "TestDoneTooOften": "inferred: Ga calls busy.Done (@done-thrice) once more than busy.Add(2)"
    " (@adds-two) counted [panics @done-thrice; adds @adds-two]",
    "TestDoneOnBothWays": "inferred: Ga takes c.busy below zero (@works): its function calls Done"
    " at @done-early and again by defer (@done-deferred) [panics @works; done @done-early;"
    " adds @adds-crew; adds @adds-sound; done @done-deferred]",
    "TestTakesAway": "inferred: Ga calls busy.Add(-2) (@takes-away), which is more than busy.Add(1)"
    " (@adds-one) counted [panics @takes-away; adds @adds-one]",
    "TestCountsAnew": "inferred: Ga's busy.Wait (@overtaken) had not returned when busy.Add(1)"
    " (@counts-anew) counted anew [panics @overtaken; created @starts-waits; adds"
    " @counts-anew; done @counts-off]",
}
SOUND = ("TestDoneOnce",)


class TestWaitGroupPanic(CrashPasts):
    """A misuse is told with what else counts the group; a sound use does not crash."""

    crashes = TOLD
    sound = SOUND
