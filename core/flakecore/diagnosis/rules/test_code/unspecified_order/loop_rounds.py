"""How often a loop that starts goroutines goes round in one test, as far as that is known."""

from __future__ import annotations

from flakecore.diagnosis.failing_call import FailingSource
from flakecore.diagnosis.rules.rule import Question
from flakecore.diagnosis.rules.test_code.unspecified_order.reordered import checked_functions
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing, parameters, walk

_LOOKED_AT = 400
"""Goroutines of the test that are looked at."""


def starts_one(question: Question, failing: FailingSource, file: str, literal: Node) -> bool:
    """Return whether the test started one goroutine with a literal at most.

    The trace shows that of the test, where there is one. The source shows it where all that the
    loop ranges over is handed to its function one by one.
    """
    schedule, failure = question.case.schedule, question.failure
    if schedule is None or failure is None or failure.test < 0:
        return _is_handed_one(failing, literal)
    at = line_of(literal)
    started = 0
    for number in schedule.goroutines_of(failure.test)[:_LOOKED_AT]:
        goroutine = schedule.goroutine(number)
        made = goroutine.creation_stack[0] if goroutine and goroutine.creation_stack else None
        if made is not None and made.file.rpartition("/")[2] == file:
            started += made.line == at
    return started == 1


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
