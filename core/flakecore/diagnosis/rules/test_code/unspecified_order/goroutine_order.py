"""``test-itself``: an assertion on the order in which goroutines come to their results.

Reports a failed assertion whose message has two lists of the same elements in another order,
where exactly one function that the checked value comes from, or the test, starts goroutines in a
loop which append to one list of it, or send on one channel that it fills a list from, and sorts
nothing behind that; or whose goroutines print or log what the message has, in a loop or beside it.
Which goroutine is first is up to the scheduler. Silent where elements differ,
where each goroutine has an element of its own, where something is sorted behind it, where several
places do so, and where the source is not at hand.

Example: ``for _, u := range urls { go func() { out <- get(u) }() }``, then ``append(all, <-out)``.
Counterexample: the same with ``all[i] = get(u)`` in the goroutines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from flakecore.diagnosis.failing_call import FailingSource
from flakecore.diagnosis.findings import Finding, Role
from flakecore.diagnosis.rules.failed_assertion import assertion_finding, source_rule
from flakecore.diagnosis.rules.test_code.unspecified_order.loop_rounds import (
    WAITS,
    waits_in_round,
)
from flakecore.diagnosis.rules.test_code.unspecified_order.reordered import (
    checked_functions,
    named_after,
    reordered,
    sorts_after,
    sorts_elsewhere,
)
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.syntax import (
    FUNCTIONS,
    enclosing,
    parameters,
    walk,
)

_PRINTS = re.compile(r"fmt\.Fprint\w*|log(?:/slog)?\.(?:Print|Info|Warn|Error|Debug)\w*")
_LOGS = re.compile(r"(?:Print|Info|Warn|Error|Debug|Write)(?:f|ln|w|String|Context)?")
"""Methods of loggers and writers."""
_LITERALS = ("interpreted_string_literal", "raw_string_literal")
_LEAST = 3
"""Characters of what is printed by which it is known in a message, at least."""


class FilledPlace(NamedTuple):
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
    differ = reordered(failing)
    if not differ or sorts_after(failing.function, failing.function):
        return
    functions = checked_functions(failing, filled=True)
    filled = [
        each
        for file, function in functions
        for each in filled_by_any(failing, file, function)
        if not sorts_after(function, each.node)
    ]
    if len(filled) != 1 or sorts_elsewhere(functions, filled[0].node):
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


def filled_by_any(failing: FailingSource, file: str, function: Node) -> Iterator[FilledPlace]:
    """Yield where a function fills a list, or else prints, in the order of its goroutines."""
    started = [
        each
        for each in walk(function)
        if is_started_in_a_loop(each) and not waits_in_round(failing, file, each)
    ]
    filled = list(_filled(failing, file, function, started))
    yield from filled or _printed(failing, file, function, started)


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


def _printed(
    failing: FailingSource, file: str, function: Node, started: list[Node]
) -> Iterator[FilledPlace]:
    """Yield where goroutines of a function print or log, each from a loop, or beside it itself."""
    for literal in started:
        first = next((each for each in walk(literal) if _prints(failing, file, each)), None)
        if first is not None:
            yield FilledPlace(file, first, "prints in its goroutines")
    own = [
        node
        for node in walk(function)
        if enclosing(node, *FUNCTIONS) == function and _prints(failing, file, node)
    ]
    for literal in walk(function):
        if literal.type == "func_literal" and literal not in started and is_started(literal):
            for node in walk(literal):
                if _prints(failing, file, node) and _is_beside(failing, file, node, literal, own):
                    yield FilledPlace(file, node, "prints in its goroutine and beside it")
                    break


def _is_beside(
    failing: FailingSource, file: str, prints: Node, literal: Node, own: list[Node]
) -> bool:
    """Return whether a function prints by the same while its goroutine may, before any wait."""
    after = [e for e in own if e.start_byte > literal.end_byte and _printer(e) == _printer(prints)]
    if not after:
        return False
    start, end = literal.end_byte, after[0].start_byte
    return not any(
        start < each.node.start_byte < end and each.kind in WAITS
        for each in failing.package.files[file].operations
        if enclosing(each.node, *FUNCTIONS) == enclosing(after[0], *FUNCTIONS)
    )


def _prints(failing: FailingSource, file: str, node: Node) -> bool:
    """Return whether a node is a call that prints, logs or writes what the message shows."""
    called = node.child_by_field_name("function") if node.type == "call_expression" else None
    if called is None or called.type != "selector_expression":
        return False
    of_library = failing.library_function(node, file)
    name = text_of(called.child_by_field_name("field"))
    if (_PRINTS if of_library else _LOGS).fullmatch(of_library or name) is None:
        return False
    said = [
        text_of(each)[1:-1].split("%")[0].partition("\\")[0].strip()
        for each in walk(node.child_by_field_name("arguments"))
        if each.type in _LITERALS
    ]
    return any(len(each) >= _LEAST and each in failing.message for each in said[:1])


def _printer(call: Node) -> str:
    """Return what a call prints by, or to: the logger, the package, the writer of ``Fprintf``."""
    called = call.child_by_field_name("function")
    if text_of(called).startswith("fmt.Fprint"):
        return text_of(call.child_by_field_name("arguments").named_children[0])
    return text_of(called.child_by_field_name("operand"))


def is_started_in_a_loop(literal: Node) -> bool:
    """Return whether a function literal is started by ``go``, or handed to ``Go``, in a loop."""
    return literal.type == "func_literal" and is_started(literal) and _loop_of(literal) is not None


def is_started(literal: Node) -> bool:
    """Return whether a function literal is started by ``go``, or handed to ``Go``."""
    call = literal.parent
    if call is not None and call.type == "argument_list":
        return text_of(call.parent.child_by_field_name("function")).endswith(".Go")
    statement = call.parent if call is not None else None
    return statement is not None and statement.type == "go_statement"


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
