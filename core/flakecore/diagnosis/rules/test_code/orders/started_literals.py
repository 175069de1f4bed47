"""Function literals that run on goroutines of their own, and the loops around them."""

from __future__ import annotations

from flakecore.diagnosis.source.go_parser import Node, text_of
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing


def is_started_in_a_loop(literal: Node) -> bool:
    """Return whether a function literal is started by ``go``, or handed to ``Go``, in a loop."""
    return literal.type == "func_literal" and is_started(literal) and loop_of(literal) is not None


def is_started(literal: Node) -> bool:
    """Return whether a function literal is started by ``go``, or handed to ``Go``."""
    call = literal.parent
    if call is not None and call.type == "argument_list":
        return text_of(call.parent.child_by_field_name("function")).endswith(".Go")
    statement = call.parent if call is not None else None
    return statement is not None and statement.type == "go_statement"


def loop_of(node: Node) -> Node | None:
    """Return the innermost loop around a node in its function; None for none."""
    around = enclosing(node, "for_statement", *FUNCTIONS)
    return around if around is not None and around.type == "for_statement" else None
