"""``leak-hurts-later``: a goroutine that one test left running ended the process in another one.

Reports a panic or a fatal error on a goroutine of a test that has a result and had ended: by the
trace, or by the name of the test in the goroutine's stack, or in the place where it was started.
Go test attributes it to whichever test ran then, which had no part in it. Silent on panics of
package testing about a test that has completed, which have a rule of their own, and on goroutines
whose test is unknown.

Example: a goroutine that ``TestA`` started sends on a channel that ``TestA`` closed at its end.
Counterexample: the goroutine panics while ``TestA`` runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from flakecore.diagnosis.crash_site import CrashSite, crash_site
from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Role
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.gotest import DumpFrame
from flakecore.timeline import FailureKind, TestSpan, TestStatus
from flakecore.times import format_duration

_COMPLETED = re.compile(r"(?:Log|Fail) in goroutine after ")
_TEST = re.compile(r"\.(Test[^.\s(]*)(?:\.|\Z)")


def _find(question: Question) -> Iterator[Finding]:
    failure, case = question.failure, question.case
    if failure is None or failure.kind not in (FailureKind.PANIC, FailureKind.FATAL):
        return
    site = crash_site(case, failure)
    if site is None or _COMPLETED.match(site.message):
        return
    left_by = _test_of(question, site)
    if left_by is None or left_by.status is TestStatus.UNFINISHED:
        return
    known = case.schedule is not None and left_by.timed
    # A test that the panic itself ended was still running.
    if known and left_by.end_ns >= failure.at_ns:
        return
    running = [
        each.name
        for each in case.tests
        if each.status is TestStatus.UNFINISHED and each.parent < 0 and each.name != left_by.name
    ]
    if not running:
        return
    beside = f" while {running[0]} ran" if len(running) == 1 else ""
    later = f" {format_duration(failure.at_ns - left_by.end_ns)} after its end" if known else ""
    made = f" (started at {site.made.place})" if site.made is not None else ""
    who = f"{site.who}, left running by {left_by.name},"
    yield Finding(
        rule=RULE.id,
        claim=first_that_fits(
            f"{site.who}{made}, left running by {left_by.name}, panicked at {site.own.place}"
            f"{later}{beside}",
            f"{who} panicked at {site.own.place}{later}{beside}",
            f"{who} panicked at {site.own.place}{later}",
            f"{who} panicked at {site.own.place}",
            f"{site.who}, left running by a test before, panicked at {site.own.place}",
        ),
        certainty=Certainty.SEEN,
        test=failure.test,
        places=site.places(Role.PANICS),
        evidence=(
            Evidence(f"panic: {site.message.partition(chr(10))[0]}", None, site.goroutine),
            Evidence(
                f"{left_by.name} had ended: {left_by.status}",
                left_by.end_ns if left_by.goroutine else None,
                left_by.goroutine,
            ),
        ),
        next=f"let {left_by.name} wait for {site.who} before it returns",
    )


def _test_of(question: Question, site: CrashSite) -> TestSpan | None:
    """Return the latest run of the test that a crashed goroutine belongs to; None if unknown."""
    case = question.case
    known = case.schedule.goroutine(site.goroutine) if case.schedule is not None else None
    if known is not None and known.test >= 0:
        test = case.tests[known.test]
        while test.parent >= 0:
            test = case.tests[test.parent]
        return test
    name = _test_in_frames(site.frames) or (_TEST.search(site.made.function) if site.made else None)
    runs = [each for each in case.tests if name is not None and each.name == name[1]]
    return runs[-1] if runs else None


def _test_in_frames(frames: tuple[DumpFrame, ...]) -> re.Match[str] | None:
    found = (_TEST.search(frame.function) for frame in reversed(frames))
    return next((each for each in found if each is not None), None)


RULE = Rule("leak-hurts-later", Needs.FAILURE, _find)
