"""A panic within another package's function is none of the expressions of the line that calls it.

But for the receiver, where the method itself followed it.
"""

from __future__ import annotations

from diagnosis.rules.crash_pasts import CrashPasts

TOLD = {
    "TestReadsAShortWord": "seen: Ga asks for index 3 of a value of length 1 in"
    " binary.bigEndian.Uint32, called by Word (@reads-word) [panics @reads-word]",
    "TestNotesNothing": "inferred: Ga follows a nil pointer, to, in Note (@notes-nothing)"
    " [panics @notes-nothing]",
    # Either the ledger may be nil or the mutex that it embeds.
    "TestAddsWithoutALock": "seen: Ga follows a nil pointer in sync.(*Mutex).Lock, called by"
    " (*Ledger).Add (@locks-nothing) [panics @locks-nothing]",
}
SOUND = ("TestReadsAWord", "TestAddsUnderItsLock")


class TestNilCandidates(CrashPasts):
    """Each panic is told with where it was, and with an expression where that is certain."""

    crashes = TOLD
    sound = SOUND
