"""``test-itself``: a value that several goroutines set, each whatever the others did.

Reports a failed assertion that comes from a variable which goroutine literals started in a loop,
or two and more of them, assign as a whole and without a condition, where the function waits for all
of them: what is left is of the one that was last. It is inferred from the source. Silent where the
assignment depends on something (``if err != nil``), adds to what was there, or goes to an element
of each goroutine's own, where several variables are set so, and where the source is not at hand.

Example: ``for _, check := range checks { go func() { defer wg.Done(); err = check() }() }``.
Counterexample: the same with ``errs[i] = check()``; ``if e := check(); e != nil { err = e }``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.findings import Finding, Role
from flakecore.diagnosis.rules.failed_assertion import assertion_finding, assertion_rule
from flakecore.diagnosis.rules.rule import Question
from flakecore.diagnosis.rules.test_code.orders.loop_rounds import starts_one
from flakecore.diagnosis.rules.test_code.orders.reordered import (
    checked_functions,
    named_after,
)
from flakecore.diagnosis.rules.test_code.orders.started_literals import (
    is_started,
    is_started_in_a_loop,
)
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.objects.operations import OperationKind
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing, walk

_LIST = ("block", "statement_list")


class _Set(NamedTuple):
    """An assignment in a goroutine, and the goroutine's literal."""

    file: str
    target: Node
    literal: Node


def _find(question: Question, failing: FailingSource) -> Iterator[Finding]:
    found = [
        each
        for file, function in checked_functions(failing)
        if _waits(failing, file, function)
        for each in _sets(failing, file, function)
    ]
    if len({(each.file, text_of(each.target)) for each in found}) != 1:
        return
    file, target, literal = found[0]
    if len(found) < 2 and (
        not is_started_in_a_loop(literal) or starts_one(question, failing, file, literal)
    ):
        return
    name, where = text_of(target), f"{file}:{line_of(target)}"
    function, who = named_after(failing.test_name, literal)
    goroutines = "its goroutines" if who == "it" else f"those of {who}"
    depends = f"{failing.test_name} depends on which goroutine is last"
    yield assertion_finding(
        failing,
        (
            f"{depends}: {goroutines} all set {name} ({where})",
            f"{depends}: all set {name} ({where})",
            f"The test depends on which goroutine is last to set {name} ({where})",
        ),
        (
            f"what fails at {failing.at} comes from {name}",
            f"each goroutine of {function} sets {name}, whatever it was before",
        ),
        "give each goroutine a variable of its own, or join all errors with errors.Join",
        places=[failing.place(Role.WRITES, each.target, each.file) for each in found[:3]],
    )


def _sets(failing: FailingSource, file: str, function: Node) -> Iterator[_Set]:
    """Yield what the goroutines of a function set of its own variables, if it gives these."""
    given = _given(failing, file, function)
    for literal in walk(function):
        if literal.type != "func_literal" or not is_started(literal):
            continue
        for node in walk(literal.child_by_field_name("body")):
            if node.type != "assignment_statement" or not _is_plain(node, literal):
                continue
            for target in node.child_by_field_name("left").named_children:
                bound = failing.package.types.binding(target)
                is_outer = bound is not None and bound[0] == enclosing(literal, *FUNCTIONS)
                if target.type == "identifier" and is_outer and text_of(target) in given:
                    yield _Set(file, target, literal)


def _given(failing: FailingSource, file: str, function: Node) -> set[str]:
    """Return the names that a function returns, or the failing condition reads in it."""
    if function == failing.function and file == failing.name:
        nodes = list(failing.innermost)
    else:
        nodes = [
            node
            for node in walk(function)
            if node.type == "return_statement" and enclosing(node, *FUNCTIONS) == function
        ]
    return {text_of(e) for node in nodes for e in walk(node) if e.type == "identifier"}


def _is_plain(assignment: Node, literal: Node) -> bool:
    """Return whether an assignment stands in no branch of its literal, and replaces the value."""
    if text_of(assignment.child_by_field_name("operator")) != "=":
        return False
    left = {text_of(each) for each in assignment.child_by_field_name("left").named_children}
    right = assignment.child_by_field_name("right")
    if any(each.type == "identifier" and text_of(each) in left for each in walk(right)):
        return False
    around = assignment.parent
    while around is not None and around.type in _LIST:
        around = around.parent
    return bool(around == literal)


def _waits(failing: FailingSource, file: str, function: Node) -> bool:
    """Return whether a function waits for goroutines itself."""
    return any(
        each.kind in (OperationKind.WAIT, OperationKind.RECEIVE, OperationKind.RANGE)
        and enclosing(each.node, *FUNCTIONS) == function
        for each in failing.package.files[file].operations
    )


RULE = assertion_rule("last-writer", _find)
