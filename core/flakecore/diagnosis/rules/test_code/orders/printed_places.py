"""Places where goroutines print or log what a failing test's message shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.rules.test_code.orders.loop_rounds import WAITS
from flakecore.diagnosis.rules.test_code.orders.started_literals import is_started
from flakecore.diagnosis.source.go_parser import Node, text_of
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing, walk

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


def printed_places(
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
    printed = [
        text_of(each)[1:-1].split("%")[0].partition("\\")[0].strip()
        for each in walk(node.child_by_field_name("arguments"))
        if each.type in _LITERALS
    ]
    return any(len(each) >= _LEAST and each in failing.message for each in printed[:1])


def _printer(call: Node) -> str:
    """Return what a call prints by, or to: the logger, the package, the writer of ``Fprintf``."""
    called = call.child_by_field_name("function")
    if text_of(called).startswith("fmt.Fprint"):
        return text_of(call.child_by_field_name("arguments").named_children[0])
    return text_of(called.child_by_field_name("operand"))
