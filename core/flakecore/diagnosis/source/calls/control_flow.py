"""Whether a function that has come to a line may still come to a node of its syntax tree."""

from __future__ import annotations

from flakecore.diagnosis.source.go_parser import Node, last_line_of, line_of, nodes_of
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing

_LISTS = ("statement_list", "block")
_CASES = ("expression_case", "type_case", "communication_case", "default_case")
_JUMPS = frozenset(("break_statement", "continue_statement", "goto_statement"))


def may_follow(node: Node, function: Node, line: int, *, ranging: bool = False) -> bool:
    """Return whether a function that has come to a line may still come to a node within it.

    Args:
        node: the node.
        function: the function's node.
        line: the line; 0 for anywhere.
        ranging: whether it waits there for the next value of what a loop ranges over, which has
            been worked out by then.
    """
    if line <= 0:
        return True
    parent = node.parent
    if parent is not None and parent.type == "defer_statement":
        return True
    if _returns_before(node, function, line):
        return False
    if ranging and _is_ranged_over_at(node, line):
        return is_in_loop_of(node, function, line)
    if last_line_of(node) >= line:
        return True
    return is_in_loop_of(node, function, line) or _has_labels(function)


def is_in_loop_of(node: Node, function: Node, line: int) -> bool:
    """Return whether a loop of a function goes around both a node and a line."""
    inner, loop = node, node.parent
    while loop is not None and loop != function:
        is_around = loop.type == "for_statement" and line_of(loop) <= line <= last_line_of(loop)
        if is_around and not _is_evaluated_once(inner, node):
            return True
        inner, loop = loop, loop.parent
    return False


def _is_ranged_over_at(node: Node, line: int) -> bool:
    """Return whether a node is part of what the loop of a line ranges over."""
    clause = enclosing(node, "range_clause", *FUNCTIONS)
    while clause is not None and clause.type == "range_clause":
        if line_of(clause) == line and _is_within(node, clause.child_by_field_name("right")):
            return True
        clause = enclosing(clause, "range_clause", *FUNCTIONS)
    return False


def _is_evaluated_once(part: Node, node: Node) -> bool:
    """Return whether a node of a part of a loop is in what it ranges over, or in its first step."""
    if part.type == "range_clause":
        return _is_within(node, part.child_by_field_name("right"))
    if part.type == "for_clause":
        return _is_within(node, part.child_by_field_name("initializer"))
    return False


def _is_within(node: Node, around: Node | None) -> bool:
    return (
        around is not None
        and around.start_byte <= node.start_byte
        and node.end_byte <= around.end_byte
    )


def _has_labels(function: Node) -> bool:
    return b"goto " in function.text


def _returns_before(node: Node, function: Node, line: int) -> bool:
    """Return whether a block around a line, and not around a node, goes on to a return."""
    if _has_labels(function):
        return False
    block = _innermost(function, line)
    while block is not None and block != function:
        if block.start_byte <= node.start_byte and node.end_byte <= block.end_byte:
            return False
        # What stands behind the brace that ends a block is not in it: ``} else if f() {``.
        is_over = block.type == "block" and last_line_of(block) <= line
        if block.type in _LISTS and not is_over and _ends_in_return(block, line):
            return True
        block = block.parent
    return False


def _innermost(function: Node, line: int) -> Node | None:
    """Return the innermost node around the beginning of a line, or the list that begins there."""
    found: Node | None = function.descendant_for_point_range((line - 1, 0), (line - 1, 0))
    within = found.named_children if found is not None and found.type in _CASES else ()
    lists = (each for each in within if each.type in _LISTS and line_of(each) == line)
    return next(lists, found)


def _ends_in_return(block: Node, line: int) -> bool:
    """Return whether a list of statements ends in a return that nothing from a line on skips."""
    last: Node | None = block
    while last is not None and last.type in _LISTS:
        within = [each for each in last.named_children if each.type != "comment"]
        last = within[-1] if within else None
    if last is None or last.type != "return_statement":
        return False
    return not any(line_of(each) >= line for each in nodes_of(block, _JUMPS))
