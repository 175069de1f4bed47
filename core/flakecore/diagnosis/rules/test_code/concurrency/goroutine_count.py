"""``test-itself``: an assertion on how many goroutines there are.

Reports a failed assertion whose condition the source traces to ``runtime.NumGoroutine``, and the
test's own goroutines that were there when it failed: those that ended a moment later were only not
waited for; one that never did is reported with what it was doing. Without a trace it states what
the number counts. It is inferred, since the number counts all goroutines of the process. Where what
the test calls never stops an ``iter.Pull``, it reports that alone, if its goroutine had not ended
by the trace. Silent on other conditions, on loops that poll, without a trace on numbers that are
too small, and where the source is not at hand.

Example: ``stop(); if n := runtime.NumGoroutine(); n != before { t.Errorf("%d goroutines", n) }``.
Counterexample: the same number in a log line, or a wait group waited for before it is read.
"""

from __future__ import annotations

from collections.abc import Iterator

from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.findings import Evidence, Finding, Place, Role
from flakecore.diagnosis.rules.failed_assertion import assertion_finding, assertion_rule
from flakecore.diagnosis.rules.rule import Question
from flakecore.diagnosis.rules.test_code.concurrency.unstopped_iterators import (
    unstopped_iterators,
)
from flakecore.diagnosis.rules.test_code.orders.reordered import named_after
from flakecore.diagnosis.rules.wording import names
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.values.value_origins import Origin
from flakecore.frames import own_frame
from flakecore.timeline import Goroutine, Lane, LaneKind
from flakecore.times import format_duration

_COUNTS = "runtime.NumGoroutine"
_ITERATOR = "runtime.corostart"
"""What the goroutine of an iterator runs (``src/runtime/coro.go``)."""
_LOOKED_AT = 400
"""Goroutines of the test that are looked at."""
_SHOWN = 3
"""Goroutines that are shown one by one."""


def _find(question: Question, failing: FailingSource) -> Iterator[Finding]:
    read = _reading(failing) if not failing.loops else None
    if read is None:
        return
    unstopped = list(unstopped_iterators(failing))
    if unstopped:
        for home, pull in unstopped:
            number = _at_yield(question, failing, home, line_of(pull))
            if number and _finds_too_many(failing):
                yield _left_iterator(failing, read, (home, pull), number)
                break
        return
    file, node = read
    there = _still_there(question, failing)
    may_be_many = _finds_too_many(failing)
    if failing.comparisons and not may_be_many:
        return
    if not there and (question.case.schedule is not None or not may_be_many):
        return
    counts = f"{failing.test_name} counts goroutines"
    if not there:
        claims = [f"{counts} ({failing.at}), and those that are about to end count, too"]
    elif all(each.ended_ns is not None for each in there):
        last = max(each.ended_ns or 0 for each in there)
        later = format_duration(last - failing.at_ns)
        claims = [
            f"{counts} ({failing.at}) before {_who(question, there)} had ended, {later} later",
            f"{counts} ({failing.at}) before {names([each.id for each in there])} had ended",
        ]
    else:
        there = [each for each in there if each.ended_ns is None]
        doing = _doing(question, there[0])
        verb = "was" if len(there) == 1 else "were"
        claims = [
            f"{counts} ({failing.at}); {_who(question, there)} {verb} still there{doing}",
            f"{counts} ({failing.at}); {names([each.id for each in there])} {verb} still there",
        ]
    yield assertion_finding(
        failing,
        (*claims, f"{counts} ({failing.at})"),
        (
            f"the failing line's condition comes from {_COUNTS}",
            *(_fact(each) for each in there[:_SHOWN]),
        ),
        "wait for the goroutines themselves, or ask again until a deadline",
        places=(
            failing.place(Role.READS, node, file),
            *(place for each in there[:_SHOWN] if (place := _made(question, each)) is not None),
        ),
    )


def _at_yield(question: Question, failing: FailingSource, file: str, line: int) -> int:
    """Return the goroutine of an iterator that a line began and that had not ended; 0 for none."""
    schedule = question.case.schedule
    numbers = schedule.goroutines_of(failing.test) if schedule is not None else ()
    for number in numbers[-_LOOKED_AT:]:
        goroutine = schedule.goroutine(number) if schedule is not None else None
        if goroutine is None or goroutine.function != _ITERATOR:
            continue
        if goroutine.created_ns > failing.at_ns:
            continue
        ended = goroutine.ended_ns is not None and goroutine.ended_ns <= failing.at_ns
        stack = goroutine.creation_stack
        if not ended and any((e.file.rpartition("/")[2], e.line) == (file, line) for e in stack):
            return int(number)
    return 0


def _left_iterator(failing: FailingSource, read: Origin, left: Origin, number: int) -> Finding:
    """Return that a function which the test calls leaves the goroutine of an iterator."""
    file, pull = left
    name, who = named_after(failing.test_name, pull)
    where, call = f"{file}:{line_of(pull)}", " ".join(text_of(pull).split())
    counts = f"{failing.test_name} counts goroutines ({failing.at})"
    return assertion_finding(
        failing,
        (
            f"{counts}; {who} never stops what {call} began ({where})",
            f"{counts}; {who} never stops its iter.Pull ({where})",
            f"{counts}; an iter.Pull is never stopped ({where})",
        ),
        (
            f"the failing line's condition comes from {_COUNTS}",
            Evidence(f"G{number}, which {call} began, had not ended", None, number),
            f"{name} does not call the stop that {call} gives ({where})",
        ),
        "defer the stop that iter.Pull gives",
        places=(failing.place(Role.READS, read[1], read[0]), failing.place(Role.MADE, pull, file)),
    )


def _reading(failing: FailingSource) -> tuple[str, Node] | None:
    """Return where the number that a condition comes from is read last; None for nowhere."""
    found = [each for condition in failing.innermost for each in _counts(failing, condition)]
    return max(found, key=lambda each: (each[0] == failing.name, line_of(each[1])), default=None)


def _counts(failing: FailingSource, value: Node) -> list[tuple[str, Node]]:
    return [
        (file, node)
        for file, node in failing.origins.of(failing.name, value)
        if node.type == "call_expression" and failing.library_function(node, file) == _COUNTS
    ]


def _finds_too_many(failing: FailingSource) -> bool:
    """Return whether the test fails by a number that is too large, or other than one before."""
    for each in failing.comparisons:
        larger = [each.right] if each.operator.startswith("<") else [each.left]
        if each.operator == "!=":  # ``before + 4`` asks for some that are meant to be there
            sides = [each.left, each.right]
            larger = [] if any(_adds(failing, side) for side in sides) else sides
        if each.operator != "==" and any(_counts(failing, side) for side in larger):
            return True
    return False


def _adds(failing: FailingSource, side: Node) -> bool:
    """Return whether a wanted number is a sum."""
    return any(
        node.type == "binary_expression" and text_of(node.child_by_field_name("operator")) == "+"
        for _, node in failing.origins.of(failing.name, side)
    )


def _still_there(question: Question, failing: FailingSource) -> list[Goroutine]:
    """Return the other goroutines of the test that were there when it failed."""
    schedule = question.case.schedule
    if schedule is None or failing.test < 0:
        return []
    known = (schedule.goroutine(each) for each in schedule.goroutines_of(failing.test)[:_LOOKED_AT])
    return [
        each
        for each in known
        if each is not None
        and each.id != failing.goroutine
        and not each.system
        and each.created_ns <= failing.at_ns
        and (each.ended_ns is None or each.ended_ns > failing.at_ns)
    ]


def _who(question: Question, there: list[Goroutine]) -> str:
    """Return some goroutines with the place that started the first."""
    who = names([each.id for each in there])
    made = _made(question, there[0])
    if made is None:
        return who
    return f"{who}, started at {made.file.rpartition('/')[2]}:{made.line},"


def _made(question: Question, goroutine: Goroutine) -> Place | None:
    frame = own_frame(goroutine.creation_stack, question.case.package)
    if frame is None:
        return None
    return Place(Role.CREATED, goroutine.id, frame.function, frame.file, frame.line)


def _doing(question: Question, goroutine: Goroutine) -> str:
    """Return what a goroutine was doing when the test failed: ``, in chan receive``."""
    schedule, failure = question.case.schedule, question.failure
    assert schedule is not None and failure is not None
    now = schedule.at(Lane(LaneKind.GOROUTINE, goroutine.id), failure.at_ns)
    return f", in {now.reason or now.state.label}" if now is not None else ""


def _fact(goroutine: Goroutine) -> Evidence:
    who = f"G{goroutine.id}"
    if goroutine.ended_ns is None:
        return Evidence(f"{who} had not ended when the trace did", None, goroutine.id)
    return Evidence(f"{who} ended", goroutine.ended_ns, goroutine.id)


RULE = assertion_rule("goroutine-count", _find)
