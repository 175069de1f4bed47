"""Functions that start several goroutines and keep the error of the one that fails first.

They set a variable in ``sync.Once.Do`` or where it is nil still, or return what they receive first
from a channel that all their goroutines send on.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.rules.rule import Question
from flakecore.diagnosis.rules.test_code.orders.loop_rounds import (
    starts_one,
    waits_in_round,
)
from flakecore.diagnosis.rules.test_code.orders.started_literals import (
    is_started,
    is_started_in_a_loop,
)
from flakecore.diagnosis.source.go_parser import Node, text_of
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing, walk
from flakecore.diagnosis.source.values.value_origins import returned


class KeptFirst(NamedTuple):
    """A place that keeps the first error.

    Attributes:
        file: the name of its file.
        node: what is set, or the receive.
        starts: the literals of the goroutines.
    """

    file: str
    node: Node
    starts: list[Node]


def kept_first(
    question: Question, failing: FailingSource, file: str, function: Node
) -> Iterator[KeptFirst]:
    """Yield where a function keeps the first error of its goroutines, and returns that."""
    literals = [
        each
        for each in walk(function)
        if each.type == "func_literal"
        and is_started(each)
        and not waits_in_round(failing, file, each)
    ]
    several = len(literals) > 1 or any(
        is_started_in_a_loop(each) and not starts_one(question, failing, file, each)
        for each in literals
    )
    at = _error_of(function)
    if not several or at < 0:
        return
    given = list(returned(function, at))
    names = {text_of(each) for each in given if each.type == "identifier"}
    targets = {
        text_of(node): node
        for literal in literals
        for node in _set_once(literal)
        if text_of(node) in names
    }
    sent = {
        text_of(node.child_by_field_name("channel"))
        for literal in literals
        for node in walk(literal)
        if node.type == "send_statement"
    }
    received = [each for each in given for each in _received(failing, each) if each is not None]
    found = [node for node in received if text_of(node.child_by_field_name("operand")) in sent]
    for node in (*targets.values(), *found[:1]):
        yield KeptFirst(file, node, literals)


def _error_of(function: Node) -> int:
    """Return which result of a function is its error, the last one, from 0; -1 for none."""
    result = function.child_by_field_name("result")
    if result is None or result.type != "parameter_list":
        return 0 if text_of(result) == "error" else -1
    listed = [each for each in result.named_children if each.type == "parameter_declaration"]
    kinds = [text_of(each.child_by_field_name("type")) for each in listed]
    return len(kinds) - 1 if kinds and kinds[-1] == "error" else -1


def _set_once(literal: Node) -> Iterator[Node]:
    """Yield what a goroutine sets but once: in a ``Do``, or where it is nil still."""
    for node in walk(literal):
        if node.type != "assignment_statement":
            continue
        for target in node.child_by_field_name("left").named_children:
            name = text_of(target)
            branch = enclosing(node, "if_statement", *FUNCTIONS)
            asks = text_of(branch.child_by_field_name("condition")) if branch is not None else ""
            if f"{name} == nil" in asks or _is_in_do(node, literal):
                yield target


def _is_in_do(node: Node, literal: Node) -> bool:
    """Return whether a node stands in what a goroutine hands to a method ``Do``."""
    inner = enclosing(node, "func_literal")
    if inner is None or inner == literal:
        return False
    call = inner.parent.parent if inner.parent is not None else None
    if call is None or call.type != "call_expression":
        return False
    return text_of(call.child_by_field_name("function")).endswith(".Do")


def _received(failing: FailingSource, value: Node) -> Iterator[Node]:
    """Yield the receives that a returned value is, itself or by its name."""
    values = [value] if value.type != "identifier" else failing.origins.assigned(value)
    for each in values:
        if each.type == "unary_expression" and text_of(each).startswith("<-"):
            yield each
