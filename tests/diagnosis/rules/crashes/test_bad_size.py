"""A length that cannot be is told with its expression."""

from __future__ import annotations

from diagnosis.rules.crash_pasts import CrashPasts

TOLD = {
    "TestMakesAGrid": "inferred: Ga makes a []byte of length wide*high, which is below zero or too"
    " large, in Grid (@makes-grid) [panics @makes-grid]",
    "TestMakesAMailbox": "inferred: Ga makes a chan int of size room, which is below zero or too"
    " large, in Mailbox (@makes-mailbox) [panics @makes-mailbox]",
    "TestReserves": "inferred: Ga makes a []int of capacity end-begin, which is below zero or too"
    " large, in Reserve (@reserves) [panics @reserves]",
    "TestTakesFour": "seen: Ga takes a list of length 2 for an array of length 4 in Four"
    " (@takes-four) [panics @takes-four]",
}
SOUND = ("TestMakesASmallGrid", "TestTakesFourOfFive")


class TestBadSize(CrashPasts):
    """A list and a channel of no possible size are told; sound ones do not crash."""

    crashes = TOLD
    sound = SOUND
