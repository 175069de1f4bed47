"""Loops by which a test polls: they sleep, or wait for a ticker, and ask again.

A test fails in such a loop when its time is over, behind one that is left early, or by what a
function of its package returns from there: ``false``, or an error where the loop returns nil.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.source.go_parser import Node, last_line_of, line_of, text_of
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing, walk
from flakecore.diagnosis.source.values.assertions import polls
from flakecore.diagnosis.source.values.value_origins import returned

_ASKS_TIME = re.compile(r"\.After\(|\.Before\(|time\.Since\(|time\.Until\(|\.Sub\(|\.Err\(\)")
_PAUSES = ("time.Sleep", "time.After")
_TICKS = ("time.NewTicker", "time.Tick", "time.NewTimer")
_ENDS = ("time.After", "time.NewTimer", "time.Tick", "context.WithTimeout", "context.WithDeadline")
_BLOCKS = ("block", "communication_case", "expression_case", "default_case", "type_case")


class PollingLoop(NamedTuple):
    """The lines of a loop, and the name of its file."""

    file: str
    first: int
    last: int


def polling_loop(failing: FailingSource) -> PollingLoop | None:
    """Return the loop by which a test polls before it fails; None if it does not."""
    if polls(failing.package, failing.name, failing.call):
        return PollingLoop(failing.name, failing.line, last_line_of(failing.call))
    helper = failing.helper
    file, fails = (failing.name, failing.call) if helper is None else (helper.file, helper.fails)
    function = enclosing(fails, *FUNCTIONS)
    for loop in pausing_loops(failing, file, function) if function is not None else ():
        if _lies_in(fails, loop):
            if _asks_time(fails) or _is_of_timer(failing, file, fails):
                return _lines(file, loop)
        elif loop.end_byte <= fails.start_byte and _is_around(loop, fails) and _is_left(loop):
            return _lines(file, loop)
    return next(_in_asked_functions(failing), None)


def pausing_loops(failing: FailingSource, file: str, function: Node) -> Iterator[Node]:
    """Yield the loops of a function's own that sleep, or wait for a ticker, each time round."""
    for loop in walk(function):
        is_own = loop.type == "for_statement" and enclosing(loop, *FUNCTIONS) == function
        if is_own and _pauses(failing, file, loop):
            yield loop


def _lines(file: str, loop: Node) -> PollingLoop:
    return PollingLoop(file, line_of(loop), last_line_of(loop))


def _in_asked_functions(failing: FailingSource) -> Iterator[PollingLoop]:
    """Yield the polling loops of functions whose ``false`` or error is what a test fails by."""
    for condition in failing.innermost:
        for call, is_error in _asked(failing, condition):
            for home, function in failing.package.calls.called_by(failing.name, call) or ():
                loops = list(pausing_loops(failing, home, function))
                good, bad = ("nil", None) if is_error else ("true", "false")
                given = [(text_of(each), each) for each in returned(function)]
                if len(loops) != 1 or not given:
                    continue
                is_left = any(text == good and _lies_in(node, loops[0]) for text, node in given)
                ends = [node for text, node in given if text != good]
                if is_left and ends and all(bad in (None, text_of(each)) for each in ends):
                    yield _lines(home, loops[0])


def _asked(failing: FailingSource, condition: Node) -> Iterator[tuple[Node, bool]]:
    """Yield the calls that a condition has to be false, or to be an error, and which of these."""
    asked = condition
    if condition.type == "unary_expression" and text_of(condition).startswith("!"):
        asked, is_error = condition.child_by_field_name("operand"), False
    elif condition.type == "binary_expression":
        text = text_of(condition.child_by_field_name("operator"))
        right = text_of(condition.child_by_field_name("right"))
        if (text, right) not in (("!=", "nil"), ("==", "false")):
            return
        asked, is_error = condition.child_by_field_name("left"), right == "nil"
    else:
        return
    given = [asked] if asked.type == "call_expression" else failing.origins.assigned(asked)
    yield from ((each, is_error) for each in given if each.type == "call_expression")


def _asks_time(call: Node) -> bool:
    """Return whether a call stands in an if that asks whether some time is over."""
    branch = enclosing(call, "if_statement", "for_statement")
    if branch is None or branch.type != "if_statement":
        return False
    return _ASKS_TIME.search(text_of(branch.child_by_field_name("condition"))) is not None


def _is_of_timer(failing: FailingSource, file: str, call: Node) -> bool:
    """Return whether a call stands in the case of a select that a timer or deadline ends."""
    case = enclosing(call, "communication_case", "for_statement", *FUNCTIONS)
    if case is None or case.type != "communication_case":
        return False
    return _made_by(failing, file, case.child_by_field_name("communication"), _ENDS)


def _pauses(failing: FailingSource, file: str, loop: Node) -> bool:
    function = enclosing(loop, *FUNCTIONS)
    own = [
        node
        for node in walk(loop)
        if node.type in ("call_expression", "unary_expression")
        and enclosing(node, *FUNCTIONS) == function
    ]
    return any(
        failing.library_function(node, file) in _PAUSES
        if node.type == "call_expression"
        else text_of(node).startswith("<-") and _made_by(failing, file, node, _TICKS)
        for node in own
    ) or _ranges_over_ticks(failing, file, loop)


def _ranges_over_ticks(failing: FailingSource, file: str, loop: Node) -> bool:
    clause = next((each for each in loop.named_children if each.type == "range_clause"), None)
    return clause is not None and _made_by(
        failing, file, clause.child_by_field_name("right"), _TICKS
    )


def _made_by(failing: FailingSource, file: str, node: Node | None, makers: tuple[str, ...]) -> bool:
    """Return whether a receive or channel comes from what some library functions make."""
    for each in walk(node) if node is not None else ():
        made = [each] if each.type == "call_expression" else []
        if each.type == "identifier" and not _is_field(each):
            made = failing.origins.assigned(each)
        if any(
            call.type == "call_expression" and failing.library_function(call, file) in makers
            for call in made
        ):
            return True
    return False


def _is_field(name: Node) -> bool:
    return name.parent is not None and name.parent.child_by_field_name("field") == name


def _is_left(loop: Node) -> bool:
    """Return whether a loop ends as soon as what it asks for is so, rather than by a count."""
    function = enclosing(loop, *FUNCTIONS)
    if any(
        node.type in ("return_statement", "break_statement")
        and enclosing(node, *FUNCTIONS) == function
        for node in walk(loop)
    ):
        return True
    clauses = ("for_clause", "range_clause", "block", "comment")
    return any(child.type not in clauses for child in loop.named_children)


def _is_around(statement: Node, call: Node) -> bool:
    """Return whether a statement's block goes around a later call, too."""
    block = enclosing(statement, *_BLOCKS)
    return block is not None and _lies_in(call, block)


def _lies_in(node: Node, around: Node) -> bool:
    return bool(around.start_byte <= node.start_byte < around.end_byte)
