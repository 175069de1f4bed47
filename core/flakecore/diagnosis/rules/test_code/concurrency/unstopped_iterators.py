"""Iterators that ``iter.Pull`` began and that nothing stops.

The goroutine of one stays at its ``yield`` until it ends by itself or its stop is called (package
iter, ``Pull``).
"""

from __future__ import annotations

from collections.abc import Iterator

from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.source.go_parser import Node, text_of
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing, walk
from flakecore.diagnosis.source.values.value_origins import Origin

_PULLS = ("iter.Pull", "iter.Pull2")


def unstopped_iterators(failing: FailingSource) -> Iterator[Origin]:
    """Yield the calls of ``iter.Pull`` in what a test calls whose stop is neither called nor kept.

    The test itself, and the functions that it calls before it fails.
    """
    functions: dict[tuple[str, int], Node] = {(failing.name, 0): failing.function}
    for node in walk(failing.function):
        if node.type == "call_expression" and node.end_byte <= failing.call.start_byte:
            for home, called in failing.package.calls.called_by(failing.name, node) or ():
                functions[home, called.start_byte] = called
    for (file, _), function in functions.items():
        for node in walk(function):
            if node.type == "short_var_declaration" and _is_left(failing, file, node):
                yield file, node.child_by_field_name("right").named_children[0]


def _is_left(failing: FailingSource, file: str, declaration: Node) -> bool:
    """Return whether a declaration begins an iterator, and its function does not use the stop."""
    names = declaration.child_by_field_name("left").named_children
    made = declaration.child_by_field_name("right").named_children
    if len(names) != 2 or len(made) != 1 or made[0].type != "call_expression":
        return False
    if failing.library_function(made[0], file) not in _PULLS:
        return False
    stop = text_of(names[1])
    function = enclosing(declaration, *FUNCTIONS)
    return stop == "_" or not any(
        node.type == "identifier"
        and text_of(node) == stop
        and node != names[1]
        and not _is_dropped(node)
        for node in walk(function or declaration)
    )


def _is_dropped(use: Node) -> bool:
    """Return whether a name is merely assigned to the blank identifier: ``_ = stop``."""
    statement = enclosing(use, "assignment_statement", "block")
    if statement is None or statement.type != "assignment_statement":
        return False
    return text_of(statement.child_by_field_name("left")) == "_" and (
        text_of(statement.child_by_field_name("right")) == text_of(use)
    )
