"""How often a loop that starts goroutines goes round in one test, as far as that is known."""

from __future__ import annotations

from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.rules.rule import Question
from flakecore.diagnosis.rules.test_code.orders.reordered import checked_functions
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.objects.operations import OperationKind
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing, parameters, walk

WAITS = (OperationKind.RECEIVE, OperationKind.WAIT)
"""By what a function waits for a goroutine."""
_LOOKED_AT = 400
"""Goroutines of the test that are looked at."""


def starts_one(question: Question, failing: FailingSource, file: str, literal: Node) -> bool:
    """Return whether the test started one goroutine with a literal at most.

    The trace shows that of the test, where there is one. The source shows it where all that the
    loop ranges over is handed to its function one by one.
    """
    started = started_by(question, failing, file, literal)
    return started == 1 if started is not None else _is_handed_one(failing, literal)


def started_by(question: Question, failing: FailingSource, file: str, literal: Node) -> int | None:
    """Return how many goroutines the test started with a literal; None without a trace."""
    schedule = question.case.schedule
    if schedule is None or failing.test < 0:
        return None
    at = line_of(literal)
    started = 0
    for number in schedule.goroutines_of(failing.test)[:_LOOKED_AT]:
        goroutine = schedule.goroutine(number)
        made = goroutine.creation_stack[0] if goroutine and goroutine.creation_stack else None
        if made is not None and made.file.rpartition("/")[2] == file:
            started += made.line == at
    return started


def waits_in_round(failing: FailingSource, file: str, literal: Node) -> bool:
    """Return whether a loop waits in each round, so that the goroutine of that may be done."""
    loop = enclosing(literal, "for_statement", *FUNCTIONS)
    if loop is None or loop.type != "for_statement":
        return False
    for each in failing.package.files[file].operations:
        inside = loop.start_byte <= each.node.start_byte < loop.end_byte
        outside = each.node.end_byte <= literal.start_byte or each.node.start_byte >= (
            literal.end_byte
        )
        if inside and outside and each.kind in WAITS:
            return True
    return False


def _is_handed_one(failing: FailingSource, literal: Node) -> bool:
    """Return whether each call of a function hands its loop a single element."""
    loop = enclosing(literal, "for_statement", *FUNCTIONS)
    function = enclosing(literal, *FUNCTIONS)
    clause = (
        next((e for e in loop.named_children if e.type == "range_clause"), None) if loop else None
    )
    if clause is None or function is None:
        return False
    over = text_of(clause.child_by_field_name("right"))
    listed = [(name, kind) for name, kind in parameters(function)]
    if function.type == "method_declaration":
        listed = listed[1:]
    at = next((at for at, (name, _) in enumerate(listed) if name == over), -1)
    if at < 0:
        return False
    name = text_of(function.child_by_field_name("name"))
    calls = [
        node
        for _, each in checked_functions(failing)
        for node in walk(each)
        if node.type == "call_expression"
        and text_of(node.child_by_field_name("function")).rpartition(".")[2] == name
    ]
    is_variadic = listed[at][1].startswith("...")
    return bool(calls) and all(_elements(each, at, is_variadic=is_variadic) == 1 for each in calls)


def _elements(call: Node, at: int, *, is_variadic: bool) -> int:
    """Return how many elements a call hands on in an argument; -1 if unknown."""
    given = call.child_by_field_name("arguments").named_children
    if is_variadic:
        return -1 if text_of(call).endswith("...)") else len(given) - at
    if at >= len(given) or given[at].type != "composite_literal":
        return -1
    body = given[at].child_by_field_name("body")
    return len([each for each in body.named_children if each.type != "comment"])
