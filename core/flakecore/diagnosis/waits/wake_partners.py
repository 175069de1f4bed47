"""Whom a test's goroutines had to do with: who ended their waits, and whose waits they ended.

Who could end a wait that nothing ended is in no trace. But whoever received from a goroutine
before, or sent to it, or unlocked what it waited for, is who would do so again. That the testing
package's own goroutines start a test, let it go on and wait for its end has no meaning.
"""

from __future__ import annotations

from flakecore.timeline.case import Case
from flakecore.timeline.test_spans import with_subtests

_MAIN = 1
"""The main goroutine, which starts the tests; the runtime numbers it first."""


def partners_of(case: Case, test: int) -> tuple[int, ...]:
    """Return the goroutines outside of a test and its subtests that its own had to do with.

    Those that its own waited on come first, longest first; then those that waited on its own. None
    of them is the runtime's or another test's own goroutine.
    """
    schedule = case.schedule
    if schedule is None or test < 0:
        return ()
    tests = [case.tests[index] for index in with_subtests(case.tests, test)]
    own = [number for span in tests for number in schedule.goroutines_of(span.index)]
    runners = {_MAIN, *(span.goroutine for span in case.tests)}
    pauses = [pause for span in tests for pause in span.waits]
    return tuple(number for number in schedule.wake_partners(own, pauses) if number not in runners)
