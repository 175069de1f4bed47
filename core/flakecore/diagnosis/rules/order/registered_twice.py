"""``shared-state``: what can be registered but once in a process, and was by another test.

Reports a panic by which a registry refuses a second one of a name: those of package flag, expvar
and net/http, of Prometheus, and others that state it (``already registered``). It names the test
that ran before and comes to the same line of the program's own code, by its source, or an earlier
run of the same test. The function that is compared is the innermost that is given nothing, or
nothing but the test, and so registers the same for all. It is inferred: which test ran before is
seen, that it came to the function is read from the source. Silent where several tests do, and where
the source is not at hand.

Example: ``flag redefined: verbose`` in ``Parse``, which ``TestParse`` and ``TestParseAgain`` call.
Counterexample: one test that calls ``register("a")`` twice, beside another that registers b.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from flakecore.diagnosis.crash_site import CrashSite, crash_site
from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Place, Role
from flakecore.diagnosis.goroutine_states import StackFrame
from flakecore.diagnosis.rules.order.replay import replay_of
from flakecore.diagnosis.rules.order.unlisted_tests import lists_passing_tests, tests_before
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.diagnosis.source.syntax import parameters
from flakecore.frames import is_own
from flakecore.timeline import FailureKind

_REFUSED = re.compile(
    r"flag redefined: |duplicate metrics collector registration|[Rr]euse of exported var name"
    r"|multiple registrations for |already registered|registered twice|duplicate registration"
    r"|conflicts with pattern"
)
_OF_THE_TEST = ("*testing.T", "testing.TB", "context.Context")


def _find(question: Question) -> Iterator[Finding]:
    failure, case = question.failure, question.case
    if failure is None or failure.kind is not FailureKind.PANIC or failure.test < 0:
        return
    site = crash_site(case, failure)
    refused = _REFUSED.search(site.message) if site is not None else None
    if site is None or refused is None:
        return
    own = case.tests[failure.test]
    while own.parent >= 0:
        own = case.tests[own.parent]
    for frame in _own_frames(site, case.package):
        if not _is_alike_for_all(question, frame):
            continue
        others = _earlier_tests(question, frame, own.name)
        if len(others) != 1:
            return
        other, ran = others[0], "" if lists_passing_tests(case) else " in the source"
        again = other == own.name
        when = "an earlier run of it" if again else f"{other}, before it{ran},"
        does = f"{failure.test_name} registers again what {when} registered"
        message = site.message.partition("\n")[0]
        yield Finding(
            rule="shared-state",
            claim=first_that_fits(
                f"{does} ({frame.place}): {message}",
                f"{does} ({frame.place})",
                f"It registers again what {when} registered ({frame.place})",
            ),
            certainty=Certainty.INFERRED,
            test=failure.test,
            places=(
                site.place(Role.PANICS),
                Place(Role.WRITES, site.goroutine, frame.function, frame.file, frame.line),
            ),
            evidence=(
                Evidence(f"panic: {message}", None, site.goroutine),
                Evidence(f"{other} comes to {frame.short_function}, too, by its source", None, 0),
            ),
            next="register with a registry of the test's own"
            if again
            else replay_of(case, [other], failure.test_name),
        )
        return


def _own_frames(site: CrashSite, package: str) -> list[StackFrame]:
    """Return the program's own frames from the panicking one outwards."""
    frames = (StackFrame(each.function, each.file, each.line) for each in site.frames)
    return [each for each in frames if is_own(each, package)]


def _is_alike_for_all(question: Question, frame: StackFrame) -> bool:
    """Return whether a frame's function is given nothing that may differ from call to call."""
    package = question.files.package_of(frame)
    stands = package.function_of(frame) if package is not None else None
    if stands is None or stands[1].type != "function_declaration":
        return False
    return all(kind in _OF_THE_TEST for _, kind in parameters(stands[1]))


def _earlier_tests(question: Question, frame: StackFrame, own: str) -> list[str]:
    """Return the tests that ran before and come to a frame's function; an earlier run counts."""
    case, package = question.case, question.files.package_of(frame)
    stands = package.function_of(frame) if package is not None else None
    if package is None or stands is None:
        return []
    failure = question.failure
    assert failure is not None
    if lists_passing_tests(case):
        before = [each.name for each in case.tests[: failure.test] if each.parent < 0]
        earlier = before.count(own) > (case.tests[failure.test].name != own)
        names = [name for name in dict.fromkeys(before) if name != own or earlier]
    else:
        names = list(tests_before(case, own, package.writes))
    key = (stands[0], stands[1].start_byte)
    return [
        name
        for name in names
        if key
        in {(file, f.start_byte) for file, f in package.writes.functions_of(name, always=True)}
    ]


RULE = Rule("registered-twice", Needs.FAILURE, _find, ids=("shared-state",))
