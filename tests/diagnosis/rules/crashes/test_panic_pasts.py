"""Run-time panics are told with where the value came from that they are about."""

from __future__ import annotations

from diagnosis.rules.crash_pasts import CrashPasts

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
    "TestCallsNone": "inferred: Ga follows a nil pointer, h or h.call, in (*Hook).Run (@calls-none)"
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
    "TestPutsBehindForget": "inferred: Ga writes to the nil map l.by in (*Labels).Put (@puts),"
    " which Forget sets to nil (@forgets) [panics @puts; created @forgets]",
    "TestTitleBehindStop": "inferred: Ga follows a nil pointer, p.now, in (*Player).Title"
    " (@titles), which Stop sets to nil (@stops) [panics @titles; created @stops]",
    "TestAtBehindClear": "inferred: Ga asks for index 1 of q.items of length 0 in (*Queue).At"
    " (@at), which Clear cuts short (@clears) [panics @at; created @clears]",
    "TestSharesBeforeItIsAgreed": "inferred: Ga divides by plan.shares, which is zero, in Share"
    " (@shares), which only Agree sets (@agrees) [panics @shares; created @agrees]",
    "TestLooksAtEmptyShelf": "inferred: Ga follows a nil pointer, s.top, in (*Shelf).Look"
    " (@looks-at-shelf) [panics @looks-at-shelf]",
    "TestTitleOfNothing": "inferred: Ga follows a nil pointer, p.now, in (*Player).Title (@titles)"
    " [panics @titles]",
    "TestAsksForNoRoute": "inferred: Ga asks for index 0 of routes[name] of length 0 in FirstHop"
    " (@first-hop) [panics @first-hop]",
    "TestDividesAgain": "inferred: Ga divides by len(of), which is zero, in Average (@divides)"
    " [panics @divides]",
}
SOUND = (
    "TestPutsBeforeForget",
    "TestTitleBeforeStop",
    "TestDividesByTwo",
    "TestTakesAText",
    "TestCallsOne",
    "TestCallsOnSomebody",
)


class TestPanicPasts(CrashPasts):
    """A run-time panic is told with where its value came from; sound ones do not crash."""

    crashes = TOLD
    sound = SOUND
