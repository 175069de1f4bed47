"""``test-itself``: an assertion on the order in which goroutines come to their results.

Reports a failed assertion whose message has two lists of the same elements in another order,
where exactly one function that the checked value comes from, or the test, starts goroutines in a
loop which append to one list of it, or send on one channel that it fills a list from, and sorts
nothing behind that. Which goroutine is first is up to the scheduler. Silent where elements differ,
where each goroutine has an element of its own, where something is sorted behind it, where several
places do so, and where the source is not at hand.

Example: ``for _, u := range urls { go func() { out <- get(u) }() }``, then ``append(all, <-out)``.
Counterexample: the same with ``all[i] = get(u)`` in the goroutines.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from flakecore.diagnosis.failing_call import FailingSource
from flakecore.diagnosis.findings import Finding, Role
from flakecore.diagnosis.rules.failed_assertion import assertion_finding, source_rule
from flakecore.diagnosis.rules.test_code.unspecified_order.reordered import (
    checked_functions,
    in_another_order,
    named_after,
    sorts_after,
)
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.syntax import (
    FUNCTIONS,
    enclosing,
    parameters,
    walk,
)


class _Filled(NamedTuple):
    """A place where a list is filled in the order of goroutines.

    Attributes:
        file: the name of its file.
        node: the call of append.
        does: what its function does there, for a person.
    """

    file: str
    node: Node
    does: str


def _find(failing: FailingSource) -> Iterator[Finding]:
    differ = in_another_order(failing.message)
    if not differ or sorts_after(failing.function, failing.function):
        return
    filled = [
        each
        for file, function in checked_functions(failing)
        for each in _filled(failing, file, function)
        if not sorts_after(function, each.node)
    ]
    if len(filled) != 1:
        return
    ((file, node, does),) = filled
    name, who = named_after(failing.test_name, node)
    where = f"{file}:{line_of(node)}"
    depends = f"{failing.test_name} depends on which goroutine is first"
    yield assertion_finding(
        failing,
        (
            f"{depends}: {who} {does} ({where})",
            f"{depends} ({where})",
            f"The test depends on which goroutine is first ({where})",
        ),
        (
            f"the same elements in another order: {differ}",
            f"{name} {does}, and sorts nothing there",
        ),
        "give each goroutine an element of its own, sort, or compare without order",
        places=(failing.place(Role.RUNS, node, file),),
    )


def _filled(failing: FailingSource, file: str, function: Node) -> Iterator[_Filled]:
    """Yield where a function fills lists in the order in which its goroutines come to it."""
    started = [each for each in walk(function) if is_started_in_a_loop(each)]
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
                yield _Filled(file, node, "appends in its goroutines")
        elif sent & _received(node):
            yield _Filled(file, node, "appends what its goroutines send")


def is_started_in_a_loop(literal: Node) -> bool:
    """Return whether a function literal is started by ``go``, or handed to ``Go``, in a loop."""
    if literal.type != "func_literal":
        return False
    call = literal.parent
    if call is not None and call.type == "argument_list":
        call = call.parent
        called = call.child_by_field_name("function") if call is not None else None
        starts = called is not None and text_of(called).endswith(".Go")
    else:
        statement = call.parent if call is not None else None
        starts = statement is not None and statement.type == "go_statement"
    return starts and _loop_of(literal) is not None


def _sent_by_workers(failing: FailingSource, file: str, statement: Node) -> Iterator[str]:
    """Yield the channels that a named function sends on which is started in a loop, by the text."""
    if statement.type != "go_statement" or _loop_of(statement) is None:
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


def _loop_of(node: Node) -> Node | None:
    """Return the innermost loop around a node in its function; None for none."""
    around = enclosing(node, "for_statement", *FUNCTIONS)
    return around if around is not None and around.type == "for_statement" else None


def _is_of_all(failing: FailingSource, call: Node) -> bool:
    """Return whether goroutines append to a list that is declared outside of them."""
    given = call.child_by_field_name("arguments").named_children
    if not given or given[0].type != "identifier":
        return bool(given) and given[0].type == "selector_expression"
    bound = failing.package.types.binding(given[0])
    literal = enclosing(call, "func_literal")
    return bound is None or literal is None or bound[0].start_byte < literal.start_byte


def _received(call: Node) -> set[str]:
    """Return the channels that the elements of an append come from, by the text."""
    given = call.child_by_field_name("arguments").named_children[1:]
    names = {text_of(each) for each in given if each.type == "identifier"}
    found = {_channel(each) for value in given for each in walk(value)}
    loop = _loop_of(call)
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


RULE = source_rule("goroutine-order", _find)
