"""``panic-cause`` of a test that ended without a result: who called ``runtime.Goexit``.

Package testing panics where a test's goroutine ends, its function has not returned and neither
FailNow nor SkipNow was called (``src/testing/testing.go``, tRunner). Reported where the stack of
that panic has ``runtime.Goexit``, called by the program itself: every word is in the dump. Silent
where package testing called it, as ``t.FailNow`` of another test does, and of ``panic(nil)``.

Example: a test that calls ``runtime.Goexit()``, or a helper of it that does.
Counterexample: ``t.SkipNow()``, which ends the goroutine in the same way and is a result.
"""

from __future__ import annotations

from collections.abc import Iterator

from flakecore.diagnosis.crash_site import crash_site
from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Place, Role
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.frames import is_own
from flakecore.timeline import FailureKind

_MESSAGE = "test executed panic(nil) or runtime.Goexit"
_GOEXIT = "runtime.Goexit"


def _find(question: Question) -> Iterator[Finding]:
    failure, case = question.failure, question.case
    if failure is None or failure.kind is not FailureKind.PANIC or failure.crash < 0:
        return
    site = crash_site(case, failure)
    crash = case.crashes[failure.crash]
    if site is None or not crash.message.startswith(_MESSAGE) or not crash.goroutines:
        return
    frames = crash.goroutines[0].frames
    at = next((at for at, frame in enumerate(frames) if frame.function == _GOEXIT), -1)
    caller = frames[at + 1] if 0 <= at < len(frames) - 1 else None
    if caller is None or not is_own(caller, case.package) or caller.line != site.own.line:
        return
    test = failure.test_name
    yield Finding(
        rule="panic-cause",
        claim=first_that_fits(
            f"{site.who} called runtime.Goexit{site.at}, which ended {test} without a result",
            f"{site.who} called runtime.Goexit{site.at}, which ended its test without a result",
            f"{site.who} called runtime.Goexit ({site.own.place})",
        ),
        certainty=Certainty.SEEN,
        test=failure.test,
        places=(Place(Role.RUNS, site.goroutine, site.own.function, site.own.file, site.own.line),),
        evidence=(Evidence(f"panic: {_MESSAGE}", None, site.goroutine),),
        next="return from the test, or end it by t.SkipNow or t.FailNow",
    )


RULE = Rule("goexit", Needs.FAILURE, _find, ids=("panic-cause",))
