"""An Unlock of what is not locked is told with what had unlocked it."""

from __future__ import annotations

import pytest

from diagnosis.program_runs import RELEASES
from diagnosis.rules.crash_pasts import check_no_crash, check_past, check_without_source

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


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("test", TOLD)
def test_a_crash_is_told_with_its_past(test: str, release: str) -> None:
    check_past(test, TOLD[test], release)


@pytest.mark.parametrize("test", TOLD)
def test_without_the_source_no_other_side_is_named(test: str) -> None:
    check_without_source(test)


def test_what_is_sound_does_not_crash() -> None:
    check_no_crash(SOUND)
