"""Run-time panics are told with where the value came from that they are about."""

from __future__ import annotations

import pytest

from diagnosis.program_runs import RELEASES
from diagnosis.rules.crash_pasts import check_no_crash, check_past, check_without_source

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
    "TestCallsOnNobody": "inferred: Ga follows a nil pointer, u, (@short), called on user"
    " (@calls-on), which Load returns as nil (@nobody)"
    " [panics @short; runs @calls-on; created @nobody]",
}
SOUND = ("TestDividesByTwo", "TestTakesAText", "TestCallsOne", "TestCallsOnSomebody")


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("test", TOLD)
def test_a_crash_is_told_with_its_past(test: str, release: str) -> None:
    check_past(test, TOLD[test], release)


@pytest.mark.parametrize("test", TOLD)
def test_without_the_source_no_other_side_is_named(test: str) -> None:
    check_without_source(test)


def test_what_is_sound_does_not_crash() -> None:
    check_no_crash(SOUND)
