"""An Unlock of what is not locked is told with what had unlocked it."""

from __future__ import annotations

from diagnosis.rules.crash_pasts import CrashPasts

TOLD = {
    "TestUnlocksTwice": "inferred: Ga calls mu.Unlock in TestUnlocksTwice (@unlocks-again), which"
    " mu.Unlock (@unlocked-before) has unlocked before"
    " [panics @unlocks-again; locked_at @unlocked-before]",
    "TestUnlocksByDefer": "inferred: Ga calls h.mu.Unlock in (*Hook).Leave (@leaves): its function"
    " unlocks it at @unlocks-early and again by defer [panics @leaves; locked_at @unlocks-early]",
    "TestUnlocksReading": "inferred: Ga calls mu.RUnlock in TestUnlocksReading (@unlocks-reading),"
    " which mu.Lock (@locks-writing) locks for writing"
    " [panics @unlocks-reading; locked_at @locks-writing]",
    "TestUnlocksOfAnother": "inferred: Ga calls hook.mu.Unlock in TestUnlocksOfAnother"
    " (@unlocks-none) of a lock that is not locked [panics @unlocks-none]",
    "TestUnlocksWhatAnotherDid": "inferred: Ga calls mu.Unlock in TestUnlocksWhatAnotherDid"
    " (@unlocks-after): it is unlocked at @another-unlocks, too"
    " [panics @unlocks-after; locked_at @another-unlocks]",
}
SOUND = ("TestUnlocksOnce",)


class TestUnlocked(CrashPasts):
    """An Unlock is told with what had unlocked the lock; a sound one does not crash."""

    crashes = TOLD
    sound = SOUND
