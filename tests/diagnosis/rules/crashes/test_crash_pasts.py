"""Panics and fatal errors are told with their past, as far as the source has one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from diagnosis.assertion_runs import case_of, case_of_log, found_on
from diagnosis.program_runs import RELEASES, told
from diagnosis.rule_table import record
from flakecore.timeline import Case

SHAPE = "crash_pasts"
RULE = "panic-cause"
TOLD = {
    "TestDividesByNone": "inferred: Ga divides by len(of), which is zero, in Average (@divides)"
    " [panics @divides]",
    "TestTakesANumber": "inferred: Ga takes of for a string, but it is int, in Text (@takes)"
    " [panics @takes]",
    "TestTakesNothing": "inferred: Ga takes of for a string, but it is nil, in Text (@takes)"
    " [panics @takes]",
    "TestTakesTheMute": "inferred: Ga takes of for a fmt.Stringer, but it is int, which has no"
    " method String, in Told (@stringer) [panics @stringer]",
    # Either may be nil: the one that holds the function, or the function.
    "TestCallsNone": "seen: Ga follows a nil pointer in (*Hook).Run (@calls-none)"
    " [panics @calls-none]",
    "TestClosesNil": "inferred: Ga closes h.out, a nil channel, in (*Hook).Stop (@closes-nil),"
    " which nothing in the package sets [panics @closes-nil]",
    "TestHasNoError": "inferred: Ga follows a nil pointer, err, in TestHasNoError (@asks-error),"
    " which Load returns as nil (@no-error) [panics @asks-error; created @no-error]",
    "TestLooksAtNone": "inferred: Ga follows a nil pointer, user, in TestLooksAtNone (@looks), an"
    " element of users (@elements) [panics @looks; created @elements]",
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
    "TestCallsOnNobody": "inferred: Ga follows a nil pointer, u, (@short), called on user"
    " (@calls-on), which Load returns as nil (@nobody)"
    " [panics @short; runs @calls-on; created @nobody]",
    "TestSumsACircle": "seen: Ga's stack overflows: (*Node).Sum calls itself at @sums again and"
    " again [panics @sums]",
    "TestPrintsItself": "seen: Ga's stack overflows: Degree.String calls itself through"
    " fmt.Sprintf at @prints again and again [panics @prints]",
    "TestAsksEachOther": "seen: Ga's stack overflows: Even (@even) and Odd (@odd) call one another"
    " again and again [panics @even; panics @odd]",
    "TestDoneTooOften": "inferred: Ga calls busy.Done (@done-thrice) once more than busy.Add(2)"
    " (@adds-two) counted [panics @done-thrice; adds @adds-two]",
    "TestDoneOnBothWays": "inferred: Ga takes c.busy below zero (@works): its function calls Done"
    " at @done-early and again by defer (@done-deferred) [panics @works; done @done-early;"
    " adds @adds-crew; adds @adds-sound]",
    "TestTakesAway": "inferred: Ga calls busy.Add(-2) (@takes-away), which is more than busy.Add(1)"
    " (@adds-one) counted [panics @takes-away; adds @adds-one]",
    "TestCountsAnew": "inferred: Ga's busy.Wait (@overtaken) had not returned when busy.Add(1)"
    " (@counts-anew) counted anew [panics @overtaken; created @starts-waits; adds"
    " @counts-anew; done @counts-off]",
}
SOUND = (
    *(
        "TestDividesByTwo",
        "TestTakesAText",
        "TestCallsOne",
        "TestUnlocksOnce",
        "TestCallsOnSomebody",
    ),
    *("TestPrintsANumber", "TestSumsALine", "TestDoneOnce"),
)


def _told(case: Case, *, source: bool = True) -> list[str]:
    return [told(each) for found in found_on(case, source=source).values() for each in found]


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(
    ("of", "level"), [(case_of, "trace, log and source"), (case_of_log, "log and source")]
)
@pytest.mark.parametrize("test", TOLD)
def test_a_crash_is_told_with_its_past(
    test: str, of: Callable[..., Case], level: str, release: str
) -> None:
    case = of(SHAPE, release, f"-run=^{test}$")
    expected = [f"{RULE}, {TOLD[test]}"]
    found = _told(case)
    record(f"{RULE} (pasts)", level, expected, found)
    assert found == expected


@pytest.mark.parametrize("test", TOLD)
def test_without_the_source_no_expression_and_no_other_side_is_named(test: str) -> None:
    case = case_of_log(SHAPE, RELEASES[1], f"-run=^{test}$")
    (found,) = found_on(case, source=False).values()
    assert [each.rule for each in found] == [RULE]
    assert all(each.certainty == "seen" for each in found)


def test_what_is_sound_does_not_crash() -> None:
    run = "|".join(SOUND)
    assert case_of(SHAPE, RELEASES[1], f"-run=^({run})$").failures == ()
