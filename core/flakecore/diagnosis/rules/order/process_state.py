"""``shared-state`` of the process: an environment variable or a working directory left behind.

Speaks of a failed assertion whose condition comes from ``os.Getenv`` of a name that a test which
ran before sets by ``os.Setenv``; and of a file that was not found by a relative path where a test
that ran before calls ``os.Chdir``. It is inferred: which test ran when is seen, what each does is
read from the source. Silent where the other test puts it back, by a deferred call or one for
``t.Cleanup``, or uses ``t.Setenv`` and ``t.Chdir``, and where several tests may be it.

Example: ``TestFast`` calls ``os.Setenv("MODE", "fast")``; ``TestDefault`` wants none.
Counterexample: ``TestFast`` calls ``t.Setenv``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from flakecore.diagnosis.failing_call import FailingSource, failing_call
from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Place, Role
from flakecore.diagnosis.rules.order.replay import replay_of
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing
from flakecore.timeline import TestStatus

_READS = ("os.Getenv", "os.LookupEnv")
_SETS = "os.Setenv"
_MOVES = "os.Chdir"
_PUTS_BACK = ("os.Setenv", "os.Unsetenv", "os.Chdir", "os.Clearenv")
_NOT_THERE = re.compile(r"\b(?:open|stat|lstat) ([^/\s:][^:\n]{0,200}): no such file or directory")


@dataclass(frozen=True)
class _Change:
    """A call by which a test changes what all tests of the process share."""

    test: str
    file: str
    call: Node


def _find(question: Question) -> Iterator[Finding]:
    failure = question.failure
    failing = failing_call(question.case, failure, question.files)
    if failure is None or failing is None or failure.test < 0:
        return
    for name in sorted(_names_read(failing)):
        yield from _told(
            question,
            failing,
            _changes(question, failing, _SETS, name),
            f"sets {name}",
            f"which {failure.test_name} checks",
        )
    missing = _NOT_THERE.search(failure.message)
    if missing is not None:
        yield from _told(
            question,
            failing,
            _changes(question, failing, _MOVES),
            "changes the working directory",
            f"and {missing[1]} is not there",
        )


def _told(
    question: Question, failing: FailingSource, changes: list[_Change], does: str, then: str
) -> Iterator[Finding]:
    failure = question.failure
    if len(changes) != 1 or failure is None:
        return
    each = changes[0]
    at = f"({each.file}:{line_of(each.call)})"
    yield Finding(
        rule=RULE.id,
        claim=first_that_fits(
            f"{each.test}, which ran before it, {does} {at}, {then} ({failing.at})",
            f"{each.test}, which ran before it, {does} {at}, {then}",
            f"{each.test} ran before it and {does} {at}, {then}",
            f"{each.test} ran before it and {does} {at}",
        ),
        certainty=Certainty.INFERRED,
        test=failure.test,
        places=(
            failing.fails_at(),
            Place(Role.WRITES, 0, "", failing.path_of(each.file), line_of(each.call)),
        ),
        evidence=(
            failing.evidence(f"the test failed at {failing.at}"),
            Evidence(f"{each.test} ran before, and {does} at {at[1:-1]}", None, 0),
        ),
        next=replay_of(question.case, [each.test], failure.test_name),
    )


def _names_read(failing: FailingSource) -> set[str]:
    """Return the environment variables that the failing line's condition comes from."""
    return {
        _first(node)
        for condition in failing.innermost
        for file, node in failing.origins.of(failing.name, condition)
        if node.type == "call_expression" and failing.library_function(node, file) in _READS
    } - {""}


def _changes(
    question: Question, failing: FailingSource, function: str, name: str = ""
) -> list[_Change]:
    """Return the tests that ran before and call a function so, and put nothing back.

    Empty where the failing test does so itself.

    Args:
        question: what was asked.
        failing: the failing call.
        function: ``os.Setenv`` or ``os.Chdir``.
        name: its first argument; "" for any.
    """
    case, package = question.case, failing.package
    failure = question.failure
    assert failure is not None
    own = case.tests[failure.test]
    while own.parent >= 0:
        own = case.tests[own.parent]
    inside = [
        call
        for call in failing.file.calls_of
        if failing.function.start_byte <= call.start_byte < failing.function.end_byte
    ]
    if any(_method(call) == function.removeprefix("os.") for call in inside):
        return []
    found: list[_Change] = []
    for test in case.tests[: own.index]:
        declared = package.writes.tests.get(test.name)
        if test.parent >= 0 or declared is None or test.status is TestStatus.SKIP:
            continue
        file, node = declared
        calls = [
            call
            for call in package.files[file].calls_of
            if node.start_byte <= call.start_byte < node.end_byte
        ]
        made = [
            call
            for call in calls
            if failing.library_function(call, file) == function
            and (not name or _first(call) == name)
            and enclosing(call, *FUNCTIONS) == node
            and not _is_deferred(call)
        ]
        back = [
            call
            for call in calls
            if failing.library_function(call, file) in _PUTS_BACK
            and (enclosing(call, *FUNCTIONS) != node or _is_deferred(call))
        ]
        if made and not back and test.name not in {each.test for each in found}:
            found.append(_Change(test.name, file, made[-1]))
    return found


def _is_deferred(call: Node) -> bool:
    return call.parent is not None and call.parent.type == "defer_statement"


def _method(call: Node) -> str:
    return text_of(call.child_by_field_name("function")).rpartition(".")[2]


def _first(call: Node) -> str:
    """Return the text of a call's first argument, if that is a literal; "" otherwise."""
    listed = call.child_by_field_name("arguments")
    first = listed.named_children[0] if listed is not None and listed.named_children else None
    is_text = first is not None and first.type == "interpreted_string_literal"
    return text_of(first)[1:-1] if is_text else ""


RULE = Rule("shared-state", Needs.FAILURE, _find)
