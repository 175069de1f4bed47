"""``test-itself``: floating-point numbers that goroutines add up in the order they come to it.

Each order of the terms rounds otherwise. Reports a failed assertion whose message has two numbers
that differ in their last digits alone, where exactly one function that the value comes from, or the
test, adds up floating-point numbers in the goroutines that a loop starts, itself or by a method
that does, or adds up what they send. It is inferred from the source. Silent on numbers that are
further apart, where a constant is wanted and nothing shows that there were several goroutines,
where several places do so, and where the source is not at hand.

Example: ``go func() { defer wg.Done(); part := sum(half); mu.Lock(); total += part; mu.Unlock() }``
in a loop, and ``5.45e+10`` is ``5.450000000001e+10``.
Counterexample: the same where each goroutine has an element of its own, which are added in turn.
"""

from __future__ import annotations

from collections.abc import Iterator

from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.findings import Finding, Role
from flakecore.diagnosis.rules.failed_assertion import assertion_finding, assertion_rule
from flakecore.diagnosis.rules.rule import Question
from flakecore.diagnosis.rules.test_code.orders.loop_rounds import (
    started_by,
    starts_one,
    waits_in_round,
)
from flakecore.diagnosis.rules.test_code.orders.near_numbers import FLOATS, nearly_equal
from flakecore.diagnosis.rules.test_code.orders.reordered import (
    checked_functions,
    named_after,
)
from flakecore.diagnosis.rules.test_code.orders.started_literals import (
    is_started_in_a_loop,
)
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing, walk
from flakecore.diagnosis.source.values.value_origins import Origin

_COMMUTES = 2
"""Terms of which the order does not matter: a sum of two rounds alike."""
_ADDS = ("+=", "-=", "*=")


def _find(question: Question, failing: FailingSource) -> Iterator[Finding]:
    near = nearly_equal(failing.message)
    if not near:
        return
    found = [
        each
        for file, function in checked_functions(failing, filled=True)
        for each in _sums(question, failing, file, function)
    ]
    if len({(file, node.start_byte) for file, node in found}) != 1:
        return
    file, node = found[0]
    _, who = named_after(failing.test_name, node)
    where = f"{file}:{line_of(node)}"
    depends = f"{failing.test_name} depends on which goroutine is first"
    yield assertion_finding(
        failing,
        (
            f"{depends}: {who} adds floats up as they come ({where}), and rounds each time",
            f"{depends}: {who} adds floats up as they come ({where})",
            f"{depends} ({where})",
            f"The test depends on which goroutine is first to be added ({where})",
        ),
        (
            f"two numbers that differ in their last digits: {near}",
            f"goroutines come to {where} in any order, and each sum is rounded",
        ),
        "add up in a fixed order, or compare within a tolerance",
        places=(failing.place(Role.WRITES, node, file),),
    )


def _sums(
    question: Question, failing: FailingSource, file: str, function: Node
) -> Iterator[Origin]:
    """Yield where floats are added up in the order of goroutines, each with its file."""
    literals = [
        each
        for each in walk(function)
        if is_started_in_a_loop(each) and _are_several(question, failing, file, each)
    ]
    channels = {
        text_of(node.child_by_field_name("channel"))
        for literal in literals
        for node in walk(literal)
        if node.type == "send_statement"
    }
    for literal in literals:
        yield from _added_in(failing, file, literal)
    for node in walk(function):
        if enclosing(node, *FUNCTIONS) == function and _is_sum(failing, node):
            received = text_of(node.child_by_field_name("right"))
            if any(received == f"<-{each}" for each in channels):
                yield file, node


def _added_in(failing: FailingSource, file: str, literal: Node) -> Iterator[Origin]:
    """Yield where a goroutine adds to a float of others, itself or in a method that it calls."""
    package = failing.package
    for node in walk(literal):
        if _is_sum(failing, node):
            target = node.child_by_field_name("left").named_children[0]
            bound = package.types.binding(target) if target.type == "identifier" else None
            if bound is None or bound[0].start_byte < literal.start_byte:
                yield file, node
        elif node.type == "call_expression":
            for home, called in package.calls.called_by(file, node) or ():
                for each in walk(called) if called.type == "method_declaration" else ():
                    target = each.child_by_field_name("left") if _is_sum(failing, each) else None
                    if target is not None and "." in text_of(target):
                        yield home, each


def _is_sum(failing: FailingSource, node: Node) -> bool:
    """Return whether a statement adds to a floating-point number."""
    if node.type != "assignment_statement":
        return False
    if text_of(node.child_by_field_name("operator")) not in _ADDS:
        return False
    target = node.child_by_field_name("left").named_children[0]
    return failing.package.types.type_of(target) in FLOATS


def _are_several(question: Question, failing: FailingSource, file: str, literal: Node) -> bool:
    """Return whether a loop started three goroutines or more, for all that is known.

    Without a trace a constant that is wanted may be what no sum comes to exactly.
    """
    if waits_in_round(failing, file, literal) or starts_one(question, failing, file, literal):
        return False
    started = started_by(question, failing, file, literal)
    if started is not None:
        return started > _COMMUTES
    return not any(
        node.type == "float_literal" and home == failing.name
        for each in failing.comparisons
        for side in (each.left, each.right)
        for home, node in failing.origins.of(failing.name, side, arguments=False)
    )


RULE = assertion_rule("goroutine-sums", _find)
