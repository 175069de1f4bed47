"""``leak-checked``: goroutines that a leak checker of the tests' own found left.

Reported where goleak or leaktest failed a test or a package: of each kind of goroutine listed, what
they wait for, where, and where they were started. Whether they could still have gone on, and which
test they are of, neither has (they look at what runs when asked), so that is not reported.

Example: ``defer goleak.VerifyNone(t)`` in a test whose worker waits to send for ever.
Counterexample: the words of goleak in what a test expects of another program's output.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Place, Role
from flakecore.diagnosis.goroutine_states import StackFrame
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits, names
from flakecore.diagnosis.waits.blocked_on import blocked_on_of_dump
from flakecore.frames import shown_frame
from flakecore.gotest import DumpFrame, DumpSource
from flakecore.timeline.dumps.goroutine_groups import AlikeGoroutines, alike_goroutines

_MESSAGES = {
    DumpSource.GOLEAK: re.compile("found unexpected goroutines"),
    DumpSource.LEAKTEST: re.compile(r"(?:leaktest: )?[Ll]eaked goroutine: goroutine \d"),
}
"""Words of go.uber.org/goleak (``leaks.go``) and of leaktest (``leaktest.go``)."""
_LISTED = re.compile(r"Goroutine (\d{1,19}) in state ", re.ASCII)
_KINDS = 3
"""Kinds of goroutines that are reported, the most numerous first."""
_SHOWN = 8


def _find(question: Question) -> Iterator[Finding]:
    failure = question.failure
    if failure is None:
        return
    checkers = (each for each, words in _MESSAGES.items() if words.search(failure.message))
    checker = next(checkers, None)
    if checker is None:
        return
    listed = set(map(int, _LISTED.findall(failure.message)))
    for dump in question.case.dumps:
        if dump.source is not checker:
            continue
        numbers = {each.stack.number for each in dump.goroutines}
        # Of the last that is listed, a log that is cut may have no stack.
        if not numbers or (listed and not listed & numbers):
            continue
        kinds = alike_goroutines(dump, question.case.package)
        for kind in [each for each in kinds if each.goroutines][:_KINDS]:
            yield _finding(question, kind, checker)
        return


def _finding(question: Question, kind: AlikeGoroutines, checker: DumpSource) -> Finding:
    failure, package = question.failure, question.case.package
    assert failure is not None
    stack = kind.goroutines[0].stack.frames
    numbers = [each.stack.number for each in kind.goroutines]
    frame = shown_frame(stack, package)
    waits = blocked_on_of_dump(kind.state, stack)
    at = _frame(frame) if frame is not None else None
    made = _frame(kind.creator) if kind.creator is not None else None
    where = f" at {at.place}" if at is not None and at.place else ""
    started = f", started at {made.place}" if made is not None and made.place else ""
    who, them = names(numbers), "it" if len(numbers) == 1 else "them"
    places = [
        Place(Role.WAITS, number, at.function, at.file, at.line)
        for number in numbers[:_SHOWN]
        if at is not None
    ]
    if made is not None:
        places.append(Place(Role.CREATED, 0, made.function, made.file, made.line))
    return Finding(
        rule=RULE.id,
        claim=first_that_fits(
            f"{checker.value} found {who} left in {waits.noun}{where}{started}",
            f"{checker.value} found {len(numbers)} left{where}{started}",
            f"{checker.value} found {len(numbers)} left{where}",
        ),
        certainty=Certainty.SEEN,
        test=failure.test,
        places=tuple(places),
        evidence=tuple(
            Evidence(f"G{number} {waits.value}{where}{started}", None, number)
            for number in numbers[:_SHOWN]
        ),
        next=f"let {them} end before the test does, and wait for {them}",
        explains=frozenset(numbers),
    )


def _frame(frame: DumpFrame) -> StackFrame:
    return StackFrame(frame.function, frame.file, frame.line)


RULE = Rule("leak-checked", Needs.FAILURE, _find)
