"""A test that ends without a result is told with who called runtime.Goexit."""

from __future__ import annotations

from diagnosis.rules.crash_pasts import CrashPasts

TOLD = {
    "TestEndsItself": "seen: Ga called runtime.Goexit in TestEndsItself (@ends-itself), which ended"
    " TestEndsItself without a result [runs @ends-itself]",
    "TestEndsInAHelper": "seen: Ga called runtime.Goexit in leaveEarly (@leaves-early), which ended"
    " TestEndsInAHelper without a result [runs @leaves-early]",
}
SOUND = ("TestSkipsItself", "TestEndsAnother")


class TestGoexit(CrashPasts):
    """The call is told with its line; a skip, and the end of another goroutine, do not crash."""

    crashes = TOLD
    sound = SOUND
