"""Places that fill a list, or print, in the order in which goroutines come to them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.rules.test_code.orders.loop_rounds import waits_in_round
from flakecore.diagnosis.rules.test_code.orders.printed_places import (
    FilledPlace,
    printed_places,
)
from flakecore.diagnosis.rules.test_code.orders.started_literals import (
    is_started_in_a_loop,
    loop_of,
)
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.syntax import enclosing, parameters, walk

_NEW = re.compile(r"&(?:\w+\.)?\w+\{|new\(")
"""What makes a value that nothing else refers to, besides the literal of a struct."""


def filled_by_any(failing: FailingSource, file: str, function: Node) -> Iterator[FilledPlace]:
    """Yield where a function fills a list, or else prints, in the order of its goroutines."""
    started = [
        each
        for each in walk(function)
        if is_started_in_a_loop(each) and not waits_in_round(failing, file, each)
    ]
    filled = list(_filled(failing, file, function, started))
    filled = filled or list(printed_places(failing, file, function, started))
    yield from filled or _filled_by_methods(failing, file, started)


def _filled(
    failing: FailingSource, file: str, function: Node, started: list[Node]
) -> Iterator[FilledPlace]:
    """Yield where a function fills lists in the order in which its goroutines come to it."""
    within = [node for each in started for node in walk(each)]
    sent = {
        text_of(node.child_by_field_name("channel"))
        for node in within
        if node.type == "send_statement"
    }
    sent |= {each for node in walk(function) for each in _sent_by_workers(failing, file, node)}
    inside = {(node.start_byte, node.end_byte) for node in within}
    for node in walk(function):
        if (
            node.type != "call_expression"
            or text_of(node.child_by_field_name("function")) != "append"
        ):
            continue
        if (node.start_byte, node.end_byte) in inside:
            if _is_of_all(failing, node):
                yield FilledPlace(file, node, "appends in its goroutines")
        elif sent & _received(node):
            yield FilledPlace(file, node, "appends what its goroutines send")


def _filled_by_methods(
    failing: FailingSource, file: str, started: list[Node]
) -> Iterator[FilledPlace]:
    """Yield where a method that goroutines call appends to a list of what they share."""
    for literal in started:
        for call in walk(literal.child_by_field_name("body")):
            called = (
                failing.package.calls.called_by(file, call) or ()
                if call.type == "call_expression"
                and not _is_own(failing, call.child_by_field_name("function"), literal)
                else ()
            )
            for home, method in called:
                for node in walk(method) if method.type == "method_declaration" else ():
                    is_append = node.type == "call_expression" and (
                        text_of(node.child_by_field_name("function")) == "append"
                    )
                    given = (
                        node.child_by_field_name("arguments").named_children if is_append else ()
                    )
                    if given and given[0].type == "selector_expression":
                        at = f"{file}:{line_of(literal)}"
                        yield FilledPlace(home, node, f"appends as goroutines of {at} come")


def _sent_by_workers(failing: FailingSource, file: str, statement: Node) -> Iterator[str]:
    """Yield the channels that a named function sends on which is started in a loop, by the text."""
    if statement.type != "go_statement" or loop_of(statement) is None:
        return
    call = statement.named_children[0] if statement.named_children else None
    if call is None or call.type != "call_expression":
        return
    given = call.child_by_field_name("arguments").named_children
    for _, worker in failing.package.calls.called_by(file, call) or ():
        names = [name for name, _ in parameters(worker)]
        if worker.type == "method_declaration":
            names = names[1:]
        arguments = dict(zip(names, map(text_of, given), strict=False))
        for node in walk(worker):
            if node.type == "send_statement":
                yield arguments.get(text_of(node.child_by_field_name("channel")), "")


def _is_of_all(failing: FailingSource, call: Node) -> bool:
    """Return whether goroutines append to a list that is declared outside of them."""
    given = call.child_by_field_name("arguments").named_children
    literal = enclosing(call, "func_literal")
    if not given or given[0].type != "identifier":
        is_field = bool(given) and given[0].type == "selector_expression"
        return is_field and not _is_own(failing, given[0], literal)
    bound = failing.package.types.binding(given[0])
    return bound is None or literal is None or bound[0].start_byte < literal.start_byte


def _is_own(failing: FailingSource, selector: Node, literal: Node | None) -> bool:
    """Return whether a field or a method is that of a variable which a goroutine makes anew."""
    value = selector.child_by_field_name("operand")
    if literal is None or value is None or value.type != "identifier":
        return False
    bound = failing.package.types.binding(value)
    if bound is None or bound[1] != "local" or bound[0].start_byte < literal.start_byte:
        return False
    made = failing.origins.assigned(value)
    if not made:
        kind = failing.package.types.type_of(value)
        return bool(kind) and not kind.startswith("*")
    return all(_NEW.match(text_of(each)) or each.type == "composite_literal" for each in made)


def _received(call: Node) -> set[str]:
    """Return the channels that the elements of an append come from, by the text."""
    given = call.child_by_field_name("arguments").named_children[1:]
    names = {text_of(each) for each in given if each.type == "identifier"}
    found = {_channel(each) for value in given for each in walk(value)}
    loop = loop_of(call)
    for node in walk(loop) if loop is not None else ():
        if node.type in ("range_clause", "short_var_declaration", "assignment_statement"):
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            if left is None or not names & {text_of(each) for each in left.named_children}:
                continue
            if node.type == "range_clause":
                found.add(text_of(right))
            found |= {_channel(each) for each in walk(right)}
    return found - {""}


def _channel(node: Node) -> str:
    """Return the channel that an expression receives from; "" for any other."""
    if node.type != "unary_expression" or not text_of(node).startswith("<-"):
        return ""
    return text_of(node.child_by_field_name("operand"))
